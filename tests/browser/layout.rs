//! What is where: under a finger, beside a keyboard, in large letters, on paper, in the colours of the system.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::harness::actors;
use crate::harness::host::Setup;
use crate::keys::ESCAPE;
use crate::locator::{button, dialog, field, heading, link};
use crate::people::{self, PASSWORD, open_menu, post, sees_message, someone};
use crate::toast::hold_the_time;
use crate::views::choose;

/// The rectangle of the first element that a selector finds: left, top, right, bottom.
#[track_caller]
fn rect(page: &Browser, selector: &str) -> [f64; 4] {
    let found = page.script(
        "const {left, top, right, bottom} = document.querySelector(arguments[0]).getBoundingClientRect();
         return [left, top, right, bottom]",
        json!([selector]),
    );
    serde_json::from_value(found).unwrap()
}

case!(Browser, a_double_tap_deletes_nothing);
/// Wherever the button is hit, what takes its place there is no button. In a low window the menu opens upwards.
fn a_double_tap_deletes_nothing() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    post(&page, "To stay");
    for (width, height) in [(320, 700), (360, 700), (390, 700), (1280, 700), (320, 250), (1280, 250)] {
        page.resize(width, height);
        for part in [0.05, 0.5, 0.95] {
            page.script("scrollTo(0, 0)", json!([]));
            open_menu(&page, "To stay");
            page.settle();
            let [_, _, _, head] = rect(&page, "article header");
            let [left, top, right, bottom] = rect(&page, ":popover-open .ask");
            assert_eq!(top < head, height == 250, "where the menu has room: {width} x {height}");
            let point = json!([f64::midpoint(left, right), top + (bottom - top) * part]);
            for clicks in [1, 2] {
                for kind in ["mousePressed", "mouseReleased"] {
                    let event =
                        json!({"type": kind, "x": point[0], "y": point[1], "button": "left", "clickCount": clicks});
                    page.devtools("Input.dispatchMouseEvent", &event);
                }
            }
            page.click(&button("Keep"));
            page.find(&button("Delete this message?"));
            page.press(&ESCAPE.to_string());
            page.lacks(&button("Copy link"));
        }
    }
    page.reload();
    sees_message(&page, "To stay");
}

case!(Browser, each_message_has_one_line_above_it_and_none_is_higher_for_its_menu);
fn each_message_has_one_line_above_it_and_none_is_higher_for_its_menu() {
    let app = Setup::app().start();
    actors::actor(&app, &"long-name".repeat(3), PASSWORD, &"Long Name ".repeat(6)).post(&app, "Short");
    let page = someone(&app, "ada", "Ada");
    post(&page, "Short");
    let heights = |selector: &str| -> Vec<f64> {
        let script =
            "return [...document.querySelectorAll(arguments[0])].map(one => one.getBoundingClientRect().height)";
        serde_json::from_value(page.script(script, json!([selector]))).unwrap()
    };
    for width in [320, 390] {
        page.resize(width, 700);
        let heads = heights("article header");
        assert!(heads.len() == 2 && heads.iter().all(|height| *height <= 28.0), "{width}: {heads:?}");
        page.assert_no_horizontal_scroll("one line");
        let cards = heights("article");
        assert!((cards[0] - cards[1]).abs() < 0.5, "{width}: {cards:?}");
    }
    // The time is short for the eyes alone.
    let time = page.find(&link("just now").within("article"));
    assert_eq!(time.script("return element.querySelector('[aria-hidden]').innerText"), "now");
}

case!(Browser, what_has_the_focus_is_not_under_the_bar);
/// WCAG 2.2, 2.4.11.
fn what_has_the_focus_is_not_under_the_bar() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    for number in 0..12 {
        post(&page, &format!("Message {number}"));
    }
    for (width, height) in [(1280, 800), (320, 640), (320, 256)] {
        page.resize(width, height);
        page.script("document.querySelector('article:last-of-type').scrollIntoView()", json!([]));
        let hidden = page.script(
            "const stops = [...document.querySelectorAll('main a, main button')].reverse();
             const bar = document.querySelector('.top');
             scrollTo(0, document.body.scrollHeight);
             return stops.filter(stop => {
                 stop.focus();
                 const under = getComputedStyle(bar).position == 'sticky' ? bar.getBoundingClientRect().bottom : 0;
                 return stop.getBoundingClientRect().bottom <= under;
             }).map(stop => stop.textContent)",
            json!([]),
        );
        assert_eq!(hidden, json!([]), "{width} x {height}");
    }
}

case!(Browser, large_letters_need_no_scrolling_to_the_side);
/// As with a larger font in the settings of the browser (WCAG 1.4.4): all lengths here are in rem.
fn large_letters_need_no_scrolling_to_the_side() {
    let app = Setup::app().start();
    let page = Browser::open(&app);
    page.resize(375, 700);
    for path in ["/", "/signup", "/login"] {
        page.go(path);
        page.find(&link("Skip to content"));
        for size in ["24px", "32px"] {
            page.script("document.documentElement.style.fontSize = arguments[0]", json!([size]));
            page.assert_no_horizontal_scroll(&format!("{path}, {size}"));
        }
    }
}

case!(Browser, the_way_to_post_is_above_the_keyboard_of_a_phone);
fn the_way_to_post_is_above_the_keyboard_of_a_phone() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    // A keyboard leaves so much of a phone, and the page is told of it (interactive-widget in the viewport).
    page.resize(375, 330);
    page.click(&button("Post a message"));
    page.find(&dialog("Post a message"));
    page.fill(&field("Your message"), &"A line of what somebody says.\n".repeat(12));
    let [_, top, _, bottom] = rect(&page, "dialog [type=submit]");
    assert!(top >= 0.0 && bottom <= 330.0, "it is at {top} to {bottom}");
    let content = page.script("return document.querySelector('[name=viewport]').content", json!([]));
    assert!(content.as_str().unwrap().contains("interactive-widget=resizes-content"), "{content}");
}

case!(Browser, the_way_to_post_is_in_reach_wherever_one_reads);
fn the_way_to_post_is_in_reach_wherever_one_reads() {
    let app = Setup::app().start();
    let alice = actors::alice(&app);
    for number in 1..=20 {
        alice.post(&app, &format!("Number {number}.{}", "\n.".repeat(11)));
    }
    let page = someone(&app, "ada", "Ada");
    sees_message(&page, "Number 20.");
    for (width, height) in [(320, 700), (700, 320), (1280, 800)] {
        page.resize(width, height);
        page.script("scrollTo(0, 5000)", json!([]));
        let [left, top, right, bottom] = rect(&page, "#compose");
        let (in_width, in_height) = (0.0..=f64::from(width), 0.0..=f64::from(height));
        let is_inside = in_width.contains(&left) && in_width.contains(&right);
        assert!(
            is_inside && in_height.contains(&top) && in_height.contains(&bottom),
            "{width} x {height}: {top}, {left}"
        );
        assert!(right - left >= 44.0 && bottom - top >= 44.0);
        page.assert_no_horizontal_scroll("a way to post");
        page.click(&button("Post a message"));
        page.find(&dialog("Post a message"));
        page.press(&ESCAPE.to_string());
        page.lacks(&dialog("Post a message"));
        assert_eq!(page.script("return scrollY", json!([])), 5000, "whoever comes back goes on reading");
    }
}

case!(Browser, parts_of_the_account_have_the_same_space_below);
fn parts_of_the_account_have_the_same_space_below() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    page.go("/account");
    page.find(&button("Log out on every device, including this one?"));
    page.settle();
    let space = page.script(
        "return [...document.querySelectorAll('section.part')].map(part => {
             const shown = [...part.querySelectorAll('*')].map(element => element.getBoundingClientRect());
             return Math.round(part.getBoundingClientRect().bottom - Math.max(...shown.map(rect => rect.bottom)));
         })",
        json!([]),
    );
    let space: Vec<i64> = serde_json::from_value(space).unwrap();
    assert!(space.windows(2).all(|pair| pair[0] == pair[1]), "{space:?}");
}

case!(Browser, what_is_in_the_menu_is_a_row_under_the_finger);
fn what_is_in_the_menu_is_a_row_under_the_finger() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    page.resize(320, 640);
    page.click(&button("Ada"));
    page.find(&button("Log out"));
    page.settle();
    let rows = page.script(
        "const inside = document.querySelector('.menu').clientWidth;
         return [...document.querySelectorAll('.menu a, .menu button')].map(row => {
             const {width, height} = row.getBoundingClientRect();
             return [row.innerText, width > inside - 24, height >= 44, getComputedStyle(row).textDecorationLine];
         })",
        json!([]),
    );
    assert_eq!(
        rows,
        json!([
            ["Your messages", true, true, "none"],
            ["Your account", true, true, "none"],
            ["Log out", true, true, "none"]
        ])
    );
}

case!(Browser, what_is_said_does_not_cover_the_way_to_post);
fn what_is_said_does_not_cover_the_way_to_post() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    hold_the_time(&page);
    page.reload();
    page.resize(320, 640);
    post(&page, "One");
    page.reads("Your message is posted.");
    page.settle();
    let [left, top, right, bottom] = rect(&page, ".toast");
    let [_, post_top, _, _] = rect(&page, "#compose");
    assert!(bottom <= post_top, "{bottom} and {post_top}");
    assert!(left >= 0.0 && right <= 320.0 && top > 0.0, "{left} to {right}");
}

case!(Browser, paper_has_the_messages_alone_in_black);
fn paper_has_the_messages_alone_in_black() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    post(&page, "For the files");
    choose(&page, "dark");
    page.devtools("Emulation.setEmulatedMedia", &json!({"media": "print"}));
    let ink = page.script(
        "const canvas = document.createElement('canvas').getContext('2d');
         canvas.fillStyle = getComputedStyle(document.querySelector('article > p')).color;
         canvas.fillRect(0, 0, 1, 1);
         return Math.max(...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3))",
        json!([]),
    );
    assert!(ink.as_u64().unwrap() < 60, "{ink}");
    let shown = page.script(
        "return [...document.querySelectorAll('.top, .skip, button, .older')]
             .filter(element => element.checkVisibility()).map(element => element.textContent)",
        json!([]),
    );
    assert_eq!(shown, json!([]));
}

case!(Browser, what_is_wrong_is_seen_in_the_colours_of_the_system);
fn what_is_wrong_is_seen_in_the_colours_of_the_system() {
    let app = Setup::app().start();
    let page = Browser::open(&app);
    page.prefer("forced-colors", "active");
    page.go("/signup");
    page.fill(&field("Password"), PASSWORD);
    page.click(&button("Create account"));
    page.find(&heading("Sign up"));
    let style = |selector: &str, property: &str| -> Value {
        page.script(
            "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]",
            json!([selector, property]),
        )
    };
    assert_eq!(style("[aria-invalid=true]", "borderTopWidth"), "3px");
    assert_eq!(style(".strength div", "forcedColorAdjust"), "none");
}

case!(Browser, a_page_without_scripts_has_its_margins);
fn a_page_without_scripts_has_its_margins() {
    let app = Setup::app().start();
    let page = Browser::blank(&app);
    page.resize(375, 700);
    page.devtools("Emulation.setScriptExecutionDisabled", &json!({"value": true}));
    page.go("/");
    page.reads("JavaScript is switched off");
    let expression =
        "(({left, right}) => [left, right])(document.querySelector('noscript .notice').getBoundingClientRect())";
    let found = page.devtools("Runtime.evaluate", &json!({"expression": expression, "returnByValue": true}));
    let [left, right]: [f64; 2] = serde_json::from_value(found["result"]["value"].clone()).unwrap();
    assert!(left >= 16.0 && right > left && right <= 375.0 - 16.0, "{left} to {right}");
    page.devtools("Emulation.setScriptExecutionDisabled", &json!({"value": false}));
}

case!(Browser, large_screens_keep_the_dialog_in_the_middle);
fn large_screens_keep_the_dialog_in_the_middle() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    page.resize(1280, 900);
    people::write(&page, "A short one");
    page.settle();
    let [_, top, _, bottom] = rect(&page, "dialog");
    assert!((top - (900.0 - bottom)).abs() < 2.0, "{top} to {bottom}");
}
