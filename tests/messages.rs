//! POST and GET /api/messages.

use serde_json::json;

use crate::harness::actors;
use crate::harness::client::{Client, get, post};
use crate::harness::host::{App, Setup};

case!(AnyHost, a_text_has_1_to_1000_characters_after_trimming_and_normalising);
fn a_text_has_1_to_1000_characters_after_trimming_and_normalising() {
    let app = App::any();
    let alice = actors::alice(&app);
    for (text, code) in [
        ("", "too_short"),
        (" \n\u{3000}\n ", "too_short"),
        (&*"🔑".repeat(1001), "too_long"),
        ("a\tb", "invalid_character"),
        ("a\r\nb", "invalid_character"),
        ("a\0b", "invalid_character"),
        ("a\u{1b}[2J", "invalid_character"),
        ("a\u{85}b", "invalid_character"),
    ] {
        app.send(alice.posting(text)).is_invalid(&[("text", code)]);
    }
    for (text, kept) in [
        ("A", "A"),
        (&*"🔑".repeat(1000), &*"🔑".repeat(1000)),
        ("\n two\nlines \n", "two\nlines"),
        (&*format!(" {} ", "e\u{301}".repeat(1000)), &*"\u{e9}".repeat(1000)),
        ("<script>\"&'\\u0041", "<script>\"&'\\u0041"),
        ("\u{202e}right to left\u{2028}", "\u{202e}right to left"),
        ("null", "null"),
    ] {
        assert_eq!(alice.post(&app, text)["text"], kept);
    }
    assert_eq!(count(&app, &alice.username), 7, "what was refused is not there");
}

case!(AnyHost, fields_are_missing_unknown_twice_or_of_another_type);
fn fields_are_missing_unknown_twice_or_of_another_type() {
    let app = App::any();
    let alice = actors::alice(&app);
    let cases: [(&str, &[(&str, &str)]); 8] = [
        ("{}", &[("text", "missing")]),
        (r#"{"text":null}"#, &[("text", "wrong_type")]),
        (r#"{"text":7}"#, &[("text", "wrong_type")]),
        (r#"{"text":["a"]}"#, &[("text", "wrong_type")]),
        (r#"{"text":"a","text":"a"}"#, &[("text", "duplicate")]),
        (r#"{"text":"a","author":"mallory"}"#, &[("author", "unknown_field")]),
        (r#"{"text":"a","Text":"a"}"#, &[("Text", "unknown_field")]),
        (r#"{"id":"1","text":""}"#, &[("id", "unknown_field"), ("text", "too_short")]),
    ];
    for (body, errors) in cases {
        app.send(post("/api/messages", body).bearer(&alice.token)).is_invalid(errors);
    }
    assert_eq!(count(&app, &alice.username), 0);
}

case!(AnyHost, without_a_token_nothing_is_posted);
fn without_a_token_nothing_is_posted() {
    let app = App::any();
    let reply = app.post("/api/messages", r#"{"text":"anon was here"}"#);
    reply.is_problem(401, "missing_token");
    assert_eq!(reply.header("www-authenticate"), r#"Bearer realm="latchkey""#);
    assert!(!app.get("/api/messages").text().contains("anon was here"));
}

case!(AnyHost, a_location_leads_to_the_message);
fn a_location_leads_to_the_message() {
    let app = App::any();
    let alice = actors::alice(&app);
    for text in ["first", "second", "third"] {
        let reply = app.send(alice.posting(text));
        let message = reply.json()["message"].take();
        let position: u64 = message["id"].as_str().unwrap().parse().unwrap();
        assert_eq!(reply.header("location"), format!("/api/messages?before=m{}&limit=1", position + 1));
        assert_eq!(app.get(reply.header("location")).json()["messages"], json!([message]));
    }
}

case!(AnyHost, a_list_may_be_kept_but_has_to_be_checked);
fn a_list_may_be_kept_but_has_to_be_checked() {
    let app = App::any();
    let reply = app.get("/api/messages");
    assert_eq!((reply.status, reply.header("cache-control")), (200, "no-cache"));
    let alice = actors::alice(&app);
    assert_eq!(app.send(alice.posting("Not to be kept.")).header("cache-control"), "no-store");
}

case!(OwnHost, nobody_posts_in_the_name_of_another);
fn nobody_posts_in_the_name_of_another() {
    let app = Setup::app().start();
    let (alice, mallory) = (actors::alice(&app), actors::mallory(&app));
    alice.post(&app, "I am alice.");
    let body = r#"{"text":"I am alice.","author":{"username":"alice","name":"Alice"}}"#;
    app.send(post("/api/messages", body).bearer(&mallory.token)).is_invalid(&[("author", "unknown_field")]);
    let message = mallory.post(&app, "I am alice.");
    assert_eq!(message["author"], json!({"username": "mallory", "name": "Mallory"}));
    assert_eq!((count(&app, "alice"), count(&app, "mallory")), (1, 1));
}

case!(OwnHost, reading_the_board_writes_nothing);
fn reading_the_board_writes_nothing() {
    let app = Setup::app().start();
    actors::alice(&app).post(&app, "To be read.");
    for path in ["/api/messages", "/api/messages?author=alice", "/api/messages?author=nobody"] {
        assert_eq!(app.send(get(path)).status, 200);
    }
    for line in app.output().requests(3, "GET", "/api/messages") {
        assert_eq!(line["store_writes"], 0, "{line}");
    }
}

#[track_caller]
fn count(app: &Client, author: &str) -> usize {
    app.get(&format!("/api/messages?author={author}&limit=100")).json()["messages"].as_array().unwrap().len()
}
