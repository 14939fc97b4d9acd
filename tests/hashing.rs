//! Password hashing does not block other requests.

use crate::harness::client::get;
use crate::harness::host::Setup;
use crate::harness::raw::Connection;

case!(OwnHost, others_are_answered_while_a_login_is_computed);
/// The test checks order, not time. The host has one thread, and the hash takes seconds; forty other requests are answered
/// before the hash is done. Half of them go to the component that computes the hash: none of them may wait for the instance
/// that computes it.
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
            assert_eq!(app.send(get(path)).status, 200, "{path}");
        }
        login.read_for(std::time::Duration::from_millis(1));
        assert!(login.received().is_empty(), "the login was faster than {answered} others");
    }
    // The login itself is answered, too.
    assert_eq!(login.reply().unwrap().status, 401);
    let line = app.output().wait_for_events("login", 1, |line| line["event"] == "authn_login_fail").remove(0);
    assert!(line["hash_pauses"].as_u64().unwrap() >= 999, "{line}");
}
