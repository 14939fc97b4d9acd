//! Light and dark theme: as the operating system has it, or as the person chooses by the switch on the page.

use serde_json::json;

use crate::browser::Browser;
use crate::harness::host::Setup;
use crate::locator::{button, heading};
use crate::people::open_login;
use crate::views::choose;

/// Whether the page is dark, judged by the colour of its background.
#[track_caller]
fn is_dark(page: &Browser) -> bool {
    let brightness = page.script(
        "const canvas = document.createElement('canvas').getContext('2d');
         canvas.fillStyle = getComputedStyle(document.body).backgroundColor;
         canvas.fillRect(0, 0, 1, 1);
         const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
         return red + green + blue",
        json!([]),
    );
    brightness.as_u64().unwrap() < 384
}

#[track_caller]
fn becomes(page: &Browser, dark: bool) {
    page.wait("colours", || Ok((is_dark(page) == dark).then_some(())));
}

case!(Browser, the_choice_is_remembered_and_reaches_other_tabs);
fn the_choice_is_remembered_and_reaches_other_tabs() {
    let app = Setup::app().start();
    let page = Browser::open(&app);
    page.prefer("prefers-color-scheme", "light");
    becomes(&page, false);
    // The first press changes what one sees.
    page.click(&button("Theme: system"));
    page.find(&button("Theme: dark"));
    becomes(&page, true);
    page.reload();
    page.find(&button("Theme: dark"));
    becomes(&page, true);
    let first = page.open_tab();
    page.go("/account");
    becomes(&page, true);
    choose(&page, "light");
    becomes(&page, false);
    page.bring_to_front(&first);
    page.find(&button("Theme: light"));
    becomes(&page, false);
}

case!(Browser, the_system_decides_until_one_chooses_and_again_afterwards);
fn the_system_decides_until_one_chooses_and_again_afterwards() {
    let app = Setup::app().start();
    let page = Browser::open(&app);
    for dark in [true, false, true] {
        page.prefer("prefers-color-scheme", if dark { "dark" } else { "light" });
        becomes(&page, dark);
    }
    page.reload();
    becomes(&page, true);
    page.click(&button("Theme: system"));
    page.find(&button("Theme: light"));
    becomes(&page, false);
    page.prefer("prefers-color-scheme", "light");
    page.prefer("prefers-color-scheme", "dark");
    becomes(&page, false);

    let first = page.open_tab();
    page.go("/");
    choose(&page, "system");
    assert_eq!(page.stored("latchkey.theme"), None);
    page.bring_to_front(&first);
    page.find(&button("Theme: system"));
    for dark in [true, false] {
        page.prefer("prefers-color-scheme", if dark { "dark" } else { "light" });
        becomes(&page, dark);
    }
    page.reload();
    page.find(&button("Theme: system"));
    becomes(&page, false);
}

case!(Browser, reduced_motion_means_none);
fn reduced_motion_means_none() {
    let app = Setup::app().start();
    let page = Browser::open(&app);
    page.prefer("prefers-reduced-motion", "reduce");
    page.find(&heading("Messages"));
    open_login(&page);
    let moving = page.script(
        "return document.getAnimations().filter(animation => animation.effect.getComputedTiming().duration > 20).length",
        json!([]),
    );
    assert_eq!(moving, 0);
}

case!(Browser, the_bar_of_a_phone_follows_the_choice);
fn the_bar_of_a_phone_follows_the_choice() {
    let app = Setup::app().start();
    let page = Browser::open(&app);
    page.prefer("prefers-color-scheme", "light");
    let colours = || {
        page.script("return [...document.querySelectorAll('[name=theme-color]')].map(meta => meta.content)", json!([]))
    };
    let before = colours();
    assert_eq!(before, json!(["#ffffff", "#1b1915"]));
    for (theme, expected) in
        [("dark", json!(["#1b1915", "#1b1915"])), ("light", json!(["#ffffff", "#ffffff"])), ("system", before)]
    {
        choose(&page, theme);
        assert_eq!(colours(), expected, "{theme}");
        page.reload();
        page.find(&button(&format!("Theme: {theme}")));
        assert_eq!(colours(), expected, "{theme}, the next time");
    }
}
