//! Light and dark theme: chosen by the operating system, or by the switch on the page.

use serde_json::json;

use crate::browser::Browser;
use crate::harness::host::Setup;
use crate::locator::{button, heading};
use crate::people::open_login;

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
    page.find(&button(if dark { "Light theme" } else { "Dark theme" }));
    page.wait("colours", || Ok((is_dark(page) == dark).then_some(())));
}

case!(Browser, the_switch_is_remembered_and_reaches_other_tabs);
fn the_switch_is_remembered_and_reaches_other_tabs() {
    let app = Setup::app().start();
    let page = Browser::open(&app);
    page.prefer("prefers-color-scheme", "light");
    becomes(&page, false);
    page.click(&button("Dark theme"));
    becomes(&page, true);
    page.reload();
    becomes(&page, true);
    let first = page.open_tab();
    page.go("/");
    becomes(&page, true);
    page.click(&button("Light theme"));
    becomes(&page, false);
    page.bring_to_front(&first);
    becomes(&page, false);
}

case!(Browser, the_preference_of_the_system_counts_until_one_chooses);
fn the_preference_of_the_system_counts_until_one_chooses() {
    let app = Setup::app().start();
    let page = Browser::open(&app);
    for dark in [true, false, true] {
        page.prefer("prefers-color-scheme", if dark { "dark" } else { "light" });
        becomes(&page, dark);
    }
    page.reload();
    becomes(&page, true);
    page.click(&button("Light theme"));
    becomes(&page, false);
    page.prefer("prefers-color-scheme", "light");
    page.prefer("prefers-color-scheme", "dark");
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
    page.click(&button("Dark theme"));
    becomes(&page, true);
    assert_eq!(colours(), json!(["#1b1915", "#1b1915"]));
    page.reload();
    becomes(&page, true);
    assert_eq!(colours(), json!(["#1b1915", "#1b1915"]));
    page.click(&button("Light theme"));
    becomes(&page, false);
    assert_eq!(colours(), json!(["#ffffff", "#ffffff"]));
}
