//! Variables with values that can't be used: a clear problem that names the variable, never its value.

use crate::harness::actors;
use crate::harness::client::{Ask, ask, get, post};
use crate::harness::host::Setup;

/// Occurs in every bad value, and nowhere else.
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

case!(OwnHost, every_bad_value_is_told_by_the_name_of_its_variable);
fn every_bad_value_is_told_by_the_name_of_its_variable() {
    let long = format!("{MARK}{}", "a".repeat(10_000));
    let key = format!("-----BEGIN PRIVATE KEY-----\n{MARK}\n-----END PRIVATE KEY-----\n");
    type Asks = Vec<fn() -> Ask>;
    let cases: Vec<(&str, &str, Asks)> = vec![
        ("stage", "zq9x/with a slash", vec![posting, authorizing]),
        ("cors_allowed_origins", "zq9x", vec![reading, signing_up, logging_in, key_set, authorizing]),
        ("cors_allowed_origins", "https://a.example/zq9x", vec![reading]),
        ("cors_allowed_origins", "https://a.example,zq9x", vec![reading]),
        ("login_free_failures", "zq9x", vec![logging_in]),
        ("login_address_free_failures", "zq9x", vec![logging_in]),
        ("login_max_delay_seconds", "zq9x", vec![logging_in]),
        ("client_address_header", "zq9x of a proxy", vec![logging_in, signing_up]),
        ("signups_per_hour", "zq9x", vec![signing_up]),
        ("token_lifetime_seconds", "zq9x", vec![logging_in]),
        ("token_lifetime_seconds", "-1", vec![logging_in]),
        ("token_lifetime_seconds", "0", vec![logging_in]),
        ("token_issuer", &long, vec![logging_in, authorizing]),
        ("token_audience", &long, vec![logging_in, authorizing]),
        ("signing_key", "zq9x", vec![logging_in, key_set]),
        ("signing_key", &key, vec![logging_in, key_set]),
        ("signing_key", &long, vec![logging_in, key_set]),
        ("signing_key_lifetime_seconds", "zq9x", vec![logging_in, key_set]),
        ("signing_key_lifetime_seconds", "31536001", vec![logging_in, key_set]),
        ("pbkdf2_iterations", "zq9x", vec![signing_up, logging_in]),
        ("pbkdf2_iterations", "0", vec![signing_up, logging_in]),
        ("pbkdf2_iterations", "10000001", vec![signing_up, logging_in]),
        ("pbkdf2_iterations", "1e6", vec![signing_up, logging_in]),
        ("store", "zq9x with spaces", vec![reading, signing_up, logging_in]),
    ];
    for (variable, value, asks) in cases {
        let mut app = Setup::app().variable(variable, value).start();
        // An account to log in to, where that variable lets one be made.
        app.send(signing_up());
        for ask in asks {
            let ask = ask();
            let what = format!("{variable}={value:.20}: {} {}", ask.method(), ask.path());
            let reply = app.send(ask);
            assert_eq!(reply.status, 500, "{what}: {}", reply.text());
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

case!(OwnHost, few_iterations_are_for_tests_only);
fn few_iterations_are_for_tests_only() {
    for stage in ["dev", "live", "tests", "Test"] {
        let app = Setup::app().variable("stage", stage).variable("pbkdf2_iterations", "219999").start();
        for ask in [signing_up(), logging_in()] {
            let reply = app.send(ask);
            let problem = reply.is_problem(500, "misconfigured");
            assert!(problem["detail"].as_str().unwrap().contains("pbkdf2_iterations"), "{problem}");
            let line = app.output().event("misconfigured", reply.header("x-request-id"));
            assert!(line.to_string().contains("pbkdf2_iterations") && !line.to_string().contains("219999"), "{line}");
        }
        assert_eq!(app.send(reading()).status, 200, "reading does not depend on it");
        assert_eq!(app.send(ask("OPTIONS", "/api/login")).status, 204);
    }
    let app = Setup::app().variable("stage", "live").variable("pbkdf2_iterations", "220000").start();
    assert_eq!(app.send(signing_up()).status, 201);
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
