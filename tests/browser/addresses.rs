//! Every view has an address and a title, and the browser's back and forward buttons work.

use serde_json::json;

use crate::browser::Browser;
use crate::harness::actors;
use crate::harness::host::{Host, Setup};
use crate::locator::{button, heading, link};
use crate::people::{self, messages, sees_message};

/// A host with two authors, each with one message.
fn board() -> Host {
    let app = Setup::app().start();
    actors::alice(&app).post(&app, "By Alice.");
    actors::mallory(&app).post(&app, "By Mallory.");
    app
}

/// Waits until the page has an address, and returns its title.
#[track_caller]
fn title_at(page: &Browser, path: &str) -> String {
    page.wait(path, || Ok((page.path() == path).then_some(())));
    page.wait("title", || Ok(Some(page.title()).filter(|title| title.contains("Latchkey"))))
}

case!(Browser, back_and_forward_and_titles);
fn back_and_forward_and_titles() {
    let app = board();
    let page = Browser::open(&app);
    people::mark(&page);
    sees_message(&page, "By Alice.");
    let first = title_at(&page, "/");
    people::to_author(&page, "Alice", "alice");
    page.wait("title of the author", || Ok((page.title() != first).then_some(())));
    let author = title_at(&page, "/by/alice");
    assert!(author.contains("Alice") || author.contains("alice"), "{author}");
    people::assert_not_reloaded(&page);
    people::to_sign_up(&page);
    page.wait("title of sign-up", || Ok((page.title() != author).then_some(())));
    let sign_up = title_at(&page, "/signup?next=/by/alice");
    assert!(first != author && author != sign_up && first != sign_up, "{first}, {author}, {sign_up}");

    page.back();
    page.wait("title of the author", || Ok((page.title() == author).then_some(())));
    page.wait("Alice alone", || Ok((messages(&page).len() == 1).then_some(())));
    page.back();
    page.wait("first title", || Ok((page.title() == first).then_some(())));
    page.wait("both", || Ok((messages(&page).len() == 2).then_some(())));
    page.forward();
    page.forward();
    page.wait("title of sign-up", || Ok((page.title() == sign_up).then_some(())));
    page.find(&button("Create account"));
    page.click(&link("Latchkey"));
    page.wait("first title", || Ok((page.title() == first).then_some(())));
}

case!(Browser, an_author_page_shows_that_author_alone);
fn an_author_page_shows_that_author_alone() {
    let app = board();
    let page = Browser::open(&app);
    people::to_author(&page, "Mallory", "mallory");
    page.wait("one message", || Ok((messages(&page).len() == 1).then_some(())));
    assert!(messages(&page)[0].contains("By Mallory."), "{:?}", messages(&page));
    actors::actor(&app, "ada", people::PASSWORD, "Ada").post(&app, "By Ada.");
    page.reload();
    page.wait("one message", || Ok((messages(&page).len() == 1).then_some(())));
    assert!(messages(&page)[0].contains("By Mallory."), "{:?}", messages(&page));
}

case!(Browser, each_message_has_an_address_of_its_own);
fn each_message_has_an_address_of_its_own() {
    let app = board();
    let page = people::someone(&app, "ada", "Ada");
    page.tolerate("404");
    people::post(&page, "To be quoted.");
    people::mark(&page);
    page.click(&link("just now").within("article"));
    page.find(&heading("Message by \u{2068}Ada\u{2069}"));
    page.wait("one message", || Ok((messages(&page).len() == 1).then_some(())));
    let address = page.path();
    assert!(address.starts_with("/m/"), "{address}");
    assert!(messages(&page)[0].contains("To be quoted."));
    page.click(&link("All messages"));
    page.wait("three messages", || Ok((messages(&page).len() == 3).then_some(())));
    people::assert_not_reloaded(&page);

    // The same address, as the menu gives it to somebody else.
    people::open_menu(&page, "To be quoted.");
    page.script(
        "navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve() }",
        json!([]),
    );
    page.click(&button("Copy link"));
    page.reads("Link copied.");
    page.lacks(&button("Copy link"));
    assert_eq!(page.script("return window.copied", json!([])), format!("{}{address}", app.base()));
    let guest = Browser::blank(&app);
    guest.tolerate("404");
    guest.go(&address);
    sees_message(&guest, "To be quoted.");
    assert_eq!(messages(&guest).len(), 1);

    page.go(&address);
    people::delete(&page, "To be quoted.");
    page.reads("This message doesn’t exist, or it was deleted.");
    guest.reload();
    guest.reads("This message doesn’t exist, or it was deleted.");
    guest.go("/m/999");
    guest.reads("This message doesn’t exist, or it was deleted.");
}

case!(Browser, the_page_of_an_author_says_whose_it_is);
fn the_page_of_an_author_says_whose_it_is() {
    let app = board();
    let page = people::someone(&app, "ada", "Ada");
    people::to_author(&page, "Alice", "alice");
    page.find(&heading("Alice"));
    page.reads("@alice · Member since ");
    page.reads(" · All messages");
    page.lacks(&button("Post a message"));
    page.click(&button("Ada"));
    page.click(&link("Your messages"));
    page.find(&heading("Your messages"));
    page.reads("What you post is here as well.");
    people::post(&page, "Of my own.");
    assert_eq!(page.path(), "/by/ada");
    // Whether somebody has this username is not said.
    people::account(&app, "carol", "Carol");
    for username in ["nobody-at-all", "carol"] {
        page.go(&format!("/by/{username}"));
        page.reads(&format!("No messages by @{username}. Perhaps nobody has this username"));
        page.find(&heading(&format!("@{username}")));
        page.lacks(&button("Post a message"));
    }
}

case!(Browser, an_address_can_be_opened_directly);
fn an_address_can_be_opened_directly() {
    let app = board();
    let page = Browser::blank(&app);
    page.go("/by/alice");
    sees_message(&page, "By Alice.");
    assert_eq!(messages(&page).len(), 1);
    page.go("/signup");
    page.find(&button("Create account"));
    page.go("/");
    sees_message(&page, "By Mallory.");
    page.find(&heading("Messages"));
}

case!(Browser, an_unknown_address_says_so);
fn an_unknown_address_says_so() {
    let app = board();
    let page = Browser::blank(&app);
    page.tolerate("404");
    page.go("/no/such/page");
    page.find(&link("Latchkey"));
    page.wait("heading", || {
        let count = page.script("return document.querySelectorAll('h1').length", json!([]));
        Ok((count == 1).then_some(()))
    });
    assert_eq!(messages(&page), Vec::<String>::new());
    page.go("/by/nobody-at-all");
    page.find(&link("Latchkey"));
    page.wait("heading", || {
        let count = page.script("return document.querySelectorAll('h1').length", json!([]));
        Ok((count == 1).then_some(()))
    });
    assert_eq!(messages(&page), Vec::<String>::new());
}

case!(Browser, the_account_is_another_page_and_nobody_seems_logged_out);
fn the_account_is_another_page_and_nobody_seems_logged_out() {
    let app = board();
    let page = people::someone(&app, "ada", "Ada");
    // What is shown for a moment counts as well.
    let watch = "window.seen = '';
        new MutationObserver(() => { window.seen += document.body?.innerText ?? '' })
            .observe(document, {childList: true, subtree: true, characterData: true})";
    page.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({"source": watch}));
    people::mark(&page);
    page.click(&button("Ada"));
    page.click(&link("Your account"));
    page.reads("This device");
    assert_eq!(page.script("return window.marked ?? null", json!([])), json!(null), "the browser has loaded a page");
    let seen = |page: &Browser| page.script("return window.seen", json!([])).as_str().unwrap().to_owned();
    assert!(seen(&page).contains("Ada") && !seen(&page).contains("Log in"), "{}", seen(&page));
    page.click(&link("Latchkey"));
    sees_message(&page, "By Alice.");
    page.find(&button("Ada"));
    assert!(!seen(&page).contains("Log in"), "{}", seen(&page));
    page.back();
    page.reads("This device");
    page.back();
    sees_message(&page, "By Mallory.");
    page.find(&button("Ada"));
}

case!(Browser, navigation_moves_the_focus);
fn navigation_moves_the_focus() {
    let app = board();
    let page = Browser::open(&app);
    people::to_author(&page, "Alice", "alice");
    page.wait("focus in the new view", || {
        let script = "const focused = document.activeElement;
            return focused === document.querySelector('h1') || focused.matches('main, main *')";
        Ok((page.script(script, json!([])) == true).then_some(()))
    });
    assert_eq!(page.script("return scrollY", json!([])), 0);
}
