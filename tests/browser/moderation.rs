//! Reports, and what those who look after the board do about them.

use std::path::Path;

use serde_json::json;
use tempfile::TempDir;

use crate::browser::Browser;
use crate::harness::actors;
use crate::harness::client::Client;
use crate::harness::host::{Host, Setup};
use crate::keys::{ENTER, SHIFT, TAB};
use crate::locator::{button, field, heading, link};
use crate::people::{self, PASSWORD, log_in, open_menu, sees_message, someone};

/// A host with this state that Ada looks after. She has her account already: nobody can sign up with a name of `admins`.
#[track_caller]
pub(crate) fn looked_after(state: &Path, prepare: impl FnOnce(&Host), change: impl FnOnce(Setup) -> Setup) -> Host {
    let mut app = Setup::app().state(state).start();
    people::account(&app, "ada", "Ada");
    prepare(&app);
    app.stop();
    change(Setup::app().state(state).variable("admins", "ada")).start()
}

/// A board that Ada looks after, with a message of Mallory.
#[track_caller]
fn board(state: &TempDir) -> Host {
    looked_after(state.path(), |app| _ = actors::mallory(app).post(app, "Buy my pills."), |setup| setup)
}

/// A browser in which Ada is logged in.
#[track_caller]
pub(crate) fn admin(app: &Client) -> Browser {
    let page = Browser::open(app);
    log_in(&page, "ada", PASSWORD);
    page.find(&button("Ada"));
    page
}

#[track_caller]
fn report(page: &Browser, reason: &str) {
    open_menu(page, "Buy my pills.");
    assert!(!page.has(&button("Remove this message?")), "a member can't remove it");
    assert!(!page.has(&link("Suspend @mallory")));
    page.click(&link("Report this message"));
    page.find(&heading("About a message"));
    page.reads("Buy my pills.");
    page.fill(&field("What is wrong with this message?"), reason);
    page.click(&button("Report"));
    page.reads("The moderators will read your report.");
}

case!(Browser, a_report_reaches_those_who_look_after_the_board);
fn a_report_reaches_those_who_look_after_the_board() {
    let state = tempfile::tempdir().unwrap();
    let app = board(&state);
    let member = someone(&app, "bob", "Bob");
    sees_message(&member, "Buy my pills.");
    report(&member, "An advertisement.");
    member.click(&button("Bob"));
    member.click(&link("Your account"));
    member.reads("This device");
    assert!(!member.has(&link("Reports")) && !member.has(&link("Accounts")));

    let admin = admin(&app);
    admin.click(&button("Ada"));
    admin.click(&link("Your account"));
    admin.click(&link("Reports"));
    admin.find(&heading("An advertisement."));
    for text in ["Bob @bob", "Mallory @mallory", "Buy my pills."] {
        admin.reads(text);
    }
    admin.click(&button("Remove message"));
    admin.reads("No reports. All is well.");
    member.go("/");
    member.reads("No messages yet.");
}

case!(Chromium, a_moderator_removes_a_message_by_keyboard_alone);
fn a_moderator_removes_a_message_by_keyboard_alone() {
    let state = tempfile::tempdir().unwrap();
    let app = board(&state);
    let page = admin(&app);
    sees_message(&page, "Buy my pills.");
    page.tab_to(&button("More"));
    page.press(&ENTER.to_string());
    page.find(&button("Remove this message?"));
    page.tab_to(&button("Remove this message?"));
    page.press(&ENTER.to_string());
    page.wait("focus on the harmless answer", || Ok(page.is_focused(&button("Keep")).then_some(())));
    page.press_with(SHIFT, TAB);
    page.press(&ENTER.to_string());
    page.reads("The message is removed.");
    page.reads("No messages yet.");
}

case!(Browser, an_admin_suspends_and_gives_a_role);
fn an_admin_suspends_and_gives_a_role() {
    let state = tempfile::tempdir().unwrap();
    let app = board(&state);
    let page = admin(&app);
    sees_message(&page, "Buy my pills.");
    open_menu(&page, "Buy my pills.");
    page.click(&link("Suspend @mallory"));
    page.find(&heading("Account of @mallory"));
    page.click(&button("Suspend"));
    page.fill(&field("Reason"), "Advertisements.");
    page.click(&button("Suspend").within("form"));
    page.reads("Suspended by @ada");
    let suspended = Browser::open(&app);
    log_in(&suspended, "mallory", "muhahaha 1666");
    suspended.find(&button("Mallory"));
    suspended.tolerate("403");
    suspended.go("/account");
    suspended.reads("Your account is suspended until");
    suspended.reads("Advertisements.");

    page.click(&button("Lift the suspension"));
    page.reads("Not suspended.");
    page.script("document.querySelector('#role').value = 'moderator'", json!([]));
    page.click(&button("Change role"));
    page.wait("role", || Ok(page.text().contains("Role moderator").then_some(())));
    suspended.go("/moderation");
    suspended.reads("No reports. All is well.");
}

case!(Browser, an_invitation_lets_one_person_in);
fn an_invitation_lets_one_person_in() {
    let state = tempfile::tempdir().unwrap();
    let app = looked_after(state.path(), |_| (), |setup| setup.variable("signups", "invited"));
    let page = Browser::open(&app);
    page.tolerate("422");
    people::to_sign_up(&page);
    people::sign_up(&page, "bob", "Bob", PASSWORD);
    page.reads("You need an invitation to sign up here");

    page.go("/");
    log_in(&page, "ada", PASSWORD);
    page.find(&button("Ada"));
    page.go("/accounts");
    page.click(&button("Make an invitation"));
    page.reads("it is shown only once");
    let link = page.script("return document.querySelector('.once code').textContent", json!([]));
    let link = link.as_str().unwrap().strip_prefix(app.base()).unwrap().to_owned();
    for (username, expected) in [("bob", "Welcome"), ("carol", "You need an invitation")] {
        let guest = Browser::blank(&app);
        guest.tolerate("403");
        guest.go(&link);
        guest.reads("You are invited.");
        people::sign_up(&guest, username, "Guest", PASSWORD);
        guest.reads(expected);
    }
}
