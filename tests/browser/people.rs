//! The actions of users on the site, as helper functions.

use serde_json::json;

use crate::browser::Browser;
use crate::harness::actors;
use crate::harness::client::Client;
use crate::locator::{button, dialog, field, link};

pub(crate) const PASSWORD: &str = "correct horse 7";

/// Creates an account over the API, without the site.
#[track_caller]
pub(crate) fn account(app: &Client, username: &str, name: &str) {
    let reply = actors::sign_up(app, username, PASSWORD, name);
    assert_eq!(reply.status, 201, "{}", reply.text());
}

/// A browser on the first page, logged in to a new account.
#[track_caller]
pub(crate) fn someone(app: &Client, username: &str, name: &str) -> Browser {
    account(app, username, name);
    let page = Browser::open(app);
    log_in(&page, username, PASSWORD);
    page.find(&button(name));
    page
}

#[track_caller]
pub(crate) fn to_sign_up(page: &Browser) {
    page.click(&link("Sign up"));
    page.find(&button("Create account"));
}

/// Fills in the sign-up form and sends it.
#[track_caller]
pub(crate) fn sign_up(page: &Browser, username: &str, name: &str, password: &str) {
    page.fill(&field("Username"), username);
    page.fill(&field("Name"), name);
    page.fill(&field("Password"), password);
    page.click(&button("Create account"));
}

/// Goes to the login form, unless it is there.
#[track_caller]
pub(crate) fn open_login(page: &Browser) {
    page.wait("login", || Ok((page.has(&button("Log in")) || page.has(&link("Log in"))).then_some(())));
    if !page.has(&button("Log in")) {
        page.click(&link("Log in"));
    }
    page.find(&field("Password"));
}

/// Fills in the login form and sends it.
#[track_caller]
pub(crate) fn log_in(page: &Browser, username: &str, password: &str) {
    open_login(page);
    page.fill(&field("Username"), username);
    page.fill(&field("Password"), password);
    page.click(&button("Log in").within("form"));
}

#[track_caller]
pub(crate) fn log_out(page: &Browser, name: &str) {
    page.click(&button(name));
    page.click(&button("Log out"));
    page.find(&link("Log in"));
}

/// Opens the dialog and types a text, without sending it.
#[track_caller]
pub(crate) fn write(page: &Browser, text: &str) {
    page.click(&button("Post a message"));
    page.find(&dialog("Post a message"));
    page.fill(&field("Your message"), text);
}

#[track_caller]
pub(crate) fn send(page: &Browser) {
    page.click(&button("Post").within("dialog"));
}

/// Posts a text and waits until the board shows it.
#[track_caller]
pub(crate) fn post(page: &Browser, text: &str) {
    write(page, text);
    send(page);
    page.lacks(&dialog("Post a message"));
    sees_message(page, text);
}

/// The text of each article on the page, from top to bottom.
#[track_caller]
pub(crate) fn messages(page: &Browser) -> Vec<String> {
    let script = "return [...document.querySelectorAll('main article')].filter(article => article.checkVisibility())
        .map(article => article.innerText)";
    let texts = page.script(script, json!([]));
    texts.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// Waits until the page shows a message. Where the page only offers new messages, it clicks the offer.
#[track_caller]
pub(crate) fn sees_message(page: &Browser, text: &str) {
    page.wait(&format!("message {text:?}"), || {
        if messages(page).iter().any(|message| message.contains(text)) {
            return Ok(Some(()));
        }
        for offer in ["1 new message", "2 new messages", "3 new messages"] {
            if page.has(&button(offer)) {
                page.click(&button(offer));
            }
        }
        Ok(None)
    });
}

/// Opens the menu of the first message that contains a text.
#[track_caller]
pub(crate) fn open_menu(page: &Browser, text: &str) {
    let open =
        "const article = [...document.querySelectorAll('article')].find(one => one.innerText.includes(arguments[0]));
        article?.querySelector('.more').click();
        return Boolean(article?.querySelector(':popover-open'))";
    page.wait(&format!("menu of {text:?}"), || Ok((page.script(open, json!([text])) == true).then_some(())));
    page.find(&button("Copy link"));
}

/// Deletes the first message that contains a text.
#[track_caller]
pub(crate) fn delete(page: &Browser, text: &str) {
    open_menu(page, text);
    page.click(&button("Delete this message?"));
    page.click(&button("Delete").within(".confirm"));
    page.no_longer_reads(text);
}

/// Follows the link from a message to all messages of its author.
#[track_caller]
pub(crate) fn to_author(page: &Browser, name: &str, username: &str) {
    page.click(&link(name).within("article"));
    page.wait("address of the author", || Ok((page.path() == format!("/by/{username}")).then_some(())));
}

/// Sets a mark in the document. A reload removes it, and `assert_not_reloaded` notices that.
#[track_caller]
pub(crate) fn mark(page: &Browser) {
    page.script("window.marked = true", json!([]));
}

#[track_caller]
pub(crate) fn assert_not_reloaded(page: &Browser) {
    assert_eq!(page.script("return window.marked === true", json!([])), true, "the page was reloaded");
}
