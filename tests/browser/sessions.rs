//! The site renews sessions unnoticed. A session ends when another tab or the server ends it, but never because the network
//! failed.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::harness::actors;
use crate::harness::client::{Client, ask, get};
use crate::harness::host::{Host, Setup};
use crate::locator::{button, dialog, field, heading, link};
use crate::people::{self, PASSWORD, assert_not_reloaded, log_in, log_out, mark, sees_message, someone};

pub(crate) const STILL_HERE: &str = "You have been logged out. Log in to post your message; it is still here.";

case!(Browser, logging_out_and_in_reaches_every_tab);
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
    page.find(&link("Log in"));
    page.lacks(&button("Ada"));
    assert_not_reloaded(&page);
    assert!(!page.stored("latchkey.session").unwrap_or_default().contains("token"), "the token is gone");

    log_in(&page, "ada", PASSWORD);
    page.find(&button("Ada"));
    page.bring_to_front(&first);
    page.find(&button("Ada"));
    people::post(&page, "From the tab that did not log in.");
}

/// Restarts the app with the same store and another issuer of tokens, so that it refuses every older token.
fn restarted_with_other_tokens(mut app: Host, state: &std::path::Path) -> Host {
    let address = app.authority();
    app.stop();
    Setup::app().state(state).flag("--listen", &address).variable("token_issuer", "another").start()
}

/// Logs in where the dialog leads, and finds the message in it again.
#[track_caller]
fn logs_in_and_goes_on(page: &Browser, text: &str) {
    page.click(&link("Log in again").within("dialog"));
    page.reads("Log in to post your message; it is still here.");
    assert_eq!(page.find(&field("Username")).value(), "ada");
    log_in(page, "ada", PASSWORD);
    page.find(&dialog("Post a message"));
    assert_eq!(page.find(&field("Your message")).value(), text);
    people::send(page);
    page.lacks(&dialog("Post a message"));
    page.find(&button("Ada"));
    sees_message(page, text);
    assert_eq!(people::messages(page).len(), 1, "and it is there once");
}

/// The session in local storage.
#[track_caller]
fn session(page: &Browser) -> Value {
    serde_json::from_str(&page.stored("latchkey.session").unwrap_or_default()).unwrap_or_default()
}

#[track_caller]
pub(crate) fn token(page: &Browser) -> String {
    session(page)["token"].as_str().unwrap_or_else(|| panic!("no token is stored")).to_owned()
}

fn is_good(app: &Client, token: &str) -> bool {
    app.send(get("/api/authorizer").bearer(token)).status == 200
}

/// Ends every session of a user outside the browser, with the token of one of them.
#[track_caller]
pub(crate) fn end_all(app: &Client, token: &str) {
    assert_eq!(app.send(ask("DELETE", "/api/sessions").bearer(token)).status, 204);
}

/// The number of refreshes that the app has made so far, at least one.
pub(crate) fn refreshes(app: &Host) -> usize {
    wait_for_refreshes(app, 1)
}

/// Waits for so many refreshes, and returns how many there were.
#[track_caller]
fn wait_for_refreshes(app: &Host, count: usize) -> usize {
    app.output().wait_for_events("refreshes", count, |line| line["event"] == "session_refreshed").len()
}

/// Makes the site believe that the token in local storage has expired. The session itself remains valid.
#[track_caller]
pub(crate) fn age_token(page: &Browser) {
    let mut session = session(page);
    assert_eq!(session["v"], 2, "{session}");
    assert_eq!(session["user"]["username"], "ada");
    session["expires_at_ms"] = 1_700_000_000_000_u64.into();
    session["refresh_at_ms"] = 1_700_000_000_000_u64.into();
    page.store("latchkey.session", &session.to_string());
}

#[track_caller]
pub(crate) fn waits_for_another_token(page: &Browser, before: &str) {
    page.wait("another token", || {
        Ok(session(page)["token"].as_str().is_some_and(|token| token != before).then_some(()))
    });
}

case!(Browser, logging_out_ends_the_session_on_the_server);
fn logging_out_ends_the_session_on_the_server() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    let token = token(&page);
    assert!(is_good(&app, &token));
    log_out(&page, "Ada");
    assert!(!is_good(&app, &token));
    assert_eq!((page.stored("latchkey.session"), page.stored("latchkey.last-username")), (None, None));
}

case!(Browser, who_can_not_be_logged_out_is_told);
fn who_can_not_be_logged_out_is_told() {
    let state = tempfile::tempdir().unwrap();
    let mut app = Setup::app().state(state.path()).start();
    let page = someone(&app, "ada", "Ada");
    page.tolerate("ERR_CONNECTION_REFUSED");
    app.stop();
    page.click(&button("Ada"));
    page.click(&button("Log out"));
    page.reads("Can\u{2019}t reach Latchkey. You are still logged in.");
    page.find(&button("Ada"));
    let _app = Setup::app().state(state.path()).flag("--listen", &app.authority()).start();
    page.click(&button("Log out"));
    page.find(&link("Log in"));
}

case!(Browser, two_tabs_refresh_once);
fn two_tabs_refresh_once() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    tabs_refresh_once(&app, &page);
}

/// Two tabs notice at the same moment that the token is too old. Only one of them refreshes it.
#[track_caller]
fn tabs_refresh_once(app: &Host, page: &Browser) {
    let first = page.open_tab();
    page.go("/");
    page.find(&button("Ada"));
    mark(page);
    for round in 1..=3 {
        let before = token(page);
        age_token(page);
        // A browser sends this event to other tabs when one tab changes the storage; this test also sends it to the tab
        // itself.
        let look = "dispatchEvent(new StorageEvent('storage', {key: 'latchkey.session'}))";
        page.script(look, json!([]));
        waits_for_another_token(page, &before);
        let second = page.bring_to_front(&first);
        page.find(&button("Ada"));
        people::post(page, &format!("From the first tab, round {round}."));
        page.bring_to_front(&second);
        people::post(page, &format!("From the second tab, round {round}."));
        assert_eq!(wait_for_refreshes(app, round), round, "one for both");
    }
    assert_not_reloaded(page);
}

case!(Browser, a_token_that_the_server_refuses_is_replaced);
fn a_token_that_the_server_refuses_is_replaced() {
    let state = tempfile::tempdir().unwrap();
    let app = Setup::app().state(state.path()).start();
    let page = someone(&app, "ada", "Ada");
    page.tolerate("401");
    page.tolerate("ERR_CONNECTION_REFUSED");
    people::write(&page, "Half an hour of thought.");
    let app = restarted_with_other_tokens(app, state.path());
    people::send(&page);
    page.lacks(&dialog("Post a message"));
    sees_message(&page, "Half an hour of thought.");
    assert_eq!(refreshes(&app), 1);
    page.find(&button("Ada"));
}

case!(Chromium, a_token_that_expired_while_the_page_was_closed_is_replaced);
fn a_token_that_expired_while_the_page_was_closed_is_replaced() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    let before = token(&page);
    page.go("/account");
    page.find(&heading("Your account"));
    age_token(&page);
    // From the next load on, this script notes whether the page ever shows a request to log in.
    let note = "addEventListener('DOMContentLoaded', () => new MutationObserver(() => {
        if (/session has ended|Log in/.test(document.body.innerText)) window.strangerSeen = true;
    }).observe(document.body, {childList: true, subtree: true, characterData: true}))";
    page.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({"source": note}));
    page.reload();
    page.find(&button("Ada"));
    waits_for_another_token(&page, &before);
    page.reads("This device");
    assert_eq!(page.script("return window.strangerSeen === true", json!([])), false, "nobody was told to log in");
    assert_eq!(refreshes(&app), 1);
    people_post_from_home(&page);
}

#[track_caller]
fn people_post_from_home(page: &Browser) {
    page.click(&link("Latchkey"));
    people::post(page, "Still here.");
}

case!(Browser, a_token_that_expires_while_one_types_is_replaced);
fn a_token_that_expires_while_one_types_is_replaced() {
    let app = Setup::app().variable("token_lifetime_seconds", "3").start();
    let page = someone(&app, "ada", "Ada");
    people::write(&page, "Slowly typed.");
    mark(&page);
    let first = token(&page);
    waits_for_another_token(&page, &first);
    let second = token(&page);
    waits_for_another_token(&page, &second);
    assert_eq!(page.find(&field("Your message")).value(), "Slowly typed.");
    people::send(&page);
    page.lacks(&dialog("Post a message"));
    sees_message(&page, "Slowly typed.");
    assert_not_reloaded(&page);
}

case!(Browser, a_session_that_ended_loses_nothing);
fn a_session_that_ended_loses_nothing() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    page.tolerate("401");
    people::write(&page, "Half an hour of thought.");
    end_all(&app, &token(&page));
    people::send(&page);
    page.reads(STILL_HERE);
    assert!(page.stored_in_tab("latchkey.draft").unwrap_or_default().contains("Half an hour"));
    logs_in_and_goes_on(&page, "Half an hour of thought.");
}

case!(Browser, a_session_that_ended_elsewhere_is_told_and_begun_again);
fn a_session_that_ended_elsewhere_is_told_and_begun_again() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    page.tolerate("401");
    end_all(&app, &token(&page));
    age_token(&page);
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
    page.find(&link("Log in"));
    assert!(!page.text().contains("Your session has ended."), "who logged out knows it");
    assert_eq!(page.stored("latchkey.last-username"), None);
}

case!(Browser, nobody_is_logged_out_for_want_of_a_network);
fn nobody_is_logged_out_for_want_of_a_network() {
    let state = tempfile::tempdir().unwrap();
    let mut app = Setup::app().state(state.path()).start();
    let page = someone(&app, "ada", "Ada");
    page.tolerate("ERR_CONNECTION_REFUSED");
    let before = token(&page);
    people::write(&page, "Into the silence.");
    app.stop();
    age_token(&page);
    page.script("dispatchEvent(new StorageEvent('storage', {key: 'latchkey.session'}))", json!([]));
    people::send(&page);
    page.reads("Can\u{2019}t reach Latchkey. Your message is still here.");
    assert_eq!(token(&page), before);

    let app = Setup::app().state(state.path()).flag("--listen", &app.authority()).start();
    // The page does this without a click.
    waits_for_another_token(&page, &before);
    assert!(is_good(&app, &token(&page)));
    people::send(&page);
    page.lacks(&dialog("Post a message"));
    sees_message(&page, "Into the silence.");
    page.find(&button("Ada"));
}

case!(Browser, a_page_from_the_back_forward_cache_looks_at_the_session_again);
/// Such a page hears of no change in another tab. The test changes local storage in the page itself, which tells it nothing
/// either, and then does what a browser does when it shows such a page.
fn a_page_from_the_back_forward_cache_looks_at_the_session_again() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    people::write(&page, "For friends of Ada.");
    page.script(
        "localStorage.removeItem('latchkey.last-username');
         localStorage.removeItem('latchkey.session');
         dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))",
        json!([]),
    );
    page.lacks(&dialog("Post a message"));
    page.find(&link("Log in"));
    assert_eq!(page.stored_in_tab("latchkey.draft"), None);
}

/// Puts the session of somebody else into local storage, as another tab does, of which this one has not heard yet.
#[track_caller]
fn somebody_else_logs_in(page: &Browser, app: &Client) -> String {
    people::account(app, "bob", "Bob");
    let bob = actors::log_in(app, "bob", PASSWORD).json();
    let mut stored = session(page);
    stored["token"] = bob["token"].clone();
    stored["user"] = bob["user"].clone();
    page.store("latchkey.last-username", "bob");
    page.store("latchkey.session", &stored.to_string());
    bob["token"].as_str().unwrap().to_owned()
}

case!(Chromium, nothing_is_posted_as_somebody_else);
fn nothing_is_posted_as_somebody_else() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    page.tolerate("401");
    people::write(&page, "By Ada.");
    page.reads("as \u{2068}Ada\u{2069} @ada");
    // The server refuses the token of this tab, and the page looks for another.
    end_all(&app, &token(&page));
    let bob = somebody_else_logs_in(&page, &app);
    people::send(&page);
    page.reads("You are logged in as somebody else now. What @ada wrote is not posted.");
    page.reads("as \u{2068}Bob\u{2069} @bob");
    assert_eq!(page.find(&field("Your message")).value(), "");
    assert_eq!(token(&page), bob, "nobody has logged Bob out");
    page.fill(&field("Your message"), "By Bob.");
    people::send(&page);
    sees_message(&page, "By Bob.");
    let messages = people::messages(&page);
    assert!(messages.len() == 1 && messages[0].contains("@bob"), "{messages:?}");
}
