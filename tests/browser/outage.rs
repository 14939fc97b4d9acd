//! The server stops and starts again, at the same address and with the same store.

use std::path::Path;

use crate::browser::Browser;
use crate::harness::actors;
use crate::harness::host::{Host, Setup};
use crate::locator::{button, dialog, field, link};
use crate::people::{self, assert_not_reloaded, mark, messages, sees_message, someone};

const NO_ANSWER: &str = "Can\u{2019}t reach Latchkey.";

#[track_caller]
fn start_again(state: &Path, address: &str) -> Host {
    Setup::app().state(state).flag("--listen", address).start()
}

case!(Browser, a_post_waits_in_the_dialog_until_the_server_is_back);
fn a_post_waits_in_the_dialog_until_the_server_is_back() {
    let state = tempfile::tempdir().unwrap();
    let mut app = Setup::app().state(state.path()).start();
    let page = someone(&app, "ada", "Ada");
    page.tolerate("ERR_CONNECTION_REFUSED");
    mark(&page);
    people::write(&page, "Into the silence.");
    app.stop();
    people::send(&page);
    page.reads(NO_ANSWER);
    page.find(&dialog("Post a message"));
    assert_eq!(page.find(&field("Your message")).value(), "Into the silence.");

    let _app = start_again(state.path(), &app.authority());
    people::send(&page);
    page.lacks(&dialog("Post a message"));
    sees_message(&page, "Into the silence.");
    assert_eq!(messages(&page).len(), 1);
    page.no_longer_reads(NO_ANSWER);
    assert_not_reloaded(&page);
}

case!(Browser, a_page_that_could_not_be_read_can_be_tried_again);
fn a_page_that_could_not_be_read_can_be_tried_again() {
    let state = tempfile::tempdir().unwrap();
    let mut app = Setup::app().state(state.path()).start();
    actors::alice(&app).post(&app, "Still on the disk.");
    let page = Browser::open(&app);
    page.tolerate("ERR_CONNECTION_REFUSED");
    sees_message(&page, "Still on the disk.");
    mark(&page);
    app.stop();
    people::to_author(&page, "Alice", "alice");
    page.reads(NO_ANSWER);
    page.find(&button("Try again"));
    page.click(&button("Try again"));
    page.reads(NO_ANSWER);

    let _app = start_again(state.path(), &app.authority());
    page.click(&button("Try again"));
    sees_message(&page, "Still on the disk.");
    page.no_longer_reads(NO_ANSWER);
    assert_not_reloaded(&page);
}

case!(Browser, the_board_goes_on_by_itself);
fn the_board_goes_on_by_itself() {
    let state = tempfile::tempdir().unwrap();
    let mut app = Setup::app().state(state.path()).start();
    let alice = actors::alice(&app);
    alice.post(&app, "Before.");
    let page = Browser::open(&app);
    page.tolerate("ERR_CONNECTION_REFUSED");
    sees_message(&page, "Before.");
    mark(&page);
    app.stop();
    page.reads(NO_ANSWER);
    sees_message(&page, "Before.");
    let app = start_again(state.path(), &app.authority());
    alice.post(&app, "After.");
    sees_message(&page, "After.");
    page.no_longer_reads(NO_ANSWER);
    assert_not_reloaded(&page);
    page.find(&link("Latchkey"));
}

case!(Browser, login_and_sign_up_say_that_nobody_answers);
fn login_and_sign_up_say_that_nobody_answers() {
    let state = tempfile::tempdir().unwrap();
    let mut app = Setup::app().state(state.path()).start();
    let page = Browser::open(&app);
    page.tolerate("ERR_CONNECTION_REFUSED");
    people::to_sign_up(&page);
    page.fill(&field("Username"), "ada");
    page.fill(&field("Name"), "Ada");
    page.fill(&field("Password"), people::PASSWORD);
    app.stop();
    page.click(&button("Create account"));
    page.reads(NO_ANSWER);
    assert_eq!(page.find(&field("Name")).value(), "Ada");

    let mut app = start_again(state.path(), &app.authority());
    page.click(&button("Create account"));
    page.find(&button("Ada"));
    people::log_out(&page, "Ada");
    people::open_login(&page);
    app.stop();
    people::log_in(&page, "ada", people::PASSWORD);
    page.wait("word in the form", || {
        let said = page.script("return document.querySelector('form').innerText", serde_json::json!([]));
        Ok(said.as_str().unwrap().contains(NO_ANSWER).then_some(()))
    });
    let _app = start_again(state.path(), &app.authority());
    page.click(&button("Log in").within("form"));
    page.find(&button("Ada"));
}

case!(Browser, a_failure_of_the_server_is_not_taken_for_silence);
fn a_failure_of_the_server_is_not_taken_for_silence() {
    let app = Setup::app().start();
    people::account(&app, "ada", "Ada");
    let page = Browser::blank(&app);
    page.go("/login");
    page.find(&button("Log in").within("form"));
    let fail = "const real = window.fetch;
        window.fetch = async (address, options) =>
            address === '/api/login' ? new Response('', {status: 500}) : real(address, options)";
    page.script(fail, serde_json::json!([]));
    people::log_in(&page, "ada", people::PASSWORD);
    page.reads("Something went wrong on our side. Try again.");
}
