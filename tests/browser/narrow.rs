//! From 320 px to a wide screen, no view needs horizontal scrolling, and what is pressed has room for a finger.

use serde_json::json;

use crate::views;

case!(Browser, every_view_fits_a_phone_and_a_finger);
fn every_view_fits_a_phone_and_a_finger() {
    views::walk("light", 320, |page, view| {
        page.assert_no_horizontal_scroll(view);
        let small = page.script(
            "return [...document.querySelectorAll('button, input, textarea')]
                 .filter(element => element.checkVisibility({visibilityProperty: true}))
                 .map(element => [element.innerText || element.name, element.getBoundingClientRect().height])
                 .filter(([_, height]) => height < 43.5)",
            json!([]),
        );
        assert_eq!(small, json!([]), "lower than 44 px: {view}");
    });
}

case!(Browser, no_view_is_wider_than_1920_px);
fn no_view_is_wider_than_1920_px() {
    views::walk("light", 1920, |page, view| page.assert_no_horizontal_scroll(view));
}
