//! The user's own account: sessions, password, deletion.

use crate::browser::Browser;
use crate::harness::actors;
use crate::harness::client::get;
use crate::harness::host::Setup;
use crate::keys::{ENTER, ESCAPE, SHIFT, TAB};
use crate::locator::{Locator, button, field, heading, link};
use crate::people::{self, PASSWORD, assert_not_reloaded, log_in, mark, messages, sees_message, someone};

#[track_caller]
fn to_account(page: &Browser, name: &str) {
    page.click(&button(name));
    page.click(&link("Your account"));
    page.find(&heading("Your account"));
    page.reads("This device");
}

#[track_caller]
fn error(page: &Browser, locator: &Locator) -> String {
    page.wait(&format!("error of {locator:?}"), || Ok(page.find(locator).error().filter(|error| !error.is_empty())))
}

case!(Browser, the_page_is_found_and_tells_who_one_is);
fn the_page_is_found_and_tells_who_one_is() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada Lovelace");
    to_account(&page, "Ada Lovelace");
    assert_eq!((page.path().as_str(), page.title().as_str()), ("/account", "Your account \u{B7} Latchkey"));
    page.wait("focus on the heading", || {
        Ok((page.script("return document.activeElement.tagName", serde_json::json!([])) == "H1").then_some(()))
    });
    for text in
        ["@ada", "Member since", "20", "Where you\u{2019}re logged in", "Logged in just now, last used just now"]
    {
        page.reads(text);
    }
    page.reload();
    page.reads("This device");
}

case!(Browser, a_stranger_is_asked_to_log_in);
fn a_stranger_is_asked_to_log_in() {
    let app = Setup::app().start();
    people::account(&app, "ada", "Ada");
    let page = Browser::blank(&app);
    page.go("/account");
    page.reads("Log in to see your account.");
    page.click(&link("Log in").within("main"));
    log_in(&page, "ada", PASSWORD);
    page.reads("This device");
    assert_eq!(page.path(), "/account");
    page.click(&button("Log out on this device"));
    page.reads("You are logged out.");
    page.find(&heading("Messages"));
    page.find(&link("Log in"));
}

case!(Chromium, another_session_can_be_ended);
fn another_session_can_be_ended() {
    let app = Setup::app().start();
    let other = someone(&app, "ada", "Ada");
    other.tolerate("401");
    let page = Browser::open(&app);
    log_in(&page, "ada", PASSWORD);
    to_account(&page, "Ada");
    let end = others(&page, 1).remove(0);
    assert!(end.starts_with("Log out Chrome on Linux, logged in "), "{end}");
    page.click(&button(&end));
    page.reads("Chrome on Linux is logged out.");
    page.lacks(&button(&end));
    page.find(&button("Log out on this device"));

    other.click(&button("Ada"));
    other.click(&link("Your account"));
    other.reads("Your session has ended. Log in again to see your account.");
    other.click(&link("Log in").within("main"));
    assert_eq!(other.find(&field("Username")).value(), "ada");
}

/// The names of the buttons that end other sessions, once there are so many.
#[track_caller]
fn others(page: &Browser, count: usize) -> Vec<String> {
    let script = "return [...document.querySelectorAll('[aria-labelledby=sessions-title] li button')]
        .map(button => button.ariaLabel).filter(name => name !== 'Log out on this device')";
    page.wait(&format!("{count} other sessions"), || {
        let names: Vec<String> = serde_json::from_value(page.script(script, serde_json::json!([]))).unwrap();
        Ok((names.len() == count).then_some(names))
    })
}

case!(Browser, sessions_of_the_same_browser_can_be_told_apart);
fn sessions_of_the_same_browser_can_be_told_apart() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    for _ in 0..2 {
        // The names have seconds.
        std::thread::sleep(std::time::Duration::from_millis(1100));
        assert_eq!(actors::log_in(&app, "ada", PASSWORD).status, 200);
    }
    to_account(&page, "Ada");
    let names = others(&page, 2);
    assert_ne!(names[0], names[1]);
}

case!(Browser, one_can_log_out_everywhere);
fn one_can_log_out_everywhere() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    let elsewhere = actors::log_in(&app, "ada", PASSWORD).json()["token"].as_str().unwrap().to_owned();
    to_account(&page, "Ada");
    page.click(&button("Log out on every device, including this one?"));
    page.click(&button("Stay logged in"));
    page.click(&button("Log out on every device, including this one?"));
    page.click(&button("Log out").within(".confirm"));
    page.reads("You are logged out on every device.");
    page.find(&link("Log in"));
    app.send(get("/api/account").bearer(&elsewhere)).is_problem(401, "invalid_token");
    page.no_longer_reads("You are logged out on every device.");
}

case!(Browser, the_password_can_be_changed);
fn the_password_can_be_changed() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    let elsewhere = actors::log_in(&app, "ada", PASSWORD).json()["token"].as_str().unwrap().to_owned();
    to_account(&page, "Ada");
    let other = button(&others(&page, 1)[0]);
    mark(&page);
    page.fill(&field("Current password"), PASSWORD);
    page.fill(&field("New password"), "another horse 8");
    page.click(&button("Change password"));
    page.reads("Your password is changed, and you\u{2019}re logged out on your other devices.");
    page.lacks(&other);
    assert_eq!(page.find(&field("New password")).value(), "");
    app.send(get("/api/account").bearer(&elsewhere)).is_problem(401, "invalid_token");
    actors::log_in(&app, "ada", PASSWORD).is_problem(401, "invalid_credentials");
    assert_eq!(actors::log_in(&app, "ada", "another horse 8").status, 200);
    assert_not_reloaded(&page);
}

case!(Browser, a_password_that_is_refused_is_said_beside_its_field);
fn a_password_that_is_refused_is_said_beside_its_field() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    page.tolerate("422");
    to_account(&page, "Ada");
    page.click(&button("Change password"));
    error(&page, &field("Current password"));
    error(&page, &field("New password"));
    for new in ["short", "password1", "my-ada-99 is it"] {
        page.fill(&field("Current password"), "wrong horse 7");
        page.fill(&field("New password"), new);
        page.click(&button("Change password"));
        error(&page, &field("New password"));
        page.wait("focus on the error", || Ok(page.is_focused(&field("New password")).then_some(())));
    }
    page.fill(&field("New password"), "another horse 8");
    page.click(&button("Change password"));
    assert_eq!(error(&page, &field("Current password")), "That password is not right.");
    page.wait("focus on the error", || Ok(page.is_focused(&field("Current password")).then_some(())));
    assert_eq!(page.find(&field("New password")).error(), None);

    page.click(&button("Delete account"));
    page.fill(&field("Your password"), "wrong horse 7");
    page.click(&button("Delete for ever"));
    assert_eq!(error(&page, &field("Your password")), "That password is not right.");
    page.find(&button("Ada"));
}

case!(Browser, an_account_can_be_deleted);
fn an_account_can_be_deleted() {
    let app = Setup::app().start();
    let reader = Browser::open(&app);
    let page = someone(&app, "ada", "Ada");
    page.tolerate("401");
    page.tolerate("409");
    people::post(&page, "What will become of it?");
    sees_message(&reader, "What will become of it?");
    to_account(&page, "Ada");
    page.click(&button("Delete account"));
    page.reads("Delete @ada for ever?");
    page.click(&button("Cancel"));
    page.click(&button("Delete account"));
    page.fill(&field("Your password"), PASSWORD);
    page.click(&button("Delete for ever"));
    page.reads("Your account is deleted.");
    page.find(&heading("Messages"));
    page.find(&link("Log in"));
    page.reads("deleted user");
    sees_message(&page, "What will become of it?");
    people::open_menu(&page, "What will become of it?");
    assert!(!page.has(&button("Delete this message?")), "it is nobody's");
    // A page that showed the message before the deletion changes, too.
    reader.reads("deleted user");
    assert!(!reader.has(&link("Ada").within("article")));

    log_in(&page, "ada", PASSWORD);
    page.reads("Wrong username or password.");
    page.go("/signup");
    people::sign_up(&page, "ada", "Another Ada", PASSWORD);
    page.reads("That username is taken. Try another.");
}

case!(Browser, own_messages_can_be_deleted_and_no_others);
fn own_messages_can_be_deleted_and_no_others() {
    let app = Setup::app().start();
    actors::alice(&app).post(&app, "Mine, said Alice.");
    let page = someone(&app, "ada", "Ada");
    people::post(&page, "<b>Mine</b>, said Ada.");
    sees_message(&page, "Mine, said Alice.");
    people::open_menu(&page, "Mine, said Alice.");
    page.find(&link("Report this message"));
    assert!(!page.has(&button("Delete this message?")));

    people::open_menu(&page, "<b>Mine</b>, said Ada.");
    assert!(!page.has(&link("Report this message")));
    page.click(&button("Delete this message?"));
    page.click(&button("Keep"));
    assert_eq!(messages(&page).len(), 2);
    page.click(&button("Delete this message?"));
    page.click(&button("Delete").within(".confirm"));
    page.wait("end of the message", || Ok((messages(&page).len() == 1).then_some(())));
    page.reads("Your message is deleted.");
    let list = app.get("/api/messages").json();
    assert_eq!(list["messages"].as_array().unwrap().len(), 1, "{list}");
    page.reload();
    sees_message(&page, "Mine, said Alice.");
}

case!(Browser, a_deleted_message_goes_from_every_page);
fn a_deleted_message_goes_from_every_page() {
    let app = Setup::app().start();
    let alice = actors::alice(&app);
    for number in 1..=25 {
        alice.post(&app, &format!("Number {number}."));
    }
    let reader = Browser::open(&app);
    sees_message(&reader, "Number 25.");
    let page = Browser::open(&app);
    log_in(&page, "alice", &alice.password);
    page.find(&button("Alice"));
    people::delete(&page, "Number 25.");
    page.wait("focus on the next", || {
        let focused = page.script("return document.activeElement.innerText", serde_json::json!([]));
        Ok(focused.as_str().is_some_and(|text| text.contains("Number 24.")).then_some(()))
    });

    reader.no_longer_reads("Number 25.");
    reader.wait("twenty messages", || Ok((messages(&reader).len() == 20).then_some(())));
    reader.click(&button("Show older messages"));
    reader.wait("all of them", || Ok((messages(&reader).len() == 24).then_some(())));
    for (message, number) in messages(&reader).iter().zip((1..=24).rev()) {
        assert!(message.contains(&format!("Number {number}.")), "{message}");
    }
}

case!(Browser, deleting_works_by_keyboard_alone);
fn deleting_works_by_keyboard_alone() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    people::post(&page, "Gone in a moment.");
    let is_focused = |name: &str| {
        page.wait(&format!("focus on {name}"), || Ok(page.is_focused(&button(name)).then_some(())));
    };
    page.tab_to(&button("More"));
    page.press(&ENTER.to_string());
    page.tab_to(&button("Delete this message?"));
    page.press(&ENTER.to_string());
    is_focused("Keep");
    page.press(&ESCAPE.to_string());
    is_focused("Delete this message?");
    page.press(&ESCAPE.to_string());
    is_focused("More");
    page.lacks(&button("Copy link"));
    page.press(&ENTER.to_string());
    page.tab_to(&button("Delete this message?"));
    page.press(&ENTER.to_string());
    is_focused("Keep");
    page.press_with(SHIFT, TAB);
    assert!(page.is_focused(&button("Delete").within(".confirm")), "{:?}", page.focused());
    page.press(&ENTER.to_string());
    page.no_longer_reads("Gone in a moment.");
}
