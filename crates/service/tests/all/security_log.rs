//! The log tells who did something: by which session, and from where.

use crate::world::{PASSWORD, World, anon, bearer};

const FROM: &str = "192.0.2.7";

#[test]
fn what_a_session_does_is_logged_with_the_session_and_the_address() {
    let world = World::new();
    world.sign_up("alice");
    let (token, refresh) = world.begin("alice");
    let id = world.sessions(&token)[0]["id"].clone();
    let done = world.whole_log().lines().count();
    let password = |new: &str| format!(r#"{{"current_password":"{PASSWORD}","new_password":"{new}"}}"#);
    for (method, path, body, status) in [
        ("POST", "/api/messages", r#"{"text":"hello"}"#.to_owned(), 201),
        ("DELETE", "/api/messages/1", String::new(), 204),
        ("POST", "/api/account/password", password("a quite different secret"), 204),
        ("POST", "/api/account/password", password("a third good secret"), 422),
        ("POST", "/api/session/refresh", format!(r#"{{"refresh_token":"{refresh}"}}"#), 200),
        ("POST", "/api/logout", String::new(), 204),
    ] {
        let mut request = bearer(&token, method, path, &body);
        request.headers_mut().insert("spin-client-addr", FROM.parse().unwrap());
        let answer = world.send(request);
        assert_eq!(answer.status(), status, "{method} {path}: {}", answer.said());
    }
    let log = world.whole_log();
    let lines: Vec<serde_json::Value> =
        log.lines().skip(done).map(|line| serde_json::from_str(line).unwrap()).collect();
    let events: Vec<_> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
    assert_eq!(
        events,
        [
            "message_created",
            "message_deleted",
            "authn_password_change",
            "authn_login_fail",
            "session_refreshed",
            "session_ended"
        ]
    );
    for line in &lines {
        assert_eq!((&line["session"], &line["client_address"]), (&id, &FROM.into()), "{line}");
    }
}

#[test]
fn a_login_is_logged_with_the_session_that_it_begins_and_a_refusal_with_the_address() {
    let world = World::new();
    world.sign_up("alice");
    let mut login = anon(
        "POST",
        "/api/login",
        &format!(r#"{{"username":"alice","password":"{PASSWORD}","refresh_token_in":"body"}}"#),
    );
    login.headers_mut().insert("spin-client-addr", FROM.parse().unwrap());
    let (token, _) = world.send(login).tokens();
    let line = &world.events("authn_login_success")[0];
    assert_eq!((&line["session"], &line["client_address"]), (&world.sessions(&token)[0]["id"], &FROM.into()));
    let mut forged = bearer("forged", "GET", "/api/account", "");
    forged.headers_mut().insert("spin-client-addr", FROM.parse().unwrap());
    assert_eq!(world.send(forged).status(), 401);
    let line = &world.events("authz_fail")[0];
    assert_eq!((&line["client_address"], &line["session"]), (&FROM.into(), &serde_json::Value::Null));
}
