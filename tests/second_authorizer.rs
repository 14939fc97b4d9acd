//! Another authorizer replaces ours. It is written from `wit/authorizer.wit` alone, and the app works with it and follows
//! its rule.

use std::fmt::Write;

use serde_json::json;

use crate::harness::Wasi;
use crate::harness::actors;
use crate::harness::client::{ask, get, post};
use crate::harness::host::{Host, Setup};

/// Starts the app from its manifest, with guarded components that are composed with the other authorizer.
fn start() -> Host {
    let manifest: toml::Table = std::fs::read_to_string(Wasi::tested().manifest()).unwrap().parse().unwrap();
    let [components, _] = Wasi::tested().components();
    let folder = tempfile::tempdir().unwrap();
    let mut manifest = manifest;
    let named = manifest["component"].as_table_mut().unwrap();
    for (name, component) in named.iter_mut() {
        let other = components.join("second-authorizer").join(format!("{name}.wasm"));
        let source = if other.exists() { other } else { components.join(format!("{name}.wasm")) };
        component["source"] = toml::Value::String(source.display().to_string());
    }
    let file = folder.path().join("spin.toml");
    std::fs::write(&file, manifest.to_string()).unwrap();
    Setup::manifest(&file).variable("stage", "test").variable("pbkdf2_iterations", "1000").start()
}

case!(OwnHost, the_app_works_with_another_authorizer);
fn the_app_works_with_another_authorizer() {
    let app = start();
    let alice = actors::alice(&app);
    let as_writer = format!("writer-{}", alice.username);
    let as_reader = format!("reader-{}", alice.username);
    let text = json!({"text": "by another rule"}).to_string();
    let posting = || post("/api/messages", &text);

    let reply = app.send(posting().bearer(&as_writer));
    assert_eq!(reply.status, 201, "a writer posts: {}", reply.text());
    let message = reply.json()["message"].clone();
    assert_eq!(message["author"]["username"], alice.username);
    assert_eq!(message["author"]["name"], alice.username.to_uppercase(), "the name is the principal's");
    let address = format!("/api/messages/{}", message["id"].as_str().unwrap());

    let mut wrong = String::new();
    for (what, asked, status, code) in [
        ("a reader shows its account", get("/api/account").bearer(&as_reader), 200, ""),
        ("a reader posts", posting().bearer(&as_reader), 403, "insufficient_scope"),
        ("a writer deletes, which is denied", ask("DELETE", &address).bearer(&as_writer), 403, "insufficient_scope"),
        ("a token of the first authorizer", posting().bearer(&alice.token), 401, "invalid_token"),
        ("no token", posting(), 401, "missing_token"),
        ("a principal who is none", posting().bearer("writer-No Body"), 500, "internal"),
        ("anybody reads the board", get("/api/messages"), 200, ""),
    ] {
        let reply = app.send(asked);
        let came = if reply.status == 200 { String::new() } else { reply.json()["code"].as_str().unwrap().to_owned() };
        if (reply.status, &*came) != (status, code) {
            writeln!(wrong, "{what}: {} {came}", reply.status).unwrap();
        }
    }
    assert_eq!(wrong, "");
}
