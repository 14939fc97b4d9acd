//! The list of messages.

use serde_json::json;

use crate::browser::Browser;
use crate::harness::actors;
use crate::harness::client::Client;
use crate::harness::host::Setup;
use crate::locator::{Locator, Role, button};
use crate::people::{assert_not_reloaded, mark, messages, sees_message};

case!(Browser, older_messages_come_on_demand);
fn older_messages_come_on_demand() {
    let app = Setup::app().start();
    let alice = actors::alice(&app);
    for number in 1..=45 {
        alice.post(&app, &format!("Number {number}."));
    }
    let page = Browser::open(&app);
    sees_message(&page, "Number 45.");
    assert_eq!(messages(&page).len(), 20);
    for count in [40, 45] {
        page.click(&button("Show older messages"));
        page.wait(&format!("{count} messages"), || Ok((messages(&page).len() == count).then_some(())));
    }
    page.lacks(&button("Show older messages"));
    page.reads("You’ve reached the first message.");
    for (message, number) in messages(&page).iter().zip((1..=45).rev()) {
        assert!(message.contains(&format!("Number {number}.")), "{message}");
    }
}

case!(Browser, new_messages_do_not_move_what_is_being_read);
fn new_messages_do_not_move_what_is_being_read() {
    let app = Setup::app().start();
    let alice = actors::alice(&app);
    for number in 1..=20 {
        alice.post(&app, &format!("Number {number}."));
    }
    let page = Browser::open(&app);
    sees_message(&page, "Number 20.");
    let top = "const read = [...document.querySelectorAll('article')].find(one => one.innerText.includes('Number 8.'));
        if (arguments[0]) read.scrollIntoView({block: 'center', behavior: 'instant'});
        return read.getBoundingClientRect().top";
    page.script(top, json!([true]));
    page.settle();
    let before = page.script(top, json!([false])).as_f64().unwrap();
    alice.post(&app, "The newest of all.");
    page.wait("sign of the new message", || {
        let known = messages(&page).iter().any(|message| message.contains("The newest of all."));
        Ok((known || page.text().contains("1 new message")).then_some(()))
    });
    page.settle();
    let after = page.script(top, json!([false])).as_f64().unwrap();
    assert!((after - before).abs() <= 2.0, "moved from {before} to {after}");
    sees_message(&page, "The newest of all.");
}

case!(Browser, a_long_message_is_folded_and_a_short_one_is_not);
fn a_long_message_is_folded_and_a_short_one_is_not() {
    let app = Setup::app().start();
    let alice = actors::alice(&app);
    let lines: Vec<_> = (1..=30).map(|number| format!("Line {number}")).collect();
    for text in [
        &*lines[..12].join("\n"),
        "One\n\n\n\n\nTwo",
        &*lines.join("\n"),
        &*"word ".repeat(199),
        "Z\u{351}\u{302}\u{357}",
    ] {
        alice.post(&app, text);
    }
    let page = Browser::open(&app);
    page.resize(320, 700);
    page.reload();
    page.wait("all of them", || Ok((messages(&page).len() == 5).then_some(())));
    let height_of = |text: &str| {
        let script = "const card = [...document.querySelectorAll('article')].find(one => one.textContent.includes(arguments[0]));
            return [card.getBoundingClientRect().height, card.querySelectorAll('.unfold').length]";
        let found = page.script(script, json!([text]));
        (found[0].as_f64().unwrap(), found[1].as_u64().unwrap())
    };
    for (text, is_folded) in [("Z\u{351}", 0), ("word", 1), ("Line 30", 1), ("Two", 0)] {
        let (height, buttons) = height_of(text);
        assert!(height <= 400.0 && buttons == is_folded, "{text}: {height}, {buttons}");
    }
    assert!(height_of("Two").0 < 150.0, "of several empty lines, one is shown: {}", height_of("Two").0);
    assert_eq!(page.script("return document.querySelectorAll('.unfold').length", json!([])), 2, "twelve lines fit");

    page.script("[...document.querySelectorAll('article')].find(one => one.textContent.includes('Line 30')).querySelector('.unfold').focus()", json!([]));
    for (name, is_open, is_long) in
        [("Show more", "false", false), ("Show less", "true", true), ("Show more", "false", false)]
    {
        page.wait(name, || Ok(page.is_focused(&button(name)).then_some(())));
        assert_eq!(page.script("return document.activeElement.ariaExpanded", json!([])), is_open);
        assert_eq!(height_of("Line 30").0 > 700.0, is_long, "{name}");
        page.press(&crate::keys::ENTER.to_string());
    }
}

/// The number of requests for messages that this document has sent.
#[track_caller]
fn questions(page: &Browser) -> u64 {
    let script = "return performance.getEntriesByType('resource')
        .filter(entry => entry.name.includes('/api/messages')).length";
    page.script(script, json!([])).as_u64().unwrap()
}

#[track_caller]
fn wait_for_questions(page: &Browser, count: u64) {
    page.wait(&format!("{count} requests"), || Ok((questions(page) >= count).then_some(())));
}

case!(Browser, a_hidden_tab_does_not_ask_as_often);
fn a_hidden_tab_does_not_ask_as_often() {
    let app = Setup::app().start();
    let (hidden, visible) = (Browser::open(&app), Browser::open(&app));
    mark(&hidden);
    wait_for_questions(&hidden, 2);
    hidden.hide();
    let before = questions(&hidden);
    let count = questions(&visible);
    wait_for_questions(&visible, count + 3);
    assert_eq!(questions(&hidden), before, "asked while hidden");
    actors::alice(&app).post(&app, "While you were away.");
    hidden.show();
    sees_message(&hidden, "While you were away.");
    assert_not_reloaded(&hidden);
}

/// A page whose clock can be put forward, and which looks for messages ten times a second.
#[track_caller]
fn with_a_clock(app: &Client) -> Browser {
    let page = Browser::blank(app);
    let clock = "const [now, every] = [Date.now, setInterval];
        window.later_ms = 0;
        Date.now = () => now() + later_ms;
        window.setInterval = (run, ms) => every(run, Math.min(ms, 100));";
    page.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({"source": clock}));
    page.go("/");
    page
}

case!(Chromium, a_message_waits_while_somebody_is_at_the_list);
fn a_message_waits_while_somebody_is_at_the_list() {
    let app = Setup::app().start();
    let alice = actors::alice(&app);
    alice.post(&app, "What is read.");
    let page = with_a_clock(&app);
    sees_message(&page, "What is read.");
    page.settle();
    let top = || page.script("return document.querySelector('article').getBoundingClientRect().top", json!([]));
    let before = top();
    // Somebody has just opened the page.
    alice.post(&app, "A second one.");
    page.find(&button("1 new message"));
    assert_eq!(top(), before);
    // They have done nothing for a while, but they point at the message.
    // The offer of the new message is in the middle, above the list.
    let left =
        page.script("return Math.ceil(document.querySelector('article').getBoundingClientRect().left) + 20", json!([]));
    let pointer = |y: u64| page.devtools("Input.dispatchMouseEvent", &json!({"type": "mouseMoved", "x": left, "y": y}));
    pointer(before.as_f64().unwrap() as u64 + 20);
    page.script("window.later_ms += 20_000", json!([]));
    alice.post(&app, "A third one.");
    page.find(&button("2 new messages"));
    assert_eq!((top(), messages(&page).len()), (before, 1));
    assert_eq!(page.title(), "(2) Messages · Latchkey");
    // They have left.
    pointer(1);
    page.script("window.later_ms += 20_000", json!([]));
    alice.post(&app, "A fourth one.");
    page.wait("all of them", || Ok((messages(&page).len() == 4).then_some(())));
    assert_eq!(page.title(), "Messages · Latchkey");
}

case!(Chromium, a_hidden_tab_says_in_its_title_what_has_arrived);
fn a_hidden_tab_says_in_its_title_what_has_arrived() {
    let app = Setup::app().start();
    let alice = actors::alice(&app);
    alice.post(&app, "What was there.");
    let page = with_a_clock(&app);
    sees_message(&page, "What was there.");
    page.hide();
    for number in 1..=3 {
        alice.post(&app, &format!("Number {number}."));
    }
    page.script("window.later_ms += 61_000", json!([]));
    page.wait("count", || Ok((page.title() == "(3) Messages · Latchkey").then_some(())));
    page.show();
    page.click(&button("3 new messages"));
    page.wait("title", || Ok((page.title() == "Messages · Latchkey").then_some(())));
    assert_eq!(messages(&page).len(), 4);
}

case!(Browser, lines_links_and_times_are_shown);
fn lines_links_and_times_are_shown() {
    let app = Setup::app().start();
    let alice = actors::alice(&app);
    let posted = alice.post(&app, "First line\nSecond line: https://example.com/a?b=c#d, and more.");
    let page = Browser::blank(&app);
    let count = "window.formatted = 0;
        const real = Date.prototype.toLocaleString;
        Date.prototype.toLocaleString = function (...request) {
            window.formatted++;
            return real.apply(this, request);
        }";
    page.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({"source": count}));
    page.go("/");
    sees_message(&page, "First line\nSecond line");
    let link = Locator { role: Role::Link, name: "https://example.com/a?b=c#d".to_owned(), within: "article" };
    let link = page.find(&link).script("return [element.href, element.rel, element.target]");
    assert_eq!(link[0], "https://example.com/a?b=c#d", "the comma is not part of it");
    assert!(link[1].as_str().unwrap().contains("noopener") || link[2] == "", "{link}");

    assert_eq!(page.script("return formatted", json!([])), 0, "the first formatted time keeps a phone busy");
    let hover = "document.querySelector('main article time').dispatchEvent(new PointerEvent('pointerenter'))";
    let time = page.wait("exact time, which is there on hover", || {
        page.script(hover, json!([]));
        let time = page.script(
            "const time = document.querySelector('article time'); return [time.dateTime, time.title, time.innerText]",
            json!([]),
        );
        Ok(Some(time).filter(|time| time[1].as_str().is_some_and(|title| title.contains('2'))))
    });
    let moment = posted["created_at"].as_str().unwrap();
    assert_eq!(time[0].as_str().unwrap().get(..19), moment.get(..19), "{time}");
    let ago = time[2].as_str().unwrap().to_lowercase();
    assert!(ago.contains("now") || ago.contains("second") || ago.contains("minute"), "{time}");
}
