//! The answer to a request is lost on its way: nothing is done twice.

use serde_json::json;

use crate::browser::Browser;
use crate::harness::client::get;
use crate::harness::host::Setup;
use crate::locator::{button, dialog, field};
use crate::people::{self, PASSWORD, sees_message, someone};

const NO_ANSWER: &str = "Can\u{2019}t reach Latchkey.";

/// The idempotency key of a request that [`Browser::lose_answers`] has noted. It is a UUID.
#[track_caller]
fn key(page: &Browser, at: usize) -> String {
    let key = page.sent()[at]["key"].as_str().unwrap().to_owned();
    let lengths: Vec<_> = key.split('-').map(str::len).collect();
    assert_eq!(lengths, [8, 4, 4, 4, 12], "{key}");
    assert!(key.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit()), "{key}");
    assert!(key.as_bytes()[14] == b'4' && b"89ab".contains(&key.as_bytes()[19]), "{key}");
    key
}

case!(Browser, a_post_that_is_sent_again_has_the_same_key);
fn a_post_that_is_sent_again_has_the_same_key() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    page.lose_answers("POST", "/api/messages", 1);
    people::write(&page, "Once.");
    people::send(&page);
    page.reads(NO_ANSWER);
    let first = key(&page, 0);
    page.click(&button("Cancel"));
    page.reload();
    page.find(&button("Ada"));

    page.lose_answers("POST", "/api/messages", 0);
    page.click(&button("Post a message"));
    people::send(&page);
    page.lacks(&dialog("Post a message"));
    assert_eq!((key(&page, 0), &page.sent()[0]["body"]["text"]), (first.clone(), &json!("Once.")));
    page.reload();
    sees_message(&page, "Once.");
    assert_eq!(people::messages(&page).len(), 1);

    // It has its answer. The same words are another message now.
    page.lose_answers("POST", "/api/messages", 0);
    people::write(&page, "Once.");
    people::send(&page);
    page.lacks(&dialog("Post a message"));
    assert_ne!(key(&page, 0), first);
    page.wait("both", || Ok((people::messages(&page).len() == 2).then_some(())));
}

case!(Browser, what_was_posted_and_deleted_can_be_posted_again);
fn what_was_posted_and_deleted_can_be_posted_again() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    page.tolerate("422");
    page.lose_answers("POST", "/api/messages", 1);
    people::write(&page, "Once.");
    people::send(&page);
    page.reads(NO_ANSWER);
    page.click(&button("Cancel"));
    sees_message(&page, "Once.");
    people::delete(&page, "Once.");
    page.click(&button("Post a message"));
    people::send(&page);
    page.reads("You have posted this before, and deleted it. Post it again if you want it back.");
    people::send(&page);
    page.lacks(&dialog("Post a message"));
    sees_message(&page, "Once.");
    assert_eq!(people::messages(&page).len(), 1);
}

case!(Browser, another_text_has_another_key);
fn another_text_has_another_key() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    page.lose_answers("POST", "/api/messages", 2);
    people::write(&page, "Once.");
    people::send(&page);
    page.reads(NO_ANSWER);
    page.fill(&field("Your message"), "Twice.");
    people::send(&page);
    page.reads(NO_ANSWER);
    people::send(&page);
    page.lacks(&dialog("Post a message"));
    let (first, second, third) = (key(&page, 0), key(&page, 1), key(&page, 2));
    assert!(first != second && second == third, "{first} {second} {third}");
}

case!(Browser, a_post_that_is_still_under_way_is_waited_for);
fn a_post_that_is_still_under_way_is_waited_for() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    // Twice the server says that the same post is still under way, as it may when somebody presses the button again.
    page.script(
        "const real = window.fetch;
         const problem = {type: 'urn:latchkey:problem:conflict', title: 'Conflict', status: 409, detail: 'Again.', code: 'conflict'};
         let asked = 0;
         window.fetch = async (address, options) => address !== '/api/messages' || options.method !== 'POST' || ++asked > 2
             ? real(address, options)
             : new Response(JSON.stringify(problem), {status: 409, headers: {'retry-after': '1'}})",
        json!([]),
    );
    people::post(&page, "Once.");
    assert_eq!(people::messages(&page).len(), 1);
}

case!(Browser, a_sign_up_whose_answer_is_lost_ends_in_a_login);
fn a_sign_up_whose_answer_is_lost_ends_in_a_login() {
    let app = Setup::app().start();
    let page = Browser::open(&app);
    page.tolerate("409");
    page.tolerate("401");
    people::to_sign_up(&page);
    page.lose_answers("POST", "/api/signup", 1);
    people::sign_up(&page, "ada", "Ada", PASSWORD);
    page.reads(NO_ANSWER);
    page.click(&button("Create account"));
    page.find(&button("Ada"));

    // A name that somebody else took meanwhile is taken.
    people::log_out(&page, "Ada");
    people::to_sign_up(&page);
    people::account(&app, "bob", "Bob");
    page.script(
        "const real = window.fetch;
        let lost = 0;
        window.fetch = async (...request) => lost++ ? real(...request) : Promise.reject(new TypeError('Lost.'))",
        json!([]),
    );
    people::sign_up(&page, "bob", "Another Bob", "another horse 8");
    page.reads(NO_ANSWER);
    page.click(&button("Create account"));
    page.reads("That username is taken. Try another.");
    assert_eq!(app.send(get("/api/messages?author=bob")).status, 200);
}
