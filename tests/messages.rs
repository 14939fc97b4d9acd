//! POST and GET /api/messages.

use serde_json::json;

use crate::harness::actors;
use crate::harness::app::App;
use crate::harness::board::all;
use crate::harness::client::{ask, get, post};

case!(AnyHost, a_message_is_posted_and_read_page_by_page);
fn a_message_is_posted_and_read_page_by_page() {
    let app = App::any();
    let alice = actors::alice(&app);
    for text in ["first", "second", "third"] {
        let reply = app.send(alice.posting(text));
        assert_eq!((reply.status, reply.header("cache-control")), (201, "no-store"), "{}", reply.said());
        let message = reply.json()["message"].take();
        let author = json!({"username": alice.username, "name": "Alice"});
        assert_eq!((&message["author"], &message["text"]), (&author, &json!(text)), "{}", reply.said());
        let there = app.get(reply.header("location"));
        assert_eq!(there.json()["message"], message, "{}", there.said());
    }
    assert_eq!(all(&app, 2, &format!("&author={}", alice.username)), ["third", "second", "first"]);
    app.get("/api/messages?limit=0").has_errors(400, "invalid_request", &[("limit", "invalid")]);
}

case!(AnyHost, one_message_is_read_by_itself_until_it_is_deleted);
fn one_message_is_read_by_itself_until_it_is_deleted() {
    let app = App::any();
    let alice = actors::alice(&app);
    let message = alice.post(&app, "To be quoted.");
    let path = format!("/api/messages/{}", message["id"].as_str().unwrap());
    let reply = app.get(&path);
    assert_eq!((reply.status, reply.header("cache-control")), (200, "no-cache"), "{}", reply.said());
    assert_eq!(reply.json(), json!({"message": message}));
    app.send(get(&path).header("if-none-match", reply.header("etag"))).is_empty(304);
    app.send(ask("HEAD", &path)).is_empty(200);
    app.send(ask("DELETE", &path).bearer(&alice.token)).is_empty(204);
    app.get(&path).is_problem(404, "not_found");
    app.get("/api/messages/first").is_problem(404, "not_found");
}

case!(AnyHost, what_is_no_message_or_comes_without_a_token_is_not_posted);
fn what_is_no_message_or_comes_without_a_token_is_not_posted() {
    let app = App::any();
    let alice = actors::alice(&app);
    let reply = app.post("/api/messages", r#"{"text":"anon was here"}"#);
    reply.is_problem(401, "missing_token");
    assert_eq!(reply.header("www-authenticate"), r#"Bearer realm="latchkey""#);
    app.send(post("/api/messages", "{}").bearer(&alice.token)).is_invalid(&[("text", "missing")]);
    assert!(!app.get("/api/messages").text().contains("anon was here"));
    app.get(&format!("/api/messages?author={}", alice.username)).is(200, r#"{"messages":[],"next":null}"#);
}

case!(AnyHost, what_the_client_has_is_not_sent_again);
fn what_the_client_has_is_not_sent_again() {
    let app = App::any();
    let alice = actors::alice(&app);
    alice.post(&app, "To be kept.");
    let path = format!("/api/messages?author={}", alice.username);
    let reply = app.get(&path);
    let (tag, length) = (reply.header("etag"), reply.header("content-length"));
    let head = app.send(ask("HEAD", &path));
    head.is_empty(200);
    assert_eq!((head.header("etag"), head.header("content-length")), (tag, length));
    for method in ["GET", "HEAD"] {
        let again = app.send(ask(method, &path).header("if-none-match", tag));
        again.is_empty(304);
        assert_eq!((again.header("etag"), again.header("cache-control")), (tag, "no-cache"), "{method}");
        assert_eq!(again.optional("content-type"), None, "{method}");
    }
    alice.post(&app, "News.");
    assert_eq!(app.send(get(&path).header("if-none-match", tag)).status, 200);
}
