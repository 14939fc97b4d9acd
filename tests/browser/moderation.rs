//! Reports, and what those who look after the board do about them.

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::browser::Browser;
use crate::harness::actors;
use crate::harness::client::{Client, ask};
use crate::harness::host::{Host, Setup};
use crate::keys::{ENTER, ESCAPE, SHIFT, TAB};
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

/// What Ada decides over the API, without the site.
#[track_caller]
fn decides(app: &Client, path: &str, body: &Value) {
    let token = actors::log_in(app, "ada", PASSWORD).json()["token"].as_str().unwrap().to_owned();
    let decision = ask("PUT", path).header("content-type", "application/json").body(&body.to_string());
    app.send(decision.bearer(&token)).is_empty(204);
}

/// Which paths of the API this document has got an answer from.
#[track_caller]
fn asked(page: &Browser) -> Vec<String> {
    let script = "return performance.getEntriesByType('resource').filter(it => it.responseEnd > 0)
        .map(it => new URL(it.name).pathname).filter(path => path.startsWith('/api/'))";
    serde_json::from_value(page.script(script, json!([]))).unwrap()
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

case!(Browser, who_is_suspended_sees_why_and_no_button_that_would_be_refused);
fn who_is_suspended_sees_why_and_no_button_that_would_be_refused() {
    let state = tempfile::tempdir().unwrap();
    let app = board(&state);
    let page = someone(&app, "bob", "Bob");
    people::post(&page, "My first message.");
    decides(
        &app,
        "/api/moderation/accounts/bob/suspension",
        &json!({"reason": "Spam.", "until": "2999-01-01T00:00:00Z"}),
    );
    page.tolerate("403");
    people::write(&page, "Still here?");
    people::send(&page);
    page.reads("The policy of your account does not allow this.");
    page.reads("Your account is suspended until");
    page.reads("Spam.");
    page.click(&button("Cancel"));
    let lacks_all = |page: &Browser| {
        page.lacks(&button("Post a message"));
        open_menu(page, "My first message.");
        assert!(!page.has(&button("Delete this message?")));
        page.press(&ESCAPE.to_string());
        open_menu(page, "Buy my pills.");
        assert!(!page.has(&link("Report this message")));
        page.press(&ESCAPE.to_string());
    };
    lacks_all(&page);

    // Nothing is refused from here on, because the site knows.
    let page = Browser::open(&app);
    log_in(&page, "bob", PASSWORD);
    page.reads("Your account is suspended until");
    sees_message(&page, "My first message.");
    lacks_all(&page);
    page.reload();
    page.reads("Your account is suspended until");
    sees_message(&page, "My first message.");
    lacks_all(&page);
    page.go("/account");
    page.reads("Your account is suspended until");
    page.find(&button("Delete account"));
    for it in ["Change password", "Add a passkey", "Change your name", "Delete all your messages"] {
        assert!(!page.has(&button(it)), "{it}");
    }

    let token = actors::log_in(&app, "ada", PASSWORD).json()["token"].as_str().unwrap().to_owned();
    app.send(ask("DELETE", "/api/moderation/accounts/bob/suspension").bearer(&token)).is_empty(204);
    page.reload();
    page.find(&button("Change password"));
    page.no_longer_reads("Your account is suspended");
    page.go("/");
    people::post(&page, "Back again.");
}

case!(Browser, a_moderator_is_offered_to_suspend_members_alone);
fn a_moderator_is_offered_to_suspend_members_alone() {
    let state = tempfile::tempdir().unwrap();
    let app = board(&state);
    people::account(&app, "mia", "Mia");
    decides(&app, "/api/admin/accounts/mia/role", &json!({"role": "moderator"}));
    let ada = admin(&app);
    people::post(&ada, "By the operator.");
    let page = Browser::open(&app);
    log_in(&page, "mia", PASSWORD);
    page.find(&button("Mia"));
    let open = |message: &str, author: &str| {
        sees_message(&page, message);
        open_menu(&page, message);
        page.find(&button("Remove this message?"));
        let answer = format!("/api/moderation/accounts/{author}/suspension");
        page.wait("answer", || Ok(asked(&page).contains(&answer).then_some(())));
    };
    open("Buy my pills.", "mallory");
    page.find(&link("Suspend @mallory"));
    page.press(&ESCAPE.to_string());
    open("By the operator.", "ada");
    page.find(&link("Report this message"));
    assert!(!page.has(&link("Suspend @ada")));
    assert!(!asked(&page).contains(&"/api/account".to_owned()), "the role takes no request of its own");

    page.go("/accounts/ada");
    page.reads("Admins alone can suspend this account.");
    assert!(!page.has(&button("Suspend")));
    page.go("/accounts");
    page.find(&button("Show"));
    assert!(!page.has(&button("Make an invitation")), "only admins make them");
    page.fill(&field("Username"), "mallory");
    page.click(&button("Show"));
    page.reads("Not suspended.");
    page.click(&button("Suspend"));
    page.fill(&field("Reason"), "Advertisements.");
    page.click(&button("Suspend").within("form"));
    page.click(&button("Lift the suspension"));
    page.reads("Not suspended.");
}
