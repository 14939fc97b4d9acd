//! Local storage may hold anything: an older version of the site, a browser extension or a person may have written it.

use serde_json::json;

use crate::browser::Browser;
use crate::harness::host::Setup;
use crate::locator::{button, dialog, field, heading, link};
use crate::people::{self, PASSWORD, log_in, post};

/// A user whose stored name is HTML that would run a script.
const STRANGER: &str = r#"{"username":"ada","name":"<img src=x onerror='window.owned=1'>"}"#;

case!(Browser, garbage_for_a_session_is_nobody);
fn garbage_for_a_session_is_nobody() {
    let app = Setup::app().start();
    people::account(&app, "ada", "Ada");
    let page = Browser::open(&app);
    page.find(&link("Log in"));
    let long = format!("{{\"v\":2,\"token\":\"{}\"", "x".repeat(1_000_000));
    for garbage in [
        "",
        "{",
        "null",
        "[]",
        "1e999",
        "\u{0}\u{D7FF}\"",
        r#"{"v":1}"#,
        r#"{"v":2}"#,
        r#"{"v":1,"token":"a.b.c","expires_at_ms":9000000000000,"user":{"username":"ada","name":"Ada"}}"#,
        r#"{"v":99,"token":"a.b.c","refresh_at_ms":9000000000000,"expires_at_ms":9000000000000,"refresh_expires_at_ms":9000000000000,"user":{"username":"ada","name":"Ada"}}"#,
        r#"{"v":2,"token":5,"refresh_at_ms":9000000000000,"expires_at_ms":9000000000000,"refresh_expires_at_ms":9000000000000,"user":{"username":"ada","name":"Ada"}}"#,
        r#"{"v":2,"token":"a.b.c","refresh_at_ms":9000000000000,"expires_at_ms":"soon","refresh_expires_at_ms":9000000000000,"user":{"username":"ada","name":"Ada"}}"#,
        r#"{"v":2,"token":"a.b.c","refresh_at_ms":9000000000000,"expires_at_ms":-1,"refresh_expires_at_ms":9000000000000,"user":{"username":"ada","name":"Ada"}}"#,
        r#"{"v":2,"token":"a.b.c","refresh_at_ms":9000000000000,"expires_at_ms":9000000000000,"refresh_expires_at_ms":9000000000000,"user":null}"#,
        r#"{"v":2,"token":"a.b.c","refresh_at_ms":9000000000000,"expires_at_ms":9000000000000.5,"refresh_expires_at_ms":9000000000000,"user":{"username":"ada","name":"Ada"}}"#,
        r#"{"v":2,"token":"a.b.c","refresh_at_ms":9000000000000,"expires_at_ms":1e999,"refresh_expires_at_ms":9000000000000,"user":{"username":"ada","name":"Ada"}}"#,
        r#"{"v":2,"token":"a.b.c","refresh_at_ms":9000000000000,"refresh_expires_at_ms":9000000000000,"user":{"username":"ada","name":"Ada"}}"#,
        r#"{"v":2,"token":"a.b.c","refresh_at_ms":9000000000000,"expires_at_ms":9000000000000,"refresh_expires_at_ms":9000000000000,"user":["ada","Ada"]}"#,
        &long,
    ] {
        page.store("latchkey.session", garbage);
        page.reload();
        page.find(&heading("Messages"));
        page.find(&link("Log in"));
        page.reads("No messages yet. Be the first.");
    }
    log_in(&page, "ada", PASSWORD);
    page.find(&button("Ada"));
    page.reload();
    page.find(&button("Ada"));
}

case!(Browser, a_forged_session_is_found_out_and_nothing_is_lost);
fn a_forged_session_is_found_out_and_nothing_is_lost() {
    let app = Setup::app().start();
    people::account(&app, "ada", "Ada");
    let page = Browser::open(&app);
    page.tolerate("401");
    // The last three tokens are not even valid in a header.
    for token in ["a.b.c", "", "a\\nb: c", "\u{1F511}", "a b"] {
        let session = r#"{"v":2,"token":"TOKEN","refresh_at_ms":9000000000000,"expires_at_ms":9000000000000,"refresh_expires_at_ms":9000000000000,"user":USER}"#;
        page.store("latchkey.session", &session.replace("TOKEN", token).replace("USER", STRANGER));
        page.reload();
        page.find(&heading("Messages"));
        page.click(&button("Post a message"));
        page.wait("dialog or login", || {
            Ok((page.has(&dialog("Post a message")) || page.has(&field("Password"))).then_some(()))
        });
        if page.has(&dialog("Post a message")) {
            page.fill(&field("Your message"), "Who am I?");
            people::send(&page);
            page.wait("question who it is", || Ok(page.text().contains("You have been logged out.").then_some(())));
            assert!(page.stored_in_tab("latchkey.draft").unwrap_or_default().contains("Who am I?"), "{token:?}");
        }
        page.go("/");
    }
    assert_eq!(page.script("return typeof window.owned", json!([])), "undefined");
    page.reload();
    log_in(&page, "ada", PASSWORD);
    page.find(&button("Ada"));
}

case!(Browser, garbage_elsewhere_is_no_harm);
fn garbage_elsewhere_is_no_harm() {
    let app = Setup::app().start();
    let page = people::someone(&app, "ada", "Ada");
    for garbage in ["{", "null", "\"", "<script>window.owned = 1</script>", "constructor", "dark light"] {
        page.store("latchkey.theme", garbage);
        for draft in [garbage.to_owned(), format!("ada\n{garbage}")] {
            page.store_in_tab("latchkey.draft", &draft);
        }
        page.store_in_tab("latchkey.sent", &format!("a\r\nb: {garbage}\nStill usable."));
        let entry = "history.replaceState(arguments[0], ''); sessionStorage.setItem('latchkey.place.' + arguments[0], arguments[0])";
        page.script(entry, json!([garbage]));
        page.store("latchkey.unheard-of", garbage);
        page.reload();
        page.find(&button("Ada"));
        assert!(page.has(&button("Theme: system")), "{garbage:?}");
        assert_eq!(page.stored("latchkey.theme"), None, "{garbage:?}");
    }
    page.store_in_tab("latchkey.draft", &format!("ada\n{}", "x".repeat(1_000_000)));
    page.store_in_tab("latchkey.sent", "\u{D7FF}\r\nb: c\nStill usable.");
    page.script(
        "sessionStorage.setItem('latchkey.place.far', '18446744073709551615 18446744073709551615 18446744073709551615');
         history.replaceState('far', '')",
        json!([]),
    );
    page.reload();
    page.find(&button("Ada"));
    people::write(&page, "Still usable.");
    people::send(&page);
    people::sees_message(&page, "Still usable.");
    assert_eq!(page.script("return typeof window.owned", json!([])), "undefined");
}

case!(Browser, the_site_works_without_storage);
fn the_site_works_without_storage() {
    let app = Setup::app().start();
    people::account(&app, "ada", "Ada");
    let page = Browser::blank(&app);
    let refuse = "Object.defineProperty(window, 'localStorage',
        {get() { throw new DOMException('The operation is insecure.', 'SecurityError') }})";
    page.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({"source": refuse}));
    page.go("/");
    log_in(&page, "ada", PASSWORD);
    page.find(&button("Ada"));
    page.click(&button("Post a message"));
    page.find(&dialog("Post a message"));
    page.fill(&field("Your message"), "");
    page.click(&button("Cancel"));
    post(&page, "Nothing is remembered here.");
}

case!(Browser, a_login_that_nothing_keeps_says_so);
fn a_login_that_nothing_keeps_says_so() {
    let app = Setup::app().start();
    people::account(&app, "ada", "Ada");
    let page = Browser::blank(&app);
    let refuse = "for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name,
        {get() { throw new DOMException('The operation is insecure.', 'SecurityError') }})";
    page.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({"source": refuse}));
    page.go("/login");
    log_in(&page, "ada", PASSWORD);
    page.reads("Allow cookies and site data for Latchkey");
    assert_eq!(page.path(), "/login");
}
