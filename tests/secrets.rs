//! Searches the log of a whole story for everything that must never be in a log.

use crate::harness::actors::{self, log_in};
use crate::harness::client::{get, post};
use crate::harness::forge::Forge;
use crate::harness::host::{Host, Setup};
use crate::harness::store;

/// Sends good and bad requests of every kind, and returns the secrets in them.
fn story(app: &Host) -> Vec<String> {
    let (alice, mallory) = (actors::alice(app), actors::mallory(app));
    alice.post(app, "Between you and me.");
    log_in(app, "alice", "a password of alice that is wrong");
    log_in(app, "nobody", "a password of nobody");
    log_in(app, "a password in the wrong field", "x");
    app.post("/api/signup", r#"{"username":"carol","password":"short-1","name":""}"#);
    app.post("/api/signup", r#"{"username":"carol","password":"never ends"#);
    app.post("/api/login", r#"{"password of an unknown field":"and its value"}"#);
    app.send(post("/api/messages", r#"{"text":"refused text"}"#).bearer("a.bad.token"));
    app.send(mallory.posting("control\u{7}character"));
    app.send(get("/api/authorizer").header("authorization", "Basic c2VjcmV0OnNlY3JldA=="));
    app.send(get("/api/authorizer?methodArn=arn").bearer(&alice.token));
    app.send(get("/api/messages?secret=in-the-query"));
    app.send(get("/api/messages").header("cookie", "session=secret-cookie"));
    let mut secrets: Vec<String> = [
        "Between you and me.",
        "a password of alice",
        "a password of nobody",
        "a password in the wrong field",
        "short-1",
        "never ends",
        "and its value",
        "refused text",
        "a.bad.token",
        "control",
        "c2VjcmV0OnNlY3JldA",
        "secret-cookie",
        "PRIVATE KEY",
    ]
    .map(str::to_owned)
    .to_vec();
    for actor in [alice, mallory] {
        secrets.extend(actor.token.split('.').map(str::to_owned));
        secrets.push(actor.password);
    }
    secrets
}

#[track_caller]
fn are_not_in_the_log(app: &mut Host, secrets: &[String]) {
    app.stop();
    let log = app.output().text();
    let events = app.output().events();
    for component in ["signup", "login", "messages"] {
        assert!(events.iter().any(|line| line["component"] == component), "there is a log of {component}: {log}");
    }
    for secret in secrets {
        assert!(!log.contains(secret.as_str()), "{secret:?} is in the log");
    }
}

case!(OwnHost, no_secret_is_in_the_log);
fn no_secret_is_in_the_log() {
    let pem = Forge::seeded(7).private_pem();
    let mut app = Setup::app().variable("signing_key", &pem).start();
    let mut secrets = story(&app);
    secrets.extend(pem.lines().filter(|line| !line.starts_with('-')).map(str::to_owned));
    are_not_in_the_log(&mut app, &secrets);
}

case!(OwnHost, a_key_made_by_the_app_is_not_in_the_log);
fn a_key_made_by_the_app_is_not_in_the_log() {
    let state = tempfile::tempdir().unwrap();
    let mut app = Setup::app().state(state.path()).start();
    let mut secrets = story(&app);
    // Every stored record with a private key. Its pieces contain no line break, so they are found however a log escapes line
    // breaks.
    let rows = store::rows(state.path());
    let keys = rows.into_iter().map(|(_, value)| String::from_utf8_lossy(&value).into_owned());
    let keys: Vec<_> = keys.filter(|value| value.contains("PRIVATE KEY") || value.contains("pbkdf2")).collect();
    assert!(!keys.is_empty(), "a key and hashes are stored");
    for text in keys {
        let word = |c: char| !(c.is_ascii_alphanumeric() || c == '+' || c == '/');
        secrets
            .extend(text.split("\\n").flat_map(|line| line.split(word)).filter(|w| w.len() >= 40).map(str::to_owned));
    }
    are_not_in_the_log(&mut app, &secrets);
}

case!(OwnHost, an_event_is_told_by_the_words_of_owasp);
fn an_event_is_told_by_the_words_of_owasp() {
    let app = Setup::app().start();
    let alice = actors::alice(&app);
    for (event, reply) in [
        ("user_created", actors::sign_up(&app, "carol", "a good one 4U", "Carol")),
        ("authn_login_success", log_in(&app, "alice", &alice.password)),
        ("authn_login_fail", log_in(&app, "alice", "wrong horse 7")),
        ("message_created", app.send(alice.posting("a"))),
        ("authz_fail", app.send(post("/api/messages", r#"{"text":"a"}"#).bearer("bad"))),
    ] {
        let line = app.output().event(event, reply.header("x-request-id"));
        for member in ["time", "level", "component", "event", "request_id"] {
            assert!(line[member].as_str().is_some_and(|text| !text.is_empty()), "{member} of {line}");
        }
        let component = match event {
            "user_created" => "signup",
            "message_created" | "authz_fail" => "messages",
            _ => "login",
        };
        assert_eq!(line["component"], component, "{line}");
    }
}
