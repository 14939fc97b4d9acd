//! The whole story with the keyboard alone.

use serde_json::json;

use crate::browser::Browser;
use crate::harness::actors;
use crate::harness::host::Setup;
use crate::keys::{CONTROL, ENTER, ESCAPE, SHIFT, TAB};
use crate::locator::{button, dialog, field, heading, link};
use crate::people::{self, PASSWORD, sees_message, someone};

#[track_caller]
fn enter(page: &Browser) {
    page.press(&ENTER.to_string());
}

case!(Chromium, signs_up_posts_logs_out_and_in);
fn signs_up_posts_logs_out_and_in() {
    let app = Setup::app().start();
    let page = Browser::open(&app);
    page.find(&heading("Messages"));
    page.tab_to(&link("Sign up"));
    enter(&page);
    page.find(&button("Create account"));
    for (name, text) in [("Username", "ada"), ("Name", "Ada"), ("Password", PASSWORD)] {
        page.tab_to(&field(name));
        page.press(text);
    }
    page.tab_to(&button("Create account"));
    enter(&page);
    page.find(&button("Ada"));
    page.find(&heading("Messages"));

    page.tab_to(&button("Post a message"));
    enter(&page);
    page.find(&dialog("Post a message"));
    page.tab_to(&field("Your message"));
    page.press("By keyboard alone.");
    page.tab_to(&button("Post"));
    enter(&page);
    sees_message(&page, "By keyboard alone.");

    page.tab_to(&button("Ada"));
    enter(&page);
    page.find(&button("Log out"));
    page.tab_to(&button("Log out"));
    enter(&page);
    page.wait("focus on the way back in", || Ok(page.is_focused(&link("Log in")).then_some(())));
    enter(&page);
    page.find(&field("Password"));
    page.wait("focus in the form", || Ok(page.is_focused(&field("Username")).then_some(())));
    page.press("ada");
    page.tab_to(&field("Password"));
    page.press(PASSWORD);
    enter(&page);
    page.find(&button("Ada"));
}

case!(Chromium, the_dialog_keeps_the_focus_and_gives_it_back);
fn the_dialog_keeps_the_focus_and_gives_it_back() {
    let app = Setup::app().start();
    actors::alice(&app).post(&app, "Something to focus behind the dialog: https://example.com");
    let page = someone(&app, "ada", "Ada");
    let opener = button("Post a message");
    for closing in ["Escape", "Cancel", "Post"] {
        page.tab_to(&opener);
        enter(&page);
        page.find(&dialog("Post a message"));
        page.wait("focus in the field", || Ok(page.is_focused(&field("Your message")).then_some(())));
        page.press("Text.");
        for step in 0..14 {
            if step < 7 {
                page.press(&TAB.to_string());
            } else {
                page.press_with(SHIFT, TAB);
            }
            // Between the last and the first element of the dialog, the browser itself may have the focus. The body of the
            // page then counts as active.
            let script =
                "return document.activeElement === document.body || document.activeElement === document.documentElement
                || document.querySelector('dialog[open]').contains(document.activeElement)";
            assert_eq!(page.script(script, json!([])), true, "the focus left the dialog to {:?}", page.focused());
        }
        match closing {
            "Escape" => page.press(&ESCAPE.to_string()),
            name => {
                page.tab_to(&button(name));
                enter(&page);
            }
        }
        page.lacks(&dialog("Post a message"));
        page.wait(&format!("focus back after {closing}"), || Ok(page.is_focused(&opener).then_some(())));
    }
}

case!(Browser, escape_closes_the_menu_and_gives_the_focus_back);
fn escape_closes_the_menu_and_gives_the_focus_back() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    page.tab_to(&button("Ada"));
    enter(&page);
    page.find(&button("Log out"));
    page.press(&ESCAPE.to_string());
    page.lacks(&button("Log out"));
    page.wait("focus back", || Ok(page.is_focused(&button("Ada")).then_some(())));
}

case!(Browser, one_can_skip_to_the_content);
fn one_can_skip_to_the_content() {
    let app = Setup::app().start();
    let page = Browser::open(&app);
    page.find(&heading("Messages"));
    page.press(&TAB.to_string());
    let first = page.focused();
    assert!(first.role == "link" && first.name.to_lowercase().contains("skip"), "the first stop is {first:?}");
    enter(&page);
    page.press(&TAB.to_string());
    let inside = page.script("return document.activeElement.matches('main *')", json!([]));
    assert_eq!(inside, true, "{:?}", page.focused());
}

case!(Browser, a_key_of_an_input_method_posts_nothing);
/// While Japanese or Chinese is composed, the keys belong to the input method. Browsers tell of it in two ways.
fn a_key_of_an_input_method_posts_nothing() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    people::write(&page, "\u{306B}\u{307B}\u{3093}");
    for composing in [json!({"isComposing": true, "keyCode": 13}), json!({"isComposing": false, "keyCode": 229})] {
        page.script(
            "document.querySelector('#message').dispatchEvent(new KeyboardEvent('keydown',
                 {key: 'Enter', ctrlKey: true, bubbles: true, cancelable: true, ...arguments[0]}))",
            json!([composing]),
        );
        page.find(&button("Post").within("dialog"));
    }
    page.press_with(CONTROL, ENTER);
    page.lacks(&dialog("Post a message"));
    sees_message(&page, "\u{306B}\u{307B}\u{3093}");
    assert_eq!(people::messages(&page).len(), 1);
}
