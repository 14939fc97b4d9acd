//! The whole story of a user, with literal bodies.

use serde_json::json;

use crate::harness::actors::{self, Actor};
use crate::harness::client::{get, post};
use crate::harness::host::Setup;

case!(OwnHost, every_body_is_literally_this);
fn every_body_is_literally_this() {
    let app = Setup::app().start();
    app.get("/api/messages").is(200, r#"{"messages":[],"next":null}"#);

    let alice = r#"{"username":"Alice","password":"correct horse 7","name":" Alice Liddell "}"#;
    let reply = app.post("/api/signup", alice);
    reply.is(201, r#"{"user":{"username":"alice","name":"Alice Liddell"}}"#);
    app.post("/api/signup", alice).is_problem(409, "username_taken");
    app.post("/api/login", r#"{"username":"alice","password":"wrong horse 7"}"#).is_problem(401, "invalid_credentials");

    let reply = app.post("/api/login", r#"{"username":"alice","password":"correct horse 7"}"#);
    let mut body = reply.json();
    let token = body["token"].take().as_str().unwrap().to_owned();
    let expected = json!({
        "token": null, "token_type": "Bearer", "expires_in": 900,
        "user": {"username": "alice", "name": "Alice Liddell"}, "role": "member", "refresh_expires_in": 604_800,
    });
    assert_eq!((reply.status, body), (200, expected));
    assert_eq!(reply.headers.iter().filter(|(name, _)| name == "set-cookie").count(), 1);
    assert_eq!(token.split('.').count(), 3);

    let reply = app.send(post("/api/messages", "{\"text\":\" Curiouser\\nand curiouser! \"}").bearer(&token));
    let moment = reply.json()["message"]["created_at"].as_str().unwrap().to_owned();
    assert_moment(&moment);
    let author = r#"{"username":"alice","name":"Alice Liddell"}"#;
    let message = r#"{"id":"1","author":AUTHOR,"text":"Curiouser\nand curiouser!","created_at":"MOMENT"}"#;
    let message = message.replace("AUTHOR", author).replace("MOMENT", &moment);
    reply.is(201, &format!(r#"{{"message":{message}}}"#));
    assert_eq!(reply.header("location"), "/api/messages/1");
    app.get("/api/messages/1").is(200, &format!(r#"{{"message":{message}}}"#));
    let list = format!(r#"{{"messages":[{message}],"next":null}}"#);
    app.get("/api/messages").is(200, &list);
    app.get("/api/messages?before=m2&limit=1").is(200, &list);
    app.get("/api/messages?author=alice&before=a2").is(200, &list);
    let reply = app.get("/api/messages?author=alice");
    let since = reply.json()["author"]["member_since"].as_str().unwrap().to_owned();
    assert_moment(&since);
    let author = format!(r#"{{"username":"alice","name":"Alice Liddell","member_since":"{since}"}}"#);
    let by_alice = format!(r#"{{"messages":[{message}],"next":null,"author":{author}}}"#);
    reply.is(200, &by_alice);

    let reply = app.send(get("/api/authorizer").bearer(&token));
    assert_eq!(
        (&reply.json()["principalId"], &reply.json()["context"]),
        (&json!("alice"), &json!({"name": "Alice Liddell", "session": crate::harness::forge::part(&token, 1)["sid"]}))
    );

    let mallory: Actor = actors::mallory(&app);
    let reply = app.send(mallory.posting("</p><script>alert('mine')</script>"));
    assert_eq!(reply.header("location"), "/api/messages/2");
    let second = reply.json()["message"].take();
    assert_eq!(second["id"], "2");
    assert_eq!(second["author"], json!({"username": "mallory", "name": "Mallory"}));
    assert_eq!(second["text"], "</p><script>alert('mine')</script>");
    app.get("/api/messages").is(200, &format!(r#"{{"messages":[{second},{message}],"next":null}}"#));
    app.get("/api/messages?limit=1").is(200, &format!(r#"{{"messages":[{second}],"next":"m2"}}"#));
    app.get("/api/messages?limit=1&before=m2").is(200, &list);
    app.get("/api/messages?author=alice").is(200, &by_alice);
    app.get("/api/messages?author=nobody").is(200, r#"{"messages":[],"next":null}"#);
}

/// Expects RFC 3339 in UTC with milliseconds, for example `2026-11-22T14:03:00.123Z`.
#[track_caller]
fn assert_moment(moment: &str) {
    let shape: String = moment.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    assert_eq!(shape, "0000-00-00T00:00:00.000Z", "{moment}");
    assert!(moment > "2026", "{moment}");
}
