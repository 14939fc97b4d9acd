//! POST /api/login.

use serde_json::json;

use crate::harness::actors::{self, log_in};
use crate::harness::host::{App, Setup};

case!(AnyHost, a_good_login_is_answered_with_a_bearer_token);
fn a_good_login_is_answered_with_a_bearer_token() {
    let app = App::any();
    let alice = actors::alice(&app);
    for spelling in [alice.username.clone(), alice.username.to_uppercase()] {
        let reply = log_in(&app, &spelling, &alice.password);
        assert_eq!(reply.header("cache-control"), "no-store");
        assert_eq!(reply.header("content-type"), "application/json");
        let mut body = reply.json();
        assert!(body["token"].take().as_str().is_some_and(|token| token.starts_with("eyJ")));
        let user = json!({"username": alice.username, "name": "Alice"});
        let expected = json!({
            "token": null, "token_type": "Bearer", "expires_in": 900, "user": user, "refresh_expires_in": 604_800,
        });
        assert_eq!(body, expected);
    }
}

case!(AnyHost, every_token_is_another);
fn every_token_is_another() {
    let app = App::any();
    let alice = actors::alice(&app);
    let again = log_in(&app, &alice.username, &alice.password).json()["token"].take();
    assert_ne!(again, alice.token);
}

case!(AnyHost, whatever_is_wrong_the_answer_is_the_same);
fn whatever_is_wrong_the_answer_is_the_same() {
    let app = App::any();
    let alice = actors::alice(&app);
    let long = "a".repeat(10_000);
    let mut bodies = Vec::new();
    for (username, password) in [
        (&*alice.username, "wrong horse 7"),
        (&*alice.username, ""),
        (&*alice.username, "Correct horse 7"),
        (&*alice.username, "correct horse 7 "),
        (&*alice.username, &long),
        ("nobody-has-this-name", &*alice.password),
        ("", &*alice.password),
        ("a", &*alice.password),
        ("no such\nname", &*alice.password),
        ("ALICE' OR 1=1 --", &*alice.password),
        (&long, &*alice.password),
    ] {
        let reply = log_in(&app, username, password);
        reply.is_problem(401, "invalid_credentials");
        bodies.push(reply.text());
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    assert!(!bodies[0].contains("alice"));
}

case!(AnyHost, fields_are_missing_unknown_twice_or_of_another_type);
fn fields_are_missing_unknown_twice_or_of_another_type() {
    let app = App::any();
    let cases: [(&str, &[(&str, &str)]); 7] = [
        ("{}", &[("username", "missing"), ("password", "missing")]),
        (r#"{"username":"alice"}"#, &[("password", "missing")]),
        (r#"{"password":"correct horse 7"}"#, &[("username", "missing")]),
        (r#"{"username":"alice","password":"x","name":"Alice"}"#, &[("name", "unknown_field")]),
        (r#"{"username":"alice","password":"x","password":"y"}"#, &[("password", "duplicate")]),
        (r#"{"username":null,"password":"x"}"#, &[("username", "wrong_type")]),
        (r#"{"username":["alice"],"password":7}"#, &[("username", "wrong_type"), ("password", "wrong_type")]),
    ];
    for (body, errors) in cases {
        app.post("/api/login", body).is_invalid(errors);
    }
}

case!(OwnHost, the_lifetime_is_a_variable);
fn the_lifetime_is_a_variable() {
    let app = Setup::app().variable("token_lifetime_seconds", "60").start();
    let alice = actors::alice(&app);
    let reply = log_in(&app, &alice.username, &alice.password);
    assert_eq!(reply.json()["expires_in"], 60);
    let claims = crate::harness::forge::part(&alice.token, 1);
    assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 60);
}
