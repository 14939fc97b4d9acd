//! The site keeps typed text until it is posted, for its author and in its tab alone.

use serde_json::json;

use crate::browser::Browser;
use crate::harness::host::Setup;
use crate::keys::ESCAPE;
use crate::locator::{button, dialog, field, link};
use crate::people::{self, PASSWORD, log_in, log_out, sees_message, someone};
use crate::sessions::{STILL_HERE, end_all, token};

#[track_caller]
fn draft(page: &Browser) -> String {
    page.find(&dialog("Post a message"));
    page.find(&field("Your message")).value()
}

/// Everything that the site has stored, for all tabs and for this one.
#[track_caller]
fn storages(page: &Browser) -> String {
    let stored = page.script("return JSON.stringify([{...localStorage}, {...sessionStorage}])", json!([]));
    stored.as_str().unwrap().to_owned()
}

/// Opens the dialog, and expects it to be empty.
#[track_caller]
fn begins_anew(page: &Browser) {
    page.click(&button("Post a message"));
    assert_eq!(draft(page), "");
}

case!(Browser, a_draft_survives_cancel_escape_and_reload);
fn a_draft_survives_cancel_escape_and_reload() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    people::write(&page, "Not yet done");
    page.click(&button("Cancel"));
    page.lacks(&dialog("Post a message"));
    page.click(&button("Post a message"));
    assert_eq!(draft(&page), "Not yet done");
    page.press(&ESCAPE.to_string());
    page.lacks(&dialog("Post a message"));

    page.reload();
    page.wait("page", || Ok((page.has(&dialog("Post a message")) || page.has(&button("Ada"))).then_some(())));
    if !page.has(&dialog("Post a message")) {
        page.click(&button("Post a message"));
    }
    assert_eq!(draft(&page), "Not yet done");
    people::send(&page);
    sees_message(&page, "Not yet done");
}

case!(Browser, a_posted_message_leaves_no_draft);
fn a_posted_message_leaves_no_draft() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    people::post(&page, "Done.");
    assert!(!storages(&page).contains("Done."));
    page.click(&button("Post a message"));
    assert_eq!(draft(&page), "");
}

case!(Chromium, characters_are_counted_close_to_their_limit);
fn characters_are_counted_close_to_their_limit() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    people::write(&page, "Twelve chars");
    // It is shown where there is a mouse, which a browser without a screen may lack.
    assert_eq!(
        page.script("return document.querySelector('.below > span').textContent", json!([])),
        "Ctrl+Enter posts"
    );
    assert!(!page.text().contains("of 1000"), "{}", page.text());
    page.fill(&field("Your message"), "");
    page.insert(&"\u{1F980}".repeat(899));
    assert!(!page.text().contains("of 1000"));
    page.insert("x");
    page.reads("900 of 1000");
    page.insert(&"\u{1F980}".repeat(100));
    page.reads("1000 of 1000");
    people::send(&page);
    page.lacks(&dialog("Post a message"));
    sees_message(&page, &"\u{1F980}".repeat(100));
}

case!(Chromium, a_press_beside_the_dialog_closes_it_and_keeps_the_draft);
fn a_press_beside_the_dialog_closes_it_and_keeps_the_draft() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    people::write(&page, "Not yet done");
    for kind in ["mousePressed", "mouseReleased"] {
        let event = json!({"type": kind, "x": 5, "y": 5, "button": "left", "clickCount": 1});
        page.devtools("Input.dispatchMouseEvent", &event);
    }
    page.lacks(&dialog("Post a message"));
    page.wait("focus back", || Ok(page.is_focused(&button("Post a message")).then_some(())));
    page.click(&button("Post a message"));
    assert_eq!(draft(&page), "Not yet done");
}

case!(Chromium, a_message_that_is_too_long_or_empty_is_refused_beside_the_field);
fn a_message_that_is_too_long_or_empty_is_refused_beside_the_field() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    page.tolerate("422");
    page.click(&button("Post a message"));
    people::send(&page);
    page.wait("error", || Ok(page.find(&field("Your message")).error().filter(|error| !error.is_empty())));
    page.fill(&field("Your message"), "");
    page.insert(&"x".repeat(1001));
    page.reads("1001 of 1000");
    people::send(&page);
    page.wait("error", || Ok(page.find(&field("Your message")).error().filter(|error| !error.is_empty())));
    assert_eq!(draft(&page), "x".repeat(1001), "nothing is cut off");
    page.fill(&field("Your message"), "Shorter.");
    people::send(&page);
    sees_message(&page, "Shorter.");
    assert_eq!(people::messages(&page).len(), 1);
}

case!(Browser, nobody_sees_what_somebody_else_began);
fn nobody_sees_what_somebody_else_began() {
    let app = Setup::app().start();
    people::account(&app, "bob", "Bob");
    let page = someone(&app, "ada", "Ada");
    people::write(&page, "For friends of Ada.");
    page.click(&button("Cancel"));
    log_out(&page, "Ada");
    assert!(!storages(&page).contains("friends"), "{}", storages(&page));
    log_in(&page, "bob", PASSWORD);
    page.find(&button("Bob"));
    begins_anew(&page);
}

case!(Chromium, a_draft_of_an_ended_session_waits_for_its_author);
fn a_draft_of_an_ended_session_waits_for_its_author() {
    let app = Setup::app().start();
    people::account(&app, "bob", "Bob");
    let page = someone(&app, "ada", "Ada");
    page.tolerate("401");
    people::write(&page, "For friends of Ada.");
    end_all(&app, &token(&page));
    people::send(&page);
    page.reads(STILL_HERE);
    // Somebody else logs in, where Ada was asked to.
    page.click(&link("Log in again").within("dialog"));
    log_in(&page, "bob", PASSWORD);
    page.reads("as \u{2068}Bob\u{2069} @bob");
    assert_eq!(draft(&page), "");
    page.click(&button("Cancel"));
    let first = page.open_tab();
    page.go("/");
    log_out(&page, "Bob");
    log_in(&page, "ada", PASSWORD);
    page.find(&button("Ada"));
    page.bring_to_front(&first);
    page.find(&button("Ada"));
    page.click(&button("Post a message"));
    assert_eq!(draft(&page), "For friends of Ada.");
    people::send(&page);
    sees_message(&page, "For friends of Ada.");
    assert!(people::messages(&page)[0].contains("@ada"), "{:?}", people::messages(&page));
}

case!(Browser, a_tab_takes_no_draft_from_another);
fn a_tab_takes_no_draft_from_another() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    people::write(&page, "Thought over for an hour.");
    let first = page.open_tab();
    page.go("/");
    page.find(&button("Ada"));
    begins_anew(&page);
    page.fill(&field("Your message"), "Short.");
    people::send(&page);
    page.lacks(&dialog("Post a message"));
    page.bring_to_front(&first);
    page.reload();
    page.find(&button("Ada"));
    page.click(&button("Post a message"));
    assert_eq!(draft(&page), "Thought over for an hour.");
}

case!(Browser, logging_out_clears_the_drafts_of_every_tab);
fn logging_out_clears_the_drafts_of_every_tab() {
    let app = Setup::app().start();
    people::account(&app, "bob", "Bob");
    let page = someone(&app, "ada", "Ada");
    people::write(&page, "For friends of Ada.");
    let first = page.open_tab();
    page.go("/");
    log_out(&page, "Ada");
    log_in(&page, "bob", PASSWORD);
    page.find(&button("Bob"));
    page.bring_to_front(&first);
    page.lacks(&dialog("Post a message"));
    page.find(&button("Bob"));
    let left = page.script("return document.querySelector('#message').value", json!([]));
    assert_eq!((left, storages(&page).contains("friends")), (json!(""), false));
    begins_anew(&page);
}

case!(Browser, a_deleted_account_leaves_no_draft);
fn a_deleted_account_leaves_no_draft() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    people::write(&page, "For friends of Ada.");
    page.click(&button("Cancel"));
    page.click(&button("Ada"));
    page.click(&link("Your account"));
    page.click(&button("Delete account"));
    page.fill(&field("Your password"), PASSWORD);
    page.click(&button("Delete for ever"));
    page.reads("Your account is deleted.");
    assert!(!storages(&page).contains("friends"), "{}", storages(&page));
}

case!(Browser, the_draft_that_all_accounts_shared_is_gone);
/// Earlier versions of the site kept one draft in local storage, whoever was logged in.
fn the_draft_that_all_accounts_shared_is_gone() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    page.store("latchkey.draft", "Whose is it?");
    page.reload();
    page.find(&button("Ada"));
    begins_anew(&page);
    assert_eq!(page.stored("latchkey.draft"), None);
}
