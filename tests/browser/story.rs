//! The whole story of a user, and two browsers at the same time.

use crate::browser::Browser;
use crate::harness::host::Setup;
use crate::locator::{button, dialog, field, heading, link};
use crate::people::{self, PASSWORD, assert_not_reloaded, log_in, log_out, mark, messages, post, sees_message};

case!(Browser, signs_up_posts_logs_out_and_in_and_is_still_there_after_a_reload);
fn signs_up_posts_logs_out_and_in_and_is_still_there_after_a_reload() {
    let app = Setup::app().start();
    let page = Browser::open(&app);
    page.find(&link("Latchkey"));
    page.reads("Latchkey is a small public message board");
    page.reads("No messages yet. Be the first.");
    page.find(&button("Post a message").within(".empty"));
    assert!(page.title().contains("Latchkey"), "{}", page.title());

    people::to_sign_up(&page);
    people::sign_up(&page, "ada", "Ada Lovelace", PASSWORD);
    page.find(&button("Ada Lovelace"));
    page.find(&heading("Messages"));
    page.find(&link("Make recovery codes"));
    page.lacks(&link("Log in"));
    post(&page, "First note from the analytical engine.");
    assert!(messages(&page)[0].contains("Ada Lovelace"), "{:?}", messages(&page));
    page.no_longer_reads("No messages yet.");

    log_out(&page, "Ada Lovelace");
    page.lacks(&button("Ada Lovelace"));
    sees_message(&page, "First note from the analytical engine.");
    log_in(&page, "ada", PASSWORD);
    page.find(&button("Ada Lovelace"));
    post(&page, "Second note.");

    page.reload();
    page.find(&button("Ada Lovelace"));
    sees_message(&page, "Second note.");
    let texts = messages(&page);
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert!(texts[0].contains("Second note.") && texts[1].contains("First note"), "newest first: {texts:?}");
    page.lacks(&link("Log in"));
}

case!(Browser, what_one_posts_the_other_sees_without_a_reload);
fn what_one_posts_the_other_sees_without_a_reload() {
    let app = Setup::app().start();
    let reader = Browser::open(&app);
    reader.reads("No messages yet. Be the first.");
    mark(&reader);
    let writer = people::someone(&app, "ada", "Ada");
    post(&writer, "Hello from the other browser.");
    sees_message(&reader, "Hello from the other browser.");
    assert_not_reloaded(&reader);
    reader.find(&link("Log in"));

    people::account(&app, "zoe", "Zoë");
    log_in(&reader, "zoe", PASSWORD);
    reader.find(&button("Zoë"));
    mark(&writer);
    post(&reader, "And back.");
    sees_message(&writer, "And back.");
    assert_not_reloaded(&writer);
    assert_eq!(messages(&writer).len(), 2);
}

case!(Browser, the_ways_in_lead_back_to_where_one_was);
fn the_ways_in_lead_back_to_where_one_was() {
    let app = Setup::app().start();
    people::account(&app, "ada", "Ada");
    let page = Browser::blank(&app);
    page.go("/by/ada");
    people::to_sign_up(&page);
    people::open_login(&page);
    log_in(&page, "ada", PASSWORD);
    page.find(&heading("Your messages"));
    page.find(&button("Ada"));
    assert_eq!(page.path(), "/by/ada");
    // No way in is a page to go back to.
    page.back();
    page.find(&heading("Your messages"));
    assert_eq!(page.path(), "/by/ada");

    log_out(&page, "Ada");
    page.go("/login?next=//evil.example/by/ada");
    log_in(&page, "ada", PASSWORD);
    page.find(&heading("Messages"));
    assert_eq!(page.path(), "/");
}

case!(Chromium, a_new_member_is_welcomed_where_they_wanted_to_go);
fn a_new_member_is_welcomed_where_they_wanted_to_go() {
    let app = Setup::app().start();
    let page = Browser::blank(&app);
    page.go("/account");
    page.reads("Log in to see your account.");
    page.click(&link("Sign up").within("main"));
    people::sign_up(&page, "ada", "Ada", PASSWORD);
    page.reads("Welcome, \u{2068}Ada\u{2069}.");
    page.reads("only recovery codes let you in again");
    assert_eq!(page.path(), "/account");
    page.find(&button("Make recovery codes"));
    assert!(!page.has(&link("Make recovery codes")), "it would lead to where one is");
    page.reload();
    page.reads("This device");
    assert!(!page.text().contains("Welcome"), "it is said once");
}

case!(Browser, posting_without_an_account_leads_to_login_and_comes_back);
fn posting_without_an_account_leads_to_login_and_comes_back() {
    let app = Setup::app().start();
    people::account(&app, "ada", "Ada");
    let page = Browser::open(&app);
    page.click(&button("Post a message"));
    page.find(&field("Password"));
    log_in(&page, "ada", PASSWORD);
    page.find(&dialog("Post a message"));
    assert_eq!(page.path(), "/");
    page.fill(&field("Your message"), "I only had to log in.");
    people::send(&page);
    sees_message(&page, "I only had to log in.");
}
