//! Password hashing does not stall the others: it pauses at least every 10,000 rounds.

use crate::harness::actors::{self, log_in, logging_in};
use crate::harness::client::get;
use crate::harness::host::Setup;
use crate::harness::raw::Connection;

case!(OwnHost, a_login_pauses_every_10_000_rounds);
fn a_login_pauses_every_10_000_rounds() {
    let app = Setup::app().variable("pbkdf2_iterations", "220000").start();
    let alice = actors::alice(&app);
    for (password, event) in [(&*alice.password, "authn_login_success"), ("wrong horse 7", "authn_login_fail")] {
        let reply = log_in(&app, "alice", password);
        let line = app.output().event(event, reply.header("x-request-id"));
        let (rounds, pauses) = (line["hash_rounds"].as_u64().unwrap(), line["hash_pauses"].as_u64().unwrap());
        assert!((219_999..=220_001).contains(&rounds), "{line}");
        assert!((21..=1000).contains(&pauses), "{line}");
    }
}

case!(OwnHost, others_are_answered_while_a_login_is_computed);
/// Order and not time: with one thread, and a hash of some seconds, forty others are answered before it is done. Half of
/// them ask the component that computes it: none may be put behind it on its instance.
fn others_are_answered_while_a_login_is_computed() {
    let app = Setup::app()
        .variable("pbkdf2_iterations", "10000000")
        .flag("--worker-threads", "1")
        .flag("--request-timeout", "120")
        .start();
    let body = r#"{"username":"nobody","password":"as costly as for somebody"}"#;
    let head = format!("Content-Type: application/json\r\nContent-Length: {}", body.len());
    let mut login = Connection::open(&app);
    login.write(format!("POST /api/login HTTP/1.1\r\nHost: {}\r\n{head}\r\n\r\n{body}", app.authority()).as_bytes());
    for answered in 0..20 {
        for path in ["/api/messages", "/.well-known/jwks.json"] {
            assert_eq!(app.send(get(path)).status, 200);
        }
        login.read_for(std::time::Duration::from_millis(1));
        assert!(login.received().is_empty(), "the login was faster than {answered} others");
    }
    // And it is computed: the answer comes.
    assert_eq!(login.reply().unwrap().status, 401);
    let line = app.output().wait_for_events("login", 1, |line| line["event"] == "authn_login_fail").remove(0);
    assert!(line["hash_pauses"].as_u64().unwrap() >= 999, "{line}");
}

case!(OwnHost, a_weaker_hash_is_replaced_at_the_next_login);
fn a_weaker_hash_is_replaced_at_the_next_login() {
    let state = tempfile::tempdir().unwrap();
    let mut app = Setup::app().state(state.path()).start();
    let alice = actors::alice(&app);
    app.stop();
    let app = Setup::app().state(state.path()).variable("pbkdf2_iterations", "30000").start();
    let mut lines = Vec::new();
    for _ in 0..2 {
        let reply = app.send(logging_in("alice", &alice.password));
        assert_eq!(reply.status, 200, "{}", reply.text());
        lines.push(app.output().event("authn_login_success", reply.header("x-request-id")));
    }
    let rounds: Vec<_> = lines.iter().map(|line| line["hash_rounds"].as_u64().unwrap()).collect();
    assert!(rounds[1] >= 29_999 && rounds[1] < 31_000, "the new hash alone: {lines:?}");
    log_in(&app, "alice", "wrong horse 7").is_problem(401, "invalid_credentials");
}
