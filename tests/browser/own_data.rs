//! What the app has of somebody, on the page of their account, and what they can do with it.

use serde_json::json;

use crate::browser::Browser;
use crate::harness::host::Setup;
use crate::keys::{ENTER, ESCAPE};
use crate::locator::{button, field};
use crate::people::{self, assert_not_reloaded, mark, someone};

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
    assert_eq!(page.script("return document.querySelector('dd').innerText", json!([])), "Ada, Countess of Lovelace");
    assert!(page.stored("latchkey.session").unwrap().contains("Countess"));
    assert_not_reloaded(&page);

    page.bring_to_front(&board);
    page.find(&button("Ada, Countess of Lovelace"));
    assert_not_reloaded(&page);
    people::post(&page, "By another name.");
    assert!(people::messages(&page)[0].contains("Countess"));
}
