//! Refused logins and sign-ups.

use serde_json::json;

use crate::browser::Browser;
use crate::harness::host::Setup;
use crate::keys::{ENTER, TAB};
use crate::locator::{Locator, button, field};
use crate::people::{self, PASSWORD, log_in};

case!(Browser, a_wrong_password_is_said_and_can_be_corrected);
fn a_wrong_password_is_said_and_can_be_corrected() {
    let app = Setup::app().start();
    people::account(&app, "ada", "Ada");
    let page = Browser::open(&app);
    page.tolerate("401");
    log_in(&page, "ada", "wrong horse 7");
    page.reads("Wrong username or password.");
    assert_eq!(page.find(&field("Username")).value(), "ada");
    log_in(&page, "nobody", PASSWORD);
    page.reads("Wrong username or password.");
    page.fill(&field("Username"), "ada");
    page.fill(&field("Password"), PASSWORD);
    page.press(&ENTER.to_string());
    page.find(&button("Ada"));
    page.no_longer_reads("Wrong username or password.");
}

/// How many alerts say something, and what the two fields of a login are to a screen reader.
#[track_caller]
fn voices(page: &Browser) -> serde_json::Value {
    let script = "const fields = [...document.querySelectorAll('form [name$=username], form [name$=password]')];
        const said = id => document.getElementById(id)?.innerText;
        return [
            [...document.querySelectorAll('[role=alert]')].filter(alert => alert.innerText.trim()).length,
            ...fields.map(field => [field.ariaInvalid, field.getAttribute('aria-describedby').split(' ').map(said).join('')]),
        ]";
    page.script(script, json!([]))
}

case!(Browser, one_voice_says_what_is_wrong_and_the_fields_have_it);
fn one_voice_says_what_is_wrong_and_the_fields_have_it() {
    let app = Setup::app().start();
    let page = Browser::blank(&app);
    page.tolerate("401");
    page.go("/login");
    page.click(&button("Log in").within("form"));
    page.wait("focus on the first error", || Ok(page.is_focused(&field("Username")).then_some(())));
    let missing = json!([0, ["true", "Enter your username."], ["true", "Enter your password."]]);
    page.wait("errors", || Ok((voices(&page) == missing).then_some(())));
    log_in(&page, "ada", PASSWORD);
    let wrong = "Wrong username or password.";
    page.wait("refusal", || Ok((voices(&page) == json!([1, ["true", wrong], ["true", wrong]])).then_some(())));
    page.fill(&field("Password"), "x");
    let fields = voices(&page);
    assert_eq!((&fields[1][0], &fields[2][0]), (&json!(null), &json!(null)));

    people::to_sign_up(&page);
    page.click(&button("Create account"));
    page.wait("error", || Ok(page.find(&field("Username")).error().filter(|error| !error.is_empty())));
    assert_eq!(voices(&page)[0], 0);
}

case!(Browser, what_is_wrong_with_a_field_that_was_left_is_read_out);
fn what_is_wrong_with_a_field_that_was_left_is_read_out() {
    let app = Setup::app().start();
    let page = Browser::open(&app);
    people::to_sign_up(&page);
    page.fill(&field("Username"), "a!");
    page.press(&TAB.to_string());
    let said = "return document.querySelector('body > div > p[role=status]').textContent";
    page.wait("what is read out", || {
        Ok((page.script(said, json!([])) == "Use only a to z, 0 to 9, _ and -.").then_some(()))
    });
}

case!(Browser, a_username_is_taken_as_the_site_shows_it);
fn a_username_is_taken_as_the_site_shows_it() {
    let app = Setup::app().start();
    people::account(&app, "ada", "Ada");
    let page = Browser::open(&app);
    log_in(&page, "@ada", PASSWORD);
    page.find(&button("Ada"));
}

/// Waits for the message beside a field.
#[track_caller]
fn error(page: &Browser, locator: &Locator) -> String {
    page.wait(&format!("error of {locator:?}"), || Ok(page.find(locator).error().filter(|error| !error.is_empty())))
}

case!(Browser, a_taken_username_is_said_beside_the_field);
fn a_taken_username_is_said_beside_the_field() {
    let app = Setup::app().start();
    people::account(&app, "ada", "Ada");
    let page = Browser::open(&app);
    page.tolerate("409");
    people::to_sign_up(&page);
    people::sign_up(&page, "ada", "Another Ada", PASSWORD);
    page.reads("That username is taken. Try another.");
    assert!(error(&page, &field("Username")).contains("That username is taken. Try another."));
    assert_eq!(page.find(&field("Name")).value(), "Another Ada");
    assert_eq!(page.find(&field("Name")).error(), None);

    page.fill(&field("Username"), "ada-2");
    page.fill(&field("Password"), PASSWORD);
    page.click(&button("Create account"));
    page.find(&button("Another Ada"));
}

case!(Browser, each_wrong_field_has_its_own_error);
fn each_wrong_field_has_its_own_error() {
    let app = Setup::app().start();
    let page = Browser::open(&app);
    page.tolerate("422");
    people::to_sign_up(&page);
    page.click(&button("Create account"));
    let empty = ["Username", "Name", "Password"].map(|name| error(&page, &field(name)));
    assert!(empty[0] != empty[2], "{empty:?}");

    people::sign_up(&page, "a!", "Ada", "short");
    error(&page, &field("Username"));
    error(&page, &field("Password"));
    page.wait("focus on the first error", || Ok(page.is_focused(&field("Username")).then_some(())));
    assert_eq!(page.find(&field("Name")).error(), None);
    assert!(page.path().starts_with("/signup"), "{}", page.path());

    people::sign_up(&page, "ADA", "Ada", PASSWORD);
    page.find(&button("Ada"));
    let session = page.stored("latchkey.session").unwrap();
    assert!(session.contains("\"ada\""), "the username is folded");
}

case!(Chromium, an_error_that_appears_does_not_swallow_the_click);
/// Pressing the button takes the focus from the field, which may show an error. That error must not move the button away
/// from the pointer: the click would send nothing, and nothing would have the focus.
fn an_error_that_appears_does_not_swallow_the_click() {
    let app = Setup::app().start();
    let page = Browser::open(&app);
    for width in [1280, 320] {
        page.resize(width, 800);
        page.go("/signup");
        people::sign_up(&page, "ada", "Ada", "short");
        error(&page, &field("Password"));
        page.wait("focus on the error", || Ok(page.is_focused(&field("Password")).then_some(())));
    }
}

case!(Browser, a_common_password_is_refused_beside_the_field);
fn a_common_password_is_refused_beside_the_field() {
    let app = Setup::app().start();
    let page = Browser::open(&app);
    page.tolerate("422");
    people::to_sign_up(&page);
    for password in ["password1", "my-ada-99 is it", "latchkey2026"] {
        people::sign_up(&page, "ada", "Ada", password);
        error(&page, &field("Password"));
        assert_eq!(page.find(&field("Username")).error(), None, "{password}");
    }
    people::sign_up(&page, "ada", "Ada", PASSWORD);
    page.find(&button("Ada"));
}

/// The text that describes the password field to a screen reader.
#[track_caller]
fn description(page: &Browser) -> String {
    let script = "return element.getAttribute('aria-describedby').split(' ')
        .map(id => document.getElementById(id).innerText).join(' ')";
    page.find(&field("Password")).script(script).as_str().unwrap().to_owned()
}

#[track_caller]
fn is_described_by(page: &Browser, text: &str) {
    page.wait(text, || Ok(description(page).contains(text).then_some(())));
}

case!(Chromium, the_strength_of_a_password_is_said_while_one_types);
fn the_strength_of_a_password_is_said_while_one_types() {
    let app = Setup::app().start();
    let page = Browser::open(&app);
    page.tolerate("422");
    for width in [1280, 320] {
        page.resize(width, 800);
        page.go("/signup");
        let place = || {
            page.find(&button("Create account")).script("return element.getBoundingClientRect().top").as_f64().unwrap()
        };
        page.fill(&field("Username"), "ada");
        page.fill(&field("Name"), "Ada");
        is_described_by(&page, "Tip: use three or four unrelated words.");
        let before = place();
        // Half a pixel is tolerated, because the browser rounds positions.
        let has_moved = || (place() - before).abs() > 0.5;
        for (password, said) in [
            ("seven77", "Too short. Use 8 characters or more."),
            ("P@ssword9", "Weak. Replace the common word."),
            ("1234567890", "Weak. Avoid repeats and runs like 1234."),
            ("hello2026", "Weak. Replace the year with a word or two."),
            ("elephants", "Weak. Add an unrelated word or two."),
            ("Ada at the sea", "Weak. Leave your username out."),
            ("correct horse 7", "Fair. One more word would make it strong."),
            ("correct horse battery", "Fair."),
            ("correct horse battery staple", "Strong. Use it only here."),
        ] {
            page.fill(&field("Password"), password);
            is_described_by(&page, said);
            assert!(!has_moved(), "{said:?} moves the button, {width} px");
        }
        page.assert_no_horizontal_scroll("strength");

        // An error replaces the description, which comes back after the error.
        page.fill(&field("Password"), "short");
        page.click(&field("Name"));
        is_described_by(&page, "Choose a password of at least 8 characters.");
        assert!(!description(&page).contains("Too short."), "said twice");
        assert!(!has_moved(), "the error moves the button, {width} px");
        page.fill(&field("Password"), "drowssap");
        is_described_by(&page, "Weak.");
        page.click(&button("Create account"));
        is_described_by(&page, "This password is too common.");
        assert!(!description(&page).contains("Weak."), "said twice");
    }
}

case!(Chromium, a_screen_reader_hears_the_strength_once_the_keys_are_still);
fn a_screen_reader_hears_the_strength_once_the_keys_are_still() {
    let app = Setup::app().start();
    let page = Browser::open(&app);
    people::to_sign_up(&page);
    page.script(
        "window.said = [];
         const status = [...document.querySelectorAll('[role=status]')];
         const observer = new MutationObserver(() => window.said.push(status.map(it => it.innerText).join('')));
         status.forEach(it => observer.observe(it, {subtree: true, childList: true, characterData: true}));",
        json!([]),
    );
    page.fill(&field("Password"), "correct horse");
    page.insert(" battery");
    page.insert(" staple");
    let said = || page.script("return window.said", json!([]));
    page.wait("what is said", || Ok((said() != json!([])).then_some(())));
    assert_eq!(said(), json!(["Password strength: Strong. Use it only here."]));
}

case!(Browser, the_password_can_be_shown);
fn the_password_can_be_shown() {
    let app = Setup::app().start();
    let page = Browser::open(&app);
    people::to_sign_up(&page);
    page.fill(&field("Password"), PASSWORD);
    let kind = || page.find(&field("Password")).script("return element.type");
    assert_eq!(kind(), "password");
    page.click(&button("Show password"));
    page.find(&button("Hide password"));
    assert_eq!((kind(), page.find(&field("Password")).value()), (json!("text"), PASSWORD.to_owned()));
    page.click(&button("Hide password"));
    page.find(&button("Show password"));
    assert_eq!(kind(), "password");
    page.go("/login");
    page.click(&button("Show password"));
    assert_eq!(kind(), "text");
}

case!(Browser, caps_lock_is_said_at_a_password);
fn caps_lock_is_said_at_a_password() {
    let app = Setup::app().start();
    let page = Browser::blank(&app);
    page.go("/login");
    let key = |name: &str, event: &str| {
        page.find(&field(name)).script(&format!("element.dispatchEvent(new {event})"));
    };
    key("Username", "KeyboardEvent('keyup', {modifierCapsLock: true})");
    key("Password", "Event('keyup')");
    assert!(!page.text().contains("Caps Lock"));
    key("Password", "KeyboardEvent('keyup', {modifierCapsLock: true})");
    page.reads("Caps Lock is on.");
    key("Password", "KeyboardEvent('keyup', {})");
    page.no_longer_reads("Caps Lock is on.");
}

case!(Browser, password_managers_know_the_fields);
fn password_managers_know_the_fields() {
    let app = Setup::app().start();
    let page = Browser::open(&app);
    let purpose = |name: &str| page.find(&field(name)).script("return element.autocomplete");
    people::open_login(&page);
    assert_eq!((purpose("Username"), purpose("Password")), (json!("username webauthn"), json!("current-password")));
    people::to_sign_up(&page);
    assert_eq!(
        ["Username", "Name", "Password"].map(purpose),
        [json!("username"), json!("name"), json!("new-password")]
    );
}

case!(Browser, what_nobody_sees_is_said_beside_the_field);
fn what_nobody_sees_is_said_beside_the_field() {
    let app = Setup::app().start();
    let page = Browser::open(&app);
    page.tolerate("422");
    people::to_sign_up(&page);
    people::sign_up(&page, "ada", "\u{3164}", PASSWORD);
    let sentence = "This would be invisible. Write something else.";
    assert!(error(&page, &field("Name")).ends_with(sentence));
    page.fill(&field("Name"), "Ada");
    page.click(&button("Create account"));
    people::write(&page, "\u{2800}");
    people::send(&page);
    page.reads(sentence);
    assert!(error(&page, &field("Your message")).ends_with(sentence));
}
