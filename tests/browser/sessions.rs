//! Sessions that end: in another tab, by time, by the server's word.

use serde_json::Value;

use crate::browser::Browser;
use crate::harness::host::{Host, Setup};
use crate::locator::{button, dialog, field, heading, link};
use crate::people::{self, PASSWORD, assert_not_reloaded, log_in, log_out, mark, sees_message, someone};

const STILL_HERE: &str = "You have been logged out. Log in to post your message; it is still here.";

cases! {
    Browser: [
        logging_out_and_in_reaches_every_tab,
        a_token_that_the_server_refuses_loses_nothing,
        a_session_that_has_expired_loses_nothing,
        a_session_that_expires_while_one_types_loses_nothing,
        a_session_that_expired_while_the_page_was_closed_is_told_and_begun_again,
    ]
}

fn logging_out_and_in_reaches_every_tab() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    let first = page.open_tab();
    page.go("/");
    page.find(&button("Ada"));
    mark(&page);

    let second = page.bring_to_front(&first);
    log_out(&page, "Ada");
    page.bring_to_front(&second);
    page.find(&button("Log in"));
    page.lacks(&button("Ada"));
    assert_not_reloaded(&page);
    assert!(!page.stored("latchkey.session").unwrap_or_default().contains("token"), "the token is gone");

    log_in(&page, "ada", PASSWORD);
    page.find(&button("Ada"));
    page.bring_to_front(&first);
    page.find(&button("Ada"));
    people::post(&page, "From the tab that did not log in.");
}

/// The same app with the same store, to which the tokens of before mean nothing.
fn restarted_with_other_tokens(mut app: Host, state: &std::path::Path) -> Host {
    let address = app.authority();
    app.stop();
    Setup::app().state(state).flag("--listen", &address).variable("token_issuer", "another").start()
}

/// Logs in where the page asks for it; the message is then sent, or in the dialog and sent from there.
#[track_caller]
fn logs_in_and_goes_on(page: &Browser, text: &str) {
    log_in(page, "ada", PASSWORD);
    page.wait("message or dialog", || {
        let sent = people::messages(page).iter().any(|message| message.contains(text));
        Ok((sent || page.has(&dialog("Post a message"))).then_some(()))
    });
    if page.has(&dialog("Post a message")) {
        assert_eq!(page.find(&field("Your message")).value(), text);
        people::send(page);
        page.lacks(&dialog("Post a message"));
    }
    page.find(&button("Ada"));
    sees_message(page, text);
    assert_eq!(people::messages(page).len(), 1, "and it is there once");
}

fn a_token_that_the_server_refuses_loses_nothing() {
    let state = tempfile::tempdir().unwrap();
    let app = Setup::app().state(state.path()).start();
    let page = someone(&app, "ada", "Ada");
    page.tolerate("401");
    page.tolerate("ERR_CONNECTION_REFUSED");
    people::write(&page, "Half an hour of thought.");
    let _app = restarted_with_other_tokens(app, state.path());
    people::send(&page);
    page.reads(STILL_HERE);
    logs_in_and_goes_on(&page, "Half an hour of thought.");
}

/// Makes the session in local storage one of yesterday.
#[track_caller]
fn age_session(page: &Browser) {
    let mut session: Value = serde_json::from_str(&page.stored("latchkey.session").unwrap()).unwrap();
    assert_eq!(session["v"], 1, "{session}");
    assert_eq!(session["user"]["username"], "ada");
    session["expires_at_ms"] = 1_700_000_000_000_u64.into();
    page.store("latchkey.session", &session.to_string());
}

fn a_session_that_has_expired_loses_nothing() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    people::write(&page, "Written yesterday.");
    age_session(&page);
    page.reload();
    page.lacks(&button("Ada"));
    if !page.has(&dialog("Post a message")) && !page.has(&field("Password")) {
        page.click(&button("Post a message"));
    }
    logs_in_and_goes_on(&page, "Written yesterday.");
}

fn a_session_that_expires_while_one_types_loses_nothing() {
    let app = Setup::app().variable("token_lifetime_seconds", "1").start();
    people::account(&app, "ada", "Ada");
    let page = Browser::open(&app);
    page.tolerate("401");
    page.click(&button("Post a message"));
    log_in(&page, "ada", PASSWORD);
    page.fill(&field("Your message"), "Slowly typed.");
    page.wait("end of the session", || {
        let session: Value =
            serde_json::from_str(&page.stored("latchkey.session").unwrap_or_default()).unwrap_or_default();
        let now = page.script("return Date.now()", serde_json::json!([]));
        Ok((session["expires_at_ms"].as_u64() < now.as_u64()).then_some(()))
    });
    people::send(&page);
    page.wait("message or question", || {
        let sent = people::messages(&page).iter().any(|message| message.contains("Slowly typed."));
        Ok((sent || page.text().contains(STILL_HERE)).then_some(()))
    });
    if page.text().contains(STILL_HERE) {
        assert!(page.stored("latchkey.draft").unwrap_or_default().contains("Slowly typed."));
    }
}

fn a_session_that_expired_while_the_page_was_closed_is_told_and_begun_again() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    age_session(&page);
    page.reload();
    page.reads("Your session has ended.");
    assert_eq!(page.stored("latchkey.session"), None, "its token is gone");
    page.click(&link("Log in again"));
    assert_eq!(page.find(&field("Username")).value(), "ada");
    page.fill(&field("Password"), PASSWORD);
    page.click(&button("Log in").within("form"));
    page.find(&button("Ada"));
    page.find(&heading("Messages"));
    assert!(!page.text().contains("Your session has ended."));

    log_out(&page, "Ada");
    page.reload();
    page.find(&button("Log in"));
    assert!(!page.text().contains("Your session has ended."), "who logged out knows it");
    assert_eq!(page.stored("latchkey.last-username"), None);
}
