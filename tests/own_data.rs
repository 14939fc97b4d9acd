//! What the app has of somebody, and that they can see it, take it along and have it gone: /api/account/activity, /export and
//! /messages, and the name.

use serde_json::{Value, json};

use crate::harness::actors;
use crate::harness::app::App;
use crate::harness::client::{ask, get};

case!(AnyHost, somebody_takes_along_what_the_app_has_and_deletes_what_they_wrote);
fn somebody_takes_along_what_the_app_has_and_deletes_what_they_wrote() {
    let app = App::any();
    let (alice, mallory) = (actors::alice(&app), actors::mallory(&app));
    for n in 0..21 {
        assert_eq!(app.send(alice.posting(&format!("message {n}"))).status, 201);
    }
    let theirs = app.send(mallory.posting("not yours")).json()["message"]["id"].clone();
    let rename = ask("PATCH", "/api/account").header("content-type", "application/json");
    let renamed = app.send(rename.body(r#"{"name":"Alice the Second"}"#).bearer(&alice.token));
    assert_eq!((renamed.status, &renamed.json()["user"]["name"]), (200, &"Alice the Second".into()));
    let newest = app.send(alice.posting("by another name")).json();
    assert_eq!(newest["message"]["author"]["name"], "Alice the Second");
    let copy = app.send(get("/api/account/export").bearer(&alice.token));
    assert_eq!((copy.status, copy.header("cache-control")), (200, "no-store"), "{}", copy.said());
    let copy = copy.json();
    assert_eq!((copy["messages"].as_array().unwrap().len(), &copy["next"]), (22, &Value::Null));
    assert_eq!(copy["account"]["user"]["name"], "Alice the Second");
    let activity: Vec<_> = copy["activity"].as_array().unwrap().iter().map(|entry| entry["activity"].clone()).collect();
    assert_eq!(activity, ["name_changed", "login"]);
    let delete =
        |query: &str| app.send(ask("DELETE", &format!("/api/account/messages{query}")).bearer(&alice.token)).json();
    let first = delete("");
    assert_eq!(first["deleted"], 20, "{first}");
    let second = delete(&format!("?before={}", first["next"].as_str().unwrap()));
    assert_eq!((&second["deleted"], &second["next"]), (&2.into(), &Value::Null));
    assert_eq!(app.send(get(&format!("/api/messages?author={}", alice.username))).json()["messages"], json!([]));
    app.send(ask("DELETE", &format!("/api/messages/{}", theirs.as_str().unwrap())).bearer(&mallory.token))
        .is_empty(204);
}

case!(AnyHost, somebody_sees_who_tried_to_get_in);
fn somebody_sees_who_tried_to_get_in() {
    let app = App::any();
    let alice = actors::alice(&app);
    let agent = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0";
    app.send(actors::logging_in(&alice.username, "a wrong guess").header("user-agent", agent))
        .is_problem(401, "invalid_credentials");
    let shown = app.send(get("/api/account/activity").bearer(&alice.token)).json();
    let failed = &shown["activity"][0];
    assert_eq!(
        (&failed["activity"], &failed["client"]),
        (&"login_failed".into(), &"Firefox on Android".into()),
        "{shown}"
    );
}
