//! ETag and If-None-Match of GET /api/messages (RFC 9110, sections 8.8.3 and 13.1.2).

use crate::harness::actors;
use crate::harness::client::{Client, ask, get};
use crate::harness::host::{App, Setup};
use crate::harness::reply::Reply;

#[track_caller]
fn with_tags(app: &Client, tags: &str) -> Reply {
    app.send(get("/api/messages").header("if-none-match", tags))
}

case!(AnyHost, a_tag_is_strong_and_on_head_the_same);
fn a_tag_is_strong_and_on_head_the_same() {
    let app = App::any();
    let alice = actors::alice(&app);
    alice.post(&app, "To be tagged.");
    let path = format!("/api/messages?author={}", alice.username);
    let reply = app.get(&path);
    let tag = reply.header("etag");
    assert!(tag.len() > 8 && tag.starts_with('"') && tag.ends_with('"'), "{tag}");
    assert_eq!(app.get(&path).header("etag"), tag);
    let head = app.send(ask("HEAD", &path));
    assert_eq!((head.header("etag"), head.header("content-length")), (tag, reply.header("content-length")));
    head.is_empty(200);
}

case!(OwnHost, what_the_client_has_is_not_sent_again);
fn what_the_client_has_is_not_sent_again() {
    let app = Setup::app().start();
    actors::alice(&app).post(&app, "To be kept.");
    let tag = app.get("/api/messages").header("etag").to_owned();
    for tags in [
        tag.clone(),
        format!("W/{tag}"),
        format!("\"other\", {tag}"),
        format!("\"other\",W/\"more\" ,W/{tag}"),
        format!("\"a, comma\", {tag}"),
        "*".to_owned(),
    ] {
        for method in ["GET", "HEAD"] {
            let reply = app.send(ask(method, "/api/messages").header("if-none-match", &tags));
            reply.is_empty(304);
            assert_eq!((reply.header("etag"), reply.header("cache-control")), (&*tag, "no-cache"), "{tags}");
            assert_eq!(reply.optional("content-type"), None);
        }
    }
    for tags in ["\"other\"", "", "other", tag.trim_matches('"'), "\"*\"", "W/\"other\", \"another\""] {
        assert_eq!(with_tags(&app, tags).status, 200, "{tags}");
    }
}

case!(OwnHost, a_new_message_makes_a_new_tag);
fn a_new_message_makes_a_new_tag() {
    let app = Setup::app().start();
    let alice = actors::alice(&app);
    let mut tags = vec![app.get("/api/messages").header("etag").to_owned()];
    for text in ["same text", "same text", "other text"] {
        alice.post(&app, text);
        let reply = with_tags(&app, &tags.join(", "));
        assert_eq!(reply.status, 200);
        tags.push(reply.header("etag").to_owned());
    }
    assert_eq!(with_tags(&app, tags.last().unwrap()).status, 304);
    assert_ne!(app.get("/api/messages?limit=1").header("etag"), tags.last().unwrap());
}

case!(OwnHost, only_reading_is_conditional);
fn only_reading_is_conditional() {
    let app = Setup::app().start();
    let alice = actors::alice(&app);
    let tag = app.get("/api/messages").header("etag").to_owned();
    for tags in [&*tag, "*"] {
        assert_eq!(app.send(alice.posting("On no condition.").header("if-none-match", tags)).status, 201);
    }
    app.send(get("/api/messages?limit=0").header("if-none-match", "*")).is_problem(400, "invalid_request");
    let reply = app.send(get("/api/authorizer").bearer(&alice.token).header("if-none-match", "*"));
    assert_eq!((reply.status, reply.optional("etag")), (200, None));
}
