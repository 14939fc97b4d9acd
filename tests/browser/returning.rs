//! Back and forward lead to a list as it was left: as many messages, at the same place.

use serde_json::json;

use crate::browser::Browser;
use crate::harness::actors::{self, Actor};
use crate::harness::host::{Host, Setup};
use crate::locator::{button, heading, link};
use crate::people::{messages, sees_message};

/// A board with more messages than two pages hold.
#[track_caller]
fn board() -> (Host, Actor) {
    let app = Setup::app().start();
    let alice = actors::alice(&app);
    for number in 1..=65 {
        alice.post(&app, &format!("Number {number}."));
    }
    (app, alice)
}

/// Loads two more pages, and goes to a message far down. Returns where it is in the window.
#[track_caller]
fn read_on(page: &Browser) -> f64 {
    for count in [40, 60] {
        page.click(&button("Show older messages"));
        page.wait(&format!("{count} messages"), || Ok((messages(page).len() == count).then_some(())));
    }
    page.settle();
    let to_message = "[...document.querySelectorAll('article')].find(one => one.innerText.includes('Number 15.'))
        .scrollIntoView({block: 'center', behavior: 'instant'})";
    page.script(to_message, json!([]));
    top(page)
}

/// Where the message far down is in the window.
#[track_caller]
fn top(page: &Browser) -> f64 {
    let script = "return [...document.querySelectorAll('article')].find(one => one.innerText.includes('Number 15.'))
        ?.getBoundingClientRect().top ?? -1";
    page.script(script, json!([])).as_f64().unwrap()
}

/// Waits until the list is as it was left.
#[track_caller]
fn is_as_it_was(page: &Browser, count: usize, before: f64) {
    page.wait(&format!("{count} messages at {before}"), || {
        Ok((messages(page).len() == count && (top(page) - before).abs() <= 2.0).then_some(()))
    });
}

#[track_caller]
fn open_author(page: &Browser) {
    let click = "[...document.querySelectorAll('article')].find(one => one.innerText.includes('Number 15.'))
        .querySelector('a.name').click()";
    page.script(click, json!([]));
    page.find(&heading("Alice"));
    page.wait("twenty of Alice", || Ok((messages(page).len() == 20).then_some(())));
    assert_eq!(page.script("return scrollY", json!([])), 0);
}

case!(Browser, back_and_forward_give_the_lists_as_they_were_left);
fn back_and_forward_give_the_lists_as_they_were_left() {
    let (app, _) = board();
    let page = Browser::open(&app);
    sees_message(&page, "Number 65.");
    let before = read_on(&page);
    open_author(&page);
    let of_author = read_on(&page);
    page.click(&link("Sign up"));
    page.find(&button("Create account"));
    page.back();
    is_as_it_was(&page, 60, of_author);
    page.back();
    page.find(&heading("Messages"));
    is_as_it_was(&page, 60, before);
    page.forward();
    page.find(&heading("Alice"));
    is_as_it_was(&page, 60, of_author);
    // A link leads to a new list.
    page.click(&link("Latchkey"));
    page.find(&heading("Messages"));
    page.wait("twenty messages", || Ok((messages(&page).len() == 20).then_some(())));
    assert_eq!(page.script("return scrollY", json!([])), 0);
}

case!(Browser, a_reload_forgets_no_place);
fn a_reload_forgets_no_place() {
    let (app, _) = board();
    let page = Browser::open(&app);
    sees_message(&page, "Number 65.");
    let before = read_on(&page);
    page.reload();
    is_as_it_was(&page, 60, before);
    open_author(&page);
    page.reload();
    page.find(&heading("Alice"));
    page.back();
    page.find(&heading("Messages"));
    is_as_it_was(&page, 60, before);
    // Another page of the browser has come between.
    page.go("/api/messages?limit=1");
    page.back();
    is_as_it_was(&page, 60, before);
}

case!(Browser, what_was_posted_meanwhile_waits);
fn what_was_posted_meanwhile_waits() {
    let (app, alice) = board();
    let page = Browser::open(&app);
    sees_message(&page, "Number 65.");
    let before = read_on(&page);
    open_author(&page);
    alice.post(&app, "The newest of all.");
    page.back();
    page.find(&heading("Messages"));
    page.find(&button("1 new message"));
    // The page that was the newest has one message less to show, so another one is loaded.
    is_as_it_was(&page, 65, before);
    page.click(&button("1 new message"));
    sees_message(&page, "The newest of all.");
}
