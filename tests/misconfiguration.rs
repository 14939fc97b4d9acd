//! Variables with unusable values: the app reports a clear problem that names the variable, but never its value.

use crate::harness::actors;
use crate::harness::client::{Ask, get, post};
use crate::harness::host::Setup;

/// A text that occurs in every bad value, and nowhere else.
const MARK: &str = "zq9x";

fn reading() -> Ask {
    get("/api/messages")
}

fn signing_up() -> Ask {
    actors::signing_up("alice", "correct horse 7", "Alice")
}

fn logging_in() -> Ask {
    actors::logging_in("alice", "correct horse 7")
}

fn key_set() -> Ask {
    get("/.well-known/jwks.json")
}

fn authorizing() -> Ask {
    get("/api/authorizer").bearer("eyJhbGciOiJFUzI1NiJ9.e30.AAAA")
}

fn posting() -> Ask {
    post("/api/messages", r#"{"text":"a"}"#).bearer("eyJhbGciOiJFUzI1NiJ9.e30.AAAA")
}

case!(OwnHost, a_bad_value_is_told_by_the_name_of_its_variable);
/// One variable of each component, and one that is secret. All variables are tested in `service/tests/all/settings.rs`.
fn a_bad_value_is_told_by_the_name_of_its_variable() {
    let key = format!("-----BEGIN PRIVATE KEY-----\n{MARK}\n-----END PRIVATE KEY-----\n");
    type Asks = Vec<fn() -> Ask>;
    let cases: Vec<(&str, &str, Asks)> = vec![
        ("stage", "zq9x/with a slash", vec![posting, authorizing]),
        ("cors_allowed_origins", "zq9x", vec![reading, signing_up, logging_in, key_set, authorizing]),
        ("signing_key", &key, vec![logging_in, key_set]),
        ("pbkdf2_iterations", "zq9x", vec![signing_up, logging_in]),
    ];
    for (variable, value, asks) in cases {
        let mut app = Setup::app().variable(variable, value).start();
        // The login needs an account, where the bad variable still allows a sign-up.
        app.send(signing_up());
        for ask in asks {
            let ask = ask();
            let what = format!("{variable}={value:.20}: {} {}", ask.method(), ask.path());
            let reply = app.send(ask);
            assert_eq!(reply.status, 500, "{what}: {}", reply.said());
            let problem = reply.is_problem(500, "misconfigured");
            assert!(problem["detail"].as_str().unwrap().contains(variable), "{what}: {problem}");
            assert!(!reply.text().contains(MARK), "{what}: {problem}");
            let line = app.output().event("misconfigured", reply.header("x-request-id"));
            assert!(line.to_string().contains(variable), "{what}: {line}");
        }
        app.stop();
        assert!(!app.output().stderr().contains(MARK), "{variable}: its value is in the log");
    }
}

case!(OwnHost, a_good_value_from_the_environment_counts);
fn a_good_value_from_the_environment_counts() {
    let app = Setup::app()
        .environment("SPIN_VARIABLE_TOKEN_LIFETIME_SECONDS", "77")
        .environment("SPIN_VARIABLE_CORS_ALLOWED_ORIGINS", "https://app.example")
        .start();
    let alice = actors::alice(&app);
    let reply = app.send(actors::logging_in("alice", &alice.password).header("origin", "https://app.example"));
    assert_eq!(reply.json()["expires_in"], 77);
    assert_eq!(reply.header("access-control-allow-origin"), "https://app.example");
}

case!(OwnHost, a_store_that_is_not_granted_answers_nothing);
fn a_store_that_is_not_granted_answers_nothing() {
    let app = Setup::app().variable("store", "not-granted").start();
    for ask in [reading(), signing_up(), logging_in(), key_set()] {
        let reply = app.send(ask);
        reply.is_problem(500, "misconfigured");
        let line = app.output().event("misconfigured", reply.header("x-request-id"));
        assert!(line.to_string().contains("\"store\"") && !line.to_string().contains("not-granted"), "{line}");
    }
}
