//! What a page shows before its app is there.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use crate::browser::Browser;
use crate::harness::actors;
use crate::harness::host::Setup;
use crate::locator::{button, heading, link};
use crate::people::{self, PASSWORD};
use crate::proxy::{Spoil, proxy};
use crate::start::says_what_to_do;

/// The texts of the messages that the page shows before the app is there.
fn shell(page: &Browser) -> Vec<String> {
    let script = "return [...document.querySelectorAll('#shell article')].filter(card => card.checkVisibility())
        .map(card => card.innerText)";
    serde_json::from_value(page.script(script, json!([]))).unwrap()
}

case!(Browser, messages_are_read_before_the_app_is_there);
fn messages_are_read_before_the_app_is_there() {
    const HOSTILE: &str = "<img src=x onerror='window.owned=1'> <script>window.owned=1</script> &amp;\n{{x}} \u{202E}";
    let app = Setup::app().start();
    let mallory = actors::actor(&app, "mallory", PASSWORD, "<b>Mallory</b>");
    mallory.post(&app, HOSTILE);
    actors::alice(&app).post(&app, "First line\nSecond line");
    let page = Browser::hasty(&proxy(&app, |path, answer| (!path.ends_with(".wasm")).then_some(answer)));
    page.go("/");
    let cards = page.wait("messages", || Ok(Some(shell(&page)).filter(|cards| cards.len() == 2)));
    assert!(cards[0].contains("@alice") && cards[0].contains("First line\nSecond line"), "{cards:?}");
    for text in ["<b>Mallory</b>", "@mallory", HOSTILE] {
        assert!(cards[1].contains(text), "{cards:?}");
    }
    let elements = "return [...document.querySelectorAll('#shell article *')].map(it => it.localName).join(' ')";
    let card = "header span span time span p";
    assert_eq!(page.script(elements, json!([])), format!("{card} {card}"), "what people write is no markup");
    assert_eq!(page.script("return typeof window.owned", json!([])), "undefined");
    // The notice comes without taking the messages away.
    says_what_to_do(&page);
    assert_eq!(shell(&page), cards);
}

case!(Browser, an_answer_that_is_not_one_shows_no_messages);
fn an_answer_that_is_not_one_shows_no_messages() {
    fn instead(body: &str) -> Option<Vec<u8>> {
        let length = body.len();
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close"
        );
        Some(format!("{head}\r\n\r\n{body}").into_bytes())
    }
    let faults: [(usize, Spoil); 4] = [
        (0, |path, answer| if path == "/api/messages" { instead("<p>") } else { hold(path, answer) }),
        (
            0,
            |path, answer| {
                if path == "/api/messages" { instead(r#"{"messages": "long"}"#) } else { hold(path, answer) }
            },
        ),
        (0, |path, answer| {
            let body =
                r#"{"messages": [{"author": {"name": ["a"]}, "text": "b"}, {"author": {"name": "a"}, "text": {}}]}"#;
            if path == "/api/messages" { instead(body) } else { hold(path, answer) }
        }),
        (20, |path, answer| {
            let one = format!(r#"{{"author": {{"name": "a"}}, "text": "{}"}}"#, "b".repeat(100_000));
            let body = format!(r#"{{"messages": [{}]}}"#, vec![one; 50].join(","));
            if path == "/api/messages" { instead(&body) } else { hold(path, answer) }
        }),
    ];
    let app = Setup::app().start();
    for (count, spoil) in faults {
        let page = Browser::hasty(&proxy(&app, spoil));
        page.go("/");
        says_what_to_do(&page);
        let cards = shell(&page);
        assert_eq!(cards.len(), count);
        assert!(cards.iter().all(|card| card.len() < 3000), "a card is as long as a message can be");
    }
}

/// Everything but the app itself.
fn hold(path: &str, answer: Vec<u8>) -> Option<Vec<u8>> {
    (!path.ends_with(".wasm")).then_some(answer)
}

/// Where the first heading and the texts of messages are.
fn places(page: &Browser) -> Vec<f64> {
    let script = "return [...document.querySelectorAll('h1, article > p')].filter(it => it.checkVisibility({visibilityProperty: true}))
        .flatMap(it => [it.getBoundingClientRect().left, it.getBoundingClientRect().top])";
    serde_json::from_value(page.script(script, json!([]))).unwrap()
}

case!(Browser, the_app_takes_the_place_of_what_is_there_and_nothing_moves);
fn the_app_takes_the_place_of_what_is_there_and_nothing_moves() {
    static IS_HELD: AtomicBool = AtomicBool::new(true);
    let app = Setup::app().start();
    let alice = actors::alice(&app);
    for text in ["One", "Two\nlines", &"Three\n\n\n\n".repeat(30), "Four"] {
        alice.post(&app, text);
    }
    let late = proxy(&app, |path, answer| {
        while path.ends_with(".wasm") && IS_HELD.load(Ordering::SeqCst) {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        Some(answer)
    });
    let page = Browser::hasty(&late);
    for (width, path, name) in
        [(1280, "/", "Messages"), (320, "/", "Messages"), (1280, "/signup", "Sign up"), (320, "/login", "Log in")]
    {
        IS_HELD.store(true, Ordering::SeqCst);
        // Nothing is hidden or shown after some seconds, however slow this machine is.
        let source = "addEventListener('DOMContentLoaded', () => document.getAnimations().forEach(it => it.pause()))";
        page.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({"source": source}));
        page.devtools("Network.setCacheDisabled", &json!({"cacheDisabled": true}));
        page.resize(width, 800);
        page.go(path);
        page.find(&heading(name));
        if path == "/" {
            page.wait("messages", || Ok((shell(&page).len() == 4).then_some(())));
        }
        let before = places(&page);
        IS_HELD.store(false, Ordering::SeqCst);
        page.wait("app", || {
            Ok((page.script("return !document.querySelector('#shell')", json!([])) == true).then_some(()))
        });
        page.settle();
        let after = places(&page);
        let moved = before.iter().zip(&after).any(|(before, after)| (before - after).abs() > 1.0);
        assert!(before.len() == after.len() && !moved, "{path}, {width} px: {before:?} {after:?}");
    }
}

case!(Browser, a_page_says_what_it_is_before_its_app_is_there);
fn a_page_says_what_it_is_before_its_app_is_there() {
    let app = Setup::app().start();
    let page = Browser::hasty(&proxy(&app, hold));
    page.tolerate("Failed to fetch");
    for (path, expected) in [
        ("/signup", "Sign up"),
        ("/signup/?next=/by/ada", "Sign up"),
        ("/login?next=post", "Log in"),
        ("/recover", "Set a new password"),
        ("/account", "Your account"),
    ] {
        page.go(path);
        page.wait(expected, || {
            let script = "const first = document.querySelector('.first');
                return first && getComputedStyle(first).display === 'block' && first.querySelector('h1').innerText";
            Ok((page.script(script, json!([])) == expected).then_some(()))
        });
    }
}

case!(Browser, the_ways_in_are_loaded_ahead_for_strangers);
fn the_ways_in_are_loaded_ahead_for_strangers() {
    let app = Setup::app().start();
    let page = Browser::open(&app);
    let loaded = |page: &Browser| {
        let script = "return performance.getEntriesByType('resource')
            .filter(it => it.responseEnd > 0 && /frontend-entry-.*[.](js|wasm)$/.test(it.name)).length";
        page.script(script, json!([])).as_u64().unwrap()
    };
    page.wait("files of the ways in", || Ok((loaded(&page) == 2).then_some(())));
    page.click(&link("Log in"));
    page.find(&button("Log in"));
    let script = "return performance.getEntriesByType('resource')
        .filter(it => it.name.endsWith('.wasm')).map(it => it.transferSize)";
    assert_eq!(page.script(script, json!([])), json!([0]), "it comes from the cache");

    let source = "Object.defineProperty(navigator, 'connection', {value: {saveData: true}})";
    page.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({"source": source}));
    let member = people::someone(&app, "ada", "Ada");
    for page in [page, member] {
        page.script("sessionStorage.clear()", json!([]));
        page.go("/");
        page.find(&heading("Messages"));
        page.asynchronous_script("requestIdleCallback(arguments[0])");
        page.asynchronous_script("fetch('/api/messages').then(answer => answer.text()).then(arguments[0])");
        assert_eq!(loaded(&page), 0);
    }
}
