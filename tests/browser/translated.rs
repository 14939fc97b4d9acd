//! The translator of the browser puts elements of its own in the place of every text, also of those that come later. The
//! page has to go on nevertheless.

use serde_json::json;

use crate::browser::Browser;
use crate::harness::actors;
use crate::harness::client::Client;
use crate::harness::host::Setup;
use crate::locator::{Locator, button, field, heading, link};
use crate::people::{self, PASSWORD, log_in, sees_message};

/// Does what the translator of Chrome does with texts, but says the same words.
const TRANSLATOR: &str = "addEventListener('DOMContentLoaded', () => {
    const translate = () => {
        const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
        while (texts.nextNode()) {
            const text = texts.currentNode;
            if (text.data.trim() && !text.parentNode.closest('font, script, textarea')) found.push(text);
        }
        for (const text of found) {
            const [outer, inner] = [document.createElement('font'), document.createElement('font')];
            inner.textContent = text.data;
            outer.append(inner);
            text.replaceWith(outer);
        }
    };
    new MutationObserver(translate).observe(document.body, {childList: true, subtree: true, characterData: true});
    translate();
})";

/// A browser that translates the first page and every other one.
#[track_caller]
fn translating(app: &Client) -> Browser {
    let page = Browser::blank(app);
    page.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({"source": TRANSLATOR}));
    page.go("/");
    page.wait("translation", || {
        Ok((page.script("return !!document.querySelector('h1 font')", json!([])) == true).then_some(()))
    });
    page
}

case!(Browser, forms_of_a_translated_page_say_what_is_so);
fn forms_of_a_translated_page_say_what_is_so() {
    let app = Setup::app().start();
    people::account(&app, "grace", "Grace");
    let page = translating(&app);
    page.tolerate("409");
    page.click(&link("Sign up"));
    page.fill(&field("Password"), "seven77");
    page.reads("Too short. Use 8 characters or more.");
    page.fill(&field("Password"), "correct horse battery staple");
    page.reads("Strong. Use it only here.");
    page.no_longer_reads("Too short.");
    let shows = |word: &str| {
        page.wait(word, || {
            let text = page.find(&button(&format!("{word} password"))).script("return element.innerText");
            Ok((text == word).then_some(()))
        });
    };
    page.click(&button("Show password"));
    shows("Hide");
    page.click(&button("Hide password"));
    shows("Show");

    people::sign_up(&page, "grace", "", PASSWORD);
    page.reads("Enter a name.");
    people::sign_up(&page, "grace", "Ada", PASSWORD);
    page.reads("That username is taken. Try another.");
    page.no_longer_reads("Enter a name.");
    page.reads("Create account");
    people::sign_up(&page, "ada", "Ada", PASSWORD);
    page.find(&button("Ada"));

    page.click(&button("Post a message"));
    page.fill(&field("Your message"), &"x".repeat(912));
    page.reads("912 of 1000");
    page.fill(&field("Your message"), &"x".repeat(1001));
    page.reads("1001 of 1000");
    page.fill(&field("Your message"), "Posted in another language.");
    page.no_longer_reads("of 1000");
    people::send(&page);
    sees_message(&page, "Posted in another language.");
}

case!(Browser, views_of_a_translated_page_show_their_own_words);
/// Leptos fills a view again when one of the same kind follows it.
fn views_of_a_translated_page_show_their_own_words() {
    let app = Setup::app().start();
    let [alice, bob] =
        [("alice", "Alice"), ("bob", "Bob")].map(|(username, name)| actors::actor(&app, username, PASSWORD, name));
    alice.post(&app, "Of Alice.");
    bob.post(&app, "Of Bob.");
    let page = translating(&app);
    sees_message(&page, "Of Bob.");
    page.click(&link("Alice").within("article"));
    page.find(&heading("Alice"));
    page.back();
    page.find(&heading("Messages"));
    page.no_longer_reads("@alice · ");
    alice.post(&app, "One more.");
    sees_message(&page, "One more.");

    // Somebody else logs in in another tab.
    log_in(&page, "alice", PASSWORD);
    page.find(&button("Alice"));
    page.click(&button("Alice"));
    page.click(&link("Your account"));
    page.reads("@alice");
    let other = Browser::open(&app);
    log_in(&other, "bob", PASSWORD);
    other.find(&button("Bob"));
    page.store("latchkey.session", &other.stored("latchkey.session").unwrap());
    page.script("dispatchEvent(new StorageEvent('storage', {key: 'latchkey.session'}))", json!([]));
    page.find(&button("Bob"));
    page.reads("@bob");
    page.no_longer_reads("@alice");
}

/// The sessions as the page shows them.
#[track_caller]
fn sessions(page: &Browser) -> Vec<String> {
    let script = "return [...document.querySelectorAll('[aria-labelledby=sessions-title] .session')].map(entry =>
        entry.querySelector('.client').innerText + ' / ' + entry.querySelector('button').ariaLabel)";
    let texts = page.script(script, json!([]));
    texts.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

case!(Browser, times_and_sessions_of_a_translated_page_are_right);
fn times_and_sessions_of_a_translated_page_are_right() {
    let app = Setup::app().start();
    let alice = actors::actor(&app, "alice", PASSWORD, "Alice");
    alice.post(&app, "Soon old.");
    let page = Browser::blank(&app);
    let clock = "const [now, every] = [Date.now, setInterval];
        window.later_ms = 0;
        Date.now = () => now() + later_ms;
        window.setInterval = (run, ms) => every(run, Math.min(ms, 100));";
    page.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({"source": format!("{clock}\n{TRANSLATOR}")}));
    page.go("/");
    page.reads("just now");
    page.script("window.later_ms = 180_000", json!([]));
    page.reads("3 minutes ago");
    page.no_longer_reads("just now");
    page.script("window.later_ms = 0", json!([]));

    log_in(&page, "alice", PASSWORD);
    page.find(&button("Alice"));
    page.go("/account");
    page.wait("two sessions", || Ok((sessions(&page).len() == 2).then_some(())));
    let before = sessions(&page);
    let own = before.iter().position(|session| session.ends_with("Log out on this device")).unwrap();
    let end: Locator = page.wait("button that ends the other", || {
        let name = page.script(
            "return [...document.querySelectorAll('.session button')].map(it => it.ariaLabel).find(it => it !== 'Log out on this device')",
            json!([]),
        );
        Ok(name.as_str().map(button))
    });
    page.click(&end);
    page.wait("one session", || Ok((sessions(&page) == before[own..=own]).then_some(())));
}
