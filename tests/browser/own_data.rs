//! What the app has of somebody, on the page of their account, and what they can do with it.

use serde_json::json;

use crate::browser::Browser;
use crate::harness::actors;
use crate::harness::host::Setup;
use crate::keys::{ENTER, ESCAPE};
use crate::locator::{button, field};
use crate::people::{self, PASSWORD, assert_not_reloaded, log_in, mark, someone};

#[track_caller]
fn has_focus(page: &Browser, id: &str) {
    page.wait(&format!("focus on {id}"), || {
        Ok((page.script("return document.activeElement.id", json!([])) == id).then_some(()))
    });
}

case!(Browser, a_name_is_changed_in_place_and_in_every_tab);
fn a_name_is_changed_in_place_and_in_every_tab() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    mark(&page);
    let board = page.open_tab();
    page.go("/account");
    mark(&page);
    let change = button("Change your name");
    page.tab_to(&change);
    page.press(&ENTER.to_string());
    has_focus(&page, "new-name");
    assert_eq!(page.find(&field("New name")).value(), "Ada");
    page.press(&ESCAPE.to_string());
    page.wait("focus on the button", || Ok(page.is_focused(&change).then_some(())));
    page.press(&ENTER.to_string());
    has_focus(&page, "new-name");

    page.fill(&field("New name"), &"x".repeat(65));
    page.press(&ENTER.to_string());
    page.wait("error", || Ok(page.find(&field("New name")).error().filter(|error| error.contains("at most 64"))));
    has_focus(&page, "new-name");
    page.fill(&field("New name"), "Ada, Countess of Lovelace");
    page.press(&ENTER.to_string());
    page.wait("focus on the button", || Ok(page.is_focused(&change).then_some(())));
    page.find(&button("Ada, Countess of Lovelace"));
    page.reads("You changed your name");
    assert_eq!(page.script("return document.querySelector('dd').innerText", json!([])), "Ada, Countess of Lovelace");
    assert!(page.stored("latchkey.session").unwrap().contains("Countess"));
    assert_not_reloaded(&page);

    page.bring_to_front(&board);
    page.find(&button("Ada, Countess of Lovelace"));
    assert_not_reloaded(&page);
    people::post(&page, "By another name.");
    assert!(people::messages(&page)[0].contains("Countess"));
}

case!(Browser, somebody_sees_what_has_happened_to_their_account);
fn somebody_sees_what_has_happened_to_their_account() {
    let app = Setup::app().start();
    people::account(&app, "ada", "Ada");
    for _ in 0..10 {
        assert_eq!(actors::log_in(&app, "ada", PASSWORD).status, 200);
    }
    actors::log_in(&app, "ada", "wrong horse 7").is_problem(401, "invalid_credentials");
    let page = Browser::blank(&app);
    page.go("/account");
    log_in(&page, "ada", PASSWORD);
    page.reads("You logged in just now, Chrome on Linux");
    page.reads("Somebody gave a wrong password, code or passkey");
    let count =
        || page.script("return document.querySelectorAll('[aria-labelledby=activity-title] li').length", json!([]));
    assert_eq!(count(), 10);
    page.click(&button("Show more"));
    has_focus(&page, "more-activity");
    assert_eq!(count(), 12);
    page.lacks(&button("Show more"));
}
