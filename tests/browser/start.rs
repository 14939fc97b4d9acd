//! How the site starts, and what it says when it does not.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use crate::browser::Browser;
use crate::harness::actors;
use crate::harness::host::Setup;
use crate::locator::{heading, link};
use crate::people::sees_message;
use crate::proxy::{Spoil, proxy};

const NOT_STARTED: &str = "Latchkey has not started";

#[track_caller]
pub(crate) fn says_what_to_do(page: &Browser) {
    page.reads(NOT_STARTED);
    page.reads("Allow WebAssembly for this site");
    page.find(&link("Load again"));
}

case!(Browser, an_address_with_a_password_is_left_for_one_without);
fn an_address_with_a_password_is_left_for_one_without() {
    let app = Setup::app().start();
    actors::alice(&app).post(&app, "Behind a password.");
    let page = Browser::blank(&app);
    for user in ["someone:secret@", "someone@", ":secret@"] {
        let address = format!("http://{user}{}/by/alice?a=b#c", app.authority());
        page.post("/url", json!({"url": address})).unwrap();
        sees_message(&page, "Behind a password.");
        assert_eq!(page.path(), "/by/alice?a=b#c", "{user}");
        page.go("/login");
    }
}

case!(Browser, without_web_assembly_the_page_says_so);
fn without_web_assembly_the_page_says_so() {
    let app = Setup::app().start();
    let page = Browser::blank(&app);
    page.tolerate("WebAssembly is not defined");
    page.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({"source": "delete window.WebAssembly"}));
    for path in ["/", "/login"] {
        page.go(path);
        says_what_to_do(&page);
        assert!(!page.has(&heading("Messages")), "nothing looks as if it were still loading");
    }
}

/// Replaces the answer to what has this ending.
fn instead(path: &str, ending: &str, answer: Vec<u8>, other: &[u8]) -> Vec<u8> {
    if path.ends_with(ending) { other.to_owned() } else { answer }
}

case!(Browser, what_does_not_arrive_is_told);
fn what_does_not_arrive_is_told() {
    const MISSING: &[u8] = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    const ANOTHER: &[u8] =
        b"HTTP/1.1 200 OK\r\nContent-Type: application/wasm\r\nContent-Length: 5\r\nConnection: close\r\n\r\n<html";
    let faults: [(&str, Spoil); 6] = [
        ("no WebAssembly", |path, answer| Some(instead(path, ".wasm", answer, MISSING))),
        ("no script", |path, answer| Some(instead(path, ".js", answer, MISSING))),
        ("other WebAssembly", |path, answer| Some(instead(path, ".wasm", answer, ANOTHER))),
        ("half of the WebAssembly", |path, mut answer| {
            answer.truncate(if path.ends_with(".wasm") { answer.len() / 2 } else { answer.len() });
            Some(answer)
        }),
        ("WebAssembly that hangs", |path, answer| (!path.ends_with(".wasm")).then_some(answer)),
        ("a script that hangs", |path, answer| (!path.ends_with(".js")).then_some(answer)),
    ];
    let app = Setup::app().start();
    for (fault, spoil) in faults {
        eprintln!("{fault}");
        let page = Browser::hasty(&proxy(&app, spoil));
        for expected in ["404", "WebAssembly", "ERR_", "Failed to fetch"] {
            page.tolerate(expected);
        }
        page.go("/");
        says_what_to_do(&page);
    }
}

/// Replaces a part of the header of an answer.
fn with_policy(answer: &[u8], from: &str, to: &str) -> Vec<u8> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or_default();
    let (head, body) = answer.split_at(end);
    [String::from_utf8_lossy(head).replace(from, to).as_bytes(), body].concat()
}

case!(Browser, what_a_policy_blocks_is_told);
fn what_a_policy_blocks_is_told() {
    let faults: [(&str, Spoil); 3] = [
        ("WebAssembly", |_, answer| Some(with_policy(&answer, " 'wasm-unsafe-eval'", ""))),
        ("scripts of the page", |_, answer| Some(with_policy(&answer, " 'sha256-", " 'sha256-AAAA"))),
        ("all scripts", |_, answer| Some(with_policy(&answer, "script-src", "script-src-elem 'none'; script-src"))),
    ];
    let app = Setup::app().start();
    for (fault, spoil) in faults {
        eprintln!("{fault}");
        let page = Browser::hasty(&proxy(&app, spoil));
        page.tolerate("Content Security Policy");
        page.tolerate("CompileError");
        page.go("/");
        says_what_to_do(&page);
    }
}

case!(Browser, what_comes_late_is_not_lost);
/// The notice goes when the app starts after all.
fn what_comes_late_is_not_lost() {
    let app = Setup::app().start();
    let late = proxy(&app, |path, answer| {
        if path.ends_with(".wasm") {
            std::thread::sleep(std::time::Duration::from_secs(12));
        }
        Some(answer)
    });
    let page = Browser::hasty(&late);
    page.go("/");
    says_what_to_do(&page);
    page.find(&link("Log in"));
    page.no_longer_reads(NOT_STARTED);
}

/// The addresses whose answers wait for the app; None if the page asks for nothing ahead of it.
fn early(page: &Browser) -> Option<usize> {
    let script = "return window.early ? Object.keys(window.early).length : null";
    page.script(script, json!([])).as_u64().map(|count| count.try_into().unwrap())
}

case!(Browser, the_messages_are_asked_for_before_the_app_is_there);
fn the_messages_are_asked_for_before_the_app_is_there() {
    let app = Setup::app().start();
    actors::alice(&app).post(&app, "Early.");
    let page = Browser::hasty(&proxy(&app, |path, answer| (!path.ends_with(".wasm")).then_some(answer)));
    // The browser gives up what hangs when it goes to another page.
    page.tolerate("Failed to fetch");
    page.go("/");
    says_what_to_do(&page);
    assert_eq!(early(&page), Some(1));
    page.go("/login");
    says_what_to_do(&page);
    assert_eq!(early(&page), None, "only the page of the messages needs them");

    let page = Browser::open(&app);
    sees_message(&page, "Early.");
    assert_eq!(early(&page), Some(0), "the app has taken the answer");
}

case!(Browser, messages_that_can_not_be_had_early_come_later);
fn messages_that_can_not_be_had_early_come_later() {
    static IS_ASKED: AtomicBool = AtomicBool::new(false);
    let app = Setup::app().start();
    actors::alice(&app).post(&app, "Late.");
    let page = Browser::hasty(&proxy(&app, |path, answer| {
        let is_first = path == "/api/messages" && !IS_ASKED.swap(true, Ordering::SeqCst);
        Some(if is_first { Vec::new() } else { answer })
    }));
    // Nothing else is in the console: the failure is caught, although the app is not there yet.
    page.tolerate("ERR_EMPTY_RESPONSE");
    page.go("/");
    sees_message(&page, "Late.");
}

case!(Browser, without_javascript_the_page_says_so);
fn without_javascript_the_page_says_so() {
    let app = Setup::app().start();
    let page = Browser::blank(&app);
    page.devtools("Emulation.setScriptExecutionDisabled", &json!({"value": true}));
    page.go("/");
    // No script can be asked: the picture that a screen reader has of the page is what the browser itself knows.
    page.devtools("Accessibility.enable", &json!({}));
    page.wait("sentence", || {
        let tree = page.devtools("Accessibility.getFullAXTree", &json!({})).to_string();
        Ok(tree.contains("JavaScript is switched off in this browser.").then_some(()))
    });
    let tree = page.devtools("Accessibility.getFullAXTree", &json!({})).to_string();
    assert!(!tree.contains(NOT_STARTED), "it is said once");
}
