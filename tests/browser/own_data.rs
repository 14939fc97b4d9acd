//! What the app has of somebody, on the page of their account, and what they can do with it.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::harness::actors;
use crate::harness::host::{Host, Setup};
use crate::keys::{ENTER, ESCAPE};
use crate::locator::{button, checkbox, field, heading, link};
use crate::people::{self, PASSWORD, assert_not_reloaded, log_in, mark, someone};

#[track_caller]
fn has_focus(page: &Browser, id: &str) {
    page.wait(&format!("focus on {id}"), || {
        Ok((page.script("return document.activeElement.id", json!([])) == id).then_some(()))
    });
}

/// A host on which somebody may post as much as a test needs.
fn without_limits() -> Host {
    Setup::app().variable("posts_per_minute", "0").start()
}

/// Has Ada write so many messages.
#[track_caller]
fn write(app: &Host, messages: usize) {
    let token = actors::log_in(app, "ada", PASSWORD).json()["token"].as_str().unwrap().to_owned();
    let ada = actors::Actor { username: "ada".to_owned(), password: PASSWORD.to_owned(), token };
    for number in 1..=messages {
        ada.post(app, &format!("Number {number}."));
    }
}

/// Ada with so many messages, on the page of her account.
#[track_caller]
fn author(app: &Host, messages: usize) -> Browser {
    people::account(app, "ada", "Ada");
    write(app, messages);
    let page = Browser::blank(app);
    page.go("/account");
    log_in(&page, "ada", PASSWORD);
    page.reads("This device");
    page
}

fn messages(app: &Host, author: &str) -> usize {
    app.get(&format!("/api/messages?author={author}&limit=100")).json()["messages"].as_array().unwrap().len()
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

case!(Chromium, somebody_sees_what_has_happened_to_their_account);
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
    page.reads("Somebody entered a wrong password, code or passkey");
    let count =
        || page.script("return document.querySelectorAll('[aria-labelledby=activity-title] li').length", json!([]));
    assert_eq!(count(), 10);
    page.click(&button("Show more"));
    has_focus(&page, "more-activity");
    assert_eq!(count(), 12);
    page.lacks(&button("Show more"));
}

case!(Chromium, a_copy_of_everything_can_be_saved);
fn a_copy_of_everything_can_be_saved() {
    let app = without_limits();
    let folder = tempfile::tempdir().unwrap();
    let page = author(&app, 103);
    page.devtools("Browser.setDownloadBehavior", &json!({"behavior": "allow", "downloadPath": folder.path()}));
    page.click(&button("Prepare the file"));
    page.reads("Your file is ready. Messages in it: 103.");
    has_focus(&page, "copy-file");
    page.click(&link("Save the file"));
    let file = folder.path().join("latchkey-ada.json");
    let copy: Value = page.wait("file", || Ok(serde_json::from_slice(&std::fs::read(&file).unwrap_or_default()).ok()));
    let members: Vec<_> = copy.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["account", "activity", "messages", "passkeys", "sessions"]);
    assert_eq!(copy["account"]["user"]["username"], "ada");
    assert_eq!(copy["sessions"].as_array().unwrap().len(), 2);
    let texts: Vec<_> = copy["messages"].as_array().unwrap().iter().map(|message| message["text"].clone()).collect();
    let expected: Vec<_> = (1..=103).rev().map(|number| Value::from(format!("Number {number}."))).collect();
    assert_eq!(texts, expected);
}

/// Has Bob logged in by another tab while the answer to the next deletion is on its way.
#[track_caller]
fn bob_comes_during_a_deletion(page: &Browser, app: &Host) {
    let bob = actors::log_in(app, "bob", PASSWORD).json();
    let mut session: Value = serde_json::from_str(&page.stored("latchkey.session").unwrap()).unwrap();
    session["token"] = bob["token"].clone();
    session["user"] = bob["user"].clone();
    page.script(
        "const [session] = arguments, real = window.fetch;
         window.fetch = async (address, options) => {
             const answer = await real(address, options);
             if (options.method !== 'DELETE') return answer;
             window.fetch = real;
             localStorage.setItem('latchkey.last-username', 'bob');
             localStorage.setItem('latchkey.session', session);
             dispatchEvent(new StorageEvent('storage', {key: 'latchkey.session'}));
             await new Promise(done => setTimeout(done, 100));
             return answer;
         }",
        json!([session.to_string()]),
    );
}

case!(Browser, messages_are_deleted_all_at_once_and_with_the_account_and_nobody_elses);
fn messages_are_deleted_all_at_once_and_with_the_account_and_nobody_elses() {
    let app = without_limits();
    let page = author(&app, 21);
    let bob = actors::actor(&app, "bob", PASSWORD, "Bob");
    for number in 1..=21 {
        bob.post(&app, &format!("Bob's number {number}."));
    }
    let ask = button("Delete all your messages for good?");
    page.click(&ask);
    page.click(&button("Keep"));
    page.find(&ask);
    assert_eq!(messages(&app, "ada"), 21);
    page.click(&ask);
    page.click(&button("Delete all"));
    page.reads("All your messages are deleted.");
    has_focus(&page, "messages-title");
    assert_eq!((messages(&app, "ada"), messages(&app, "bob")), (0, 21));

    write(&app, 21);
    bob_comes_during_a_deletion(&page, &app);
    page.click(&ask);
    page.click(&button("Delete all"));
    page.reads("@bob");
    page.find(&ask);
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert_eq!((messages(&app, "ada"), messages(&app, "bob")), (1, 21), "nothing is deleted for Bob");

    page.click(&button("Delete account"));
    page.tab_to(&field("Your password"));
    page.press(PASSWORD);
    page.tab_to(&checkbox("Delete my messages too"));
    page.press(" ");
    page.click(&button("Delete for ever"));
    page.reads("Your account is deleted.");
    page.find(&heading("Messages"));
    let left = app.get("/api/messages").json();
    assert_eq!(left["messages"].as_array().unwrap().len(), 1, "{left}");
}

case!(Browser, a_wrong_password_deletes_no_messages);
fn a_wrong_password_deletes_no_messages() {
    let app = without_limits();
    let page = author(&app, 2);
    page.tolerate("422");
    page.click(&button("Delete account"));
    page.click(&checkbox("Delete my messages too"));
    page.fill(&field("Your password"), "wrong horse 7");
    page.click(&button("Delete for ever"));
    page.wait("error", || Ok(page.find(&field("Your password")).error().filter(|error| !error.is_empty())));
    assert_eq!(messages(&app, "ada"), 2);
    page.fill(&field("Your password"), PASSWORD);
    page.click(&button("Delete for ever"));
    page.reads("Your account is deleted.");
    assert_eq!(messages(&app, "ada"), 0);
}
