use domain::{AppSecret, Purpose, Timestamp};

use super::*;
use crate::world::anon;

/// A ticket as a reset link has it.
fn reset_ticket(world: &World, text: &str, seconds: u64) -> String {
    let stored: Value = serde_json::from_slice(&world.data.get("latchkey:places").unwrap()).unwrap();
    let secret = AppSecret::from_hex(stored["secret"].as_str().unwrap()).unwrap();
    secret.seal(Purpose::Reset, text, Timestamp::from_millis(world.data.now_millis() + seconds * 1000))
}

fn reset(world: &World, username: &str, ticket: &str, password: &str) -> Answer {
    let body = json!({"username": username, "ticket": ticket, "new_password": password});
    world.post("/api/recovery", &body.to_string())
}

fn log_in_with(world: &World, password: &str) -> Answer {
    world.post("/api/login", &json!({"username": "alice", "password": password}).to_string())
}

#[test]
fn a_recovery_code_sets_a_password_and_ends_all_sessions() {
    let world = World::new();
    world.use_limits();
    let token = world.join("alice");
    let (_, refresh) = world.begin("alice");
    let codes = make_codes(&world, &token);
    let devices = record(&world, "alice")["devices"].clone();
    world.advance_millis(1000);
    let answer = recover(&world, "@Alice", &codes[2], NEW);
    assert_eq!((answer.status(), answer.text(), answer.header("set-cookie")), (204, "", None), "{}", answer.said());
    assert_eq!((world.accepts(&token), world.refresh(&refresh).status()), (401, 401));
    assert_eq!(log_in_with(&world, PASSWORD).status(), 401);
    assert_ne!(record(&world, "alice")["devices"], devices, "no browser is known any more");
    let event = &world.events("authn_password_change")[0];
    assert_eq!((&event["username"], &event["by"]), (&json!("alice"), &json!("recovery_code")));

    let told = log_in_with(&world, NEW).json();
    assert_eq!(told["password_was_reset_at"], "2027-01-15T08:00:01.000Z");
    let token = told["token"].as_str().unwrap();
    assert_eq!(shown(&world, token), (false, 9));
    assert!(log_in_with(&world, NEW).json().get("password_was_reset_at").is_none(), "once");
    recover(&world, "alice", &codes[2], PASSWORD).is_refused(401, "invalid_code", &[]);
    for secret in [NEW, &codes[2], &codes[2].replace('-', "")] {
        assert!(!world.whole_log().contains(secret));
    }
}

#[test]
fn the_second_factor_stays() {
    let world = World::new();
    let token = world.join("alice");
    let (key, codes) = enrol_with_codes(&world, &token);
    assert_eq!(recover(&world, "alice", &codes[0], NEW).status(), 204);
    let login = log_in_with(&world, NEW);
    assert_eq!(login.status(), 202, "{}", login.said());
    let ticket = login.json()["ticket"].as_str().unwrap().to_owned();
    let login = give(&world, &ticket, &next_code(&world, &key));
    assert!(login.json().get("password_was_reset_at").is_some(), "{}", login.said());
}

/// A code of the app proves less than the password: it has six digits.
#[test]
fn a_code_of_the_app_sets_no_password() {
    let world = World::new();
    let (_, key) = join_with_factor(&world, "alice");
    recover(&world, "alice", &next_code(&world, &key), NEW).is_invalid(&["code:invalid"]);
}

#[test]
fn a_reset_link_is_good_once_in_time_and_for_its_account() {
    let world = World::new();
    let token = world.join("alice");
    world.join("bob");
    make_codes(&world, &token);
    // The secret that tickets are sealed by is made when it is first needed.
    begin(&world, &token);
    let link = reset_ticket(&world, "alice.0", 3600);
    reset(&world, "bob", &link, NEW).is_refused(401, "invalid_code", &[]);
    assert_eq!(reset(&world, "alice", &link, NEW).status(), 204);
    assert_eq!((log_in_with(&world, NEW).status(), world.accepts(&token)), (200, 401));
    assert_eq!(world.events("authn_password_change")[0]["by"], "reset_link");
    reset(&world, "alice", &link, "another secret of hers").is_refused(401, "invalid_code", &[]);

    let link = reset_ticket(&world, "alice.1", 3600);
    world.advance_millis(3_600_000);
    reset(&world, "alice", &link, PASSWORD).is_refused(401, "invalid_code", &[]);
    let link = reset_ticket(&world, "alice.1", 3600);
    let token = log_in_with(&world, NEW).json()["token"].as_str().unwrap().to_owned();
    assert_eq!(world.send(bearer(&token, "DELETE", "/api/sessions", "")).status(), 204);
    reset(&world, "alice", &link, PASSWORD).is_refused(401, "invalid_code", &[]);
    assert_eq!(log_in_with(&world, NEW).status(), 200);
}

#[test]
fn says_the_same_at_the_same_cost_whatever_is_wrong() {
    let world = World::new();
    world.set("pbkdf2_iterations", "25000");
    let token = world.join("alice");
    make_codes(&world, &token);
    let gone = world.join("gone");
    let codes = make_codes(&world, &gone);
    begin(&world, &token);
    let delete = json!({"password": PASSWORD});
    assert_eq!(post_as(&world, &gone, "/api/account/delete", &delete).status(), 204);
    world.sign_up("bob");
    let long = "a".repeat(10_000);
    let mut answers = Vec::new();
    let mut note = |answer: Answer| {
        answer.is_refused(401, "invalid_code", &[]);
        let mut headers = answer.response.headers().clone();
        headers.remove("x-request-id");
        answers.push((answer.text().to_owned(), headers));
    };
    for username in ["alice", "bob", "gone", "nobody", "", "no user name!", &long] {
        note(recover(&world, username, &codes[0], NEW));
        note(recover(&world, username, "0000-0000-0000-0000", NEW));
        for ticket in ["", "forged", &reset_ticket(&world, "alice.7", 60), &reset_ticket(&world, "nobody.0", 60)] {
            note(reset(&world, username, ticket, NEW));
        }
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
    for by in ["recovery_code", "reset_link"] {
        let work = |event: &Value| {
            ["store_reads", "store_writes", "hash_rounds", "hash_pauses"].map(|field| event[field].as_u64().unwrap())
        };
        let failures = world.events("authn_password_change_fail");
        let failures: Vec<_> = failures.iter().filter(|event| event["by"] == by).collect();
        let costs: Vec<_> = failures.iter().map(|event| work(event)).collect();
        assert!(costs.len() > 10 && costs.windows(2).all(|pair| pair[0] == pair[1]), "{by}: {costs:?}");
        assert!(costs[0][2] >= 24_999, "the new password is hashed: {costs:?}");
        assert!(failures.iter().all(|event| event.get("username").is_none()), "people type passwords there");
    }
}

#[test]
fn wrong_codes_wait_by_name_and_by_address() {
    let world = World::new();
    let token = world.join("alice");
    let codes = make_codes(&world, &token);
    let from = |address: &str, username: &str, code: &str| {
        let body = json!({"username": username, "code": code, "new_password": NEW}).to_string();
        let mut request = anon("POST", "/api/recovery", &body);
        request.headers_mut().append("spin-client-addr", address.parse().unwrap());
        world.send(request)
    };
    const WRONG: &str = "0000-0000-0000-0000";
    for name in ["alice", "nobody"] {
        for n in 0..5 {
            assert_eq!(from(&format!("192.0.2.{n}:1"), name, WRONG).status(), 401);
        }
        let before = world.data.snapshot();
        let refused = from("192.0.2.200:1", name, &codes[0]);
        assert_eq!((refused.status(), refused.header("retry-after")), (429, Some("1")), "{}", refused.said());
        assert_eq!(world.data.snapshot(), before, "a refusal writes nothing");
    }
    for n in 0..5 {
        assert_eq!(from("198.51.100.7:1", &format!("name-{n}"), WRONG).status(), 401);
    }
    assert_eq!(from("198.51.100.7:1", "name-5", WRONG).status(), 429);
    let limits: Vec<_> = world.events("authn_login_fail_max").iter().map(|event| event["limit"].clone()).collect();
    assert_eq!(limits, ["recovery", "recovery", "recovery_from"]);

    // Guesses at the name do not keep anybody from using a link.
    begin(&world, &token);
    assert_eq!(reset(&world, "alice", &reset_ticket(&world, "alice.0", 60), NEW).status(), 204);
    world.advance_millis(300_000);
    assert_eq!(from("203.0.113.9:1", "alice", &codes[0]).status(), 204);
}

#[test]
fn right_codes_are_not_counted() {
    let world = World::new();
    let token = world.join("alice");
    let codes = make_codes(&world, &token);
    for code in &codes {
        assert_eq!(recover(&world, "alice", code, NEW).status(), 204);
    }
    assert_eq!(record(&world, "alice").get("recovery"), None, "none is left");
}

#[test]
fn what_is_not_valid_is_refused() {
    let world = World::new();
    const CODE: &str = "0000-0000-0000-0000";
    for (body, errors) in [
        (json!({}), &["username:missing", "code:missing", "new_password:missing"][..]),
        (json!({"username": "alice", "code": "123456", "new_password": NEW}), &["code:invalid"]),
        (json!({"username": "alice", "code": CODE, "new_password": "short"}), &["new_password:too_short"]),
        (
            json!({"username": "alice", "code": CODE, "new_password": "I am alice!"}),
            &["new_password:contains_username"],
        ),
        (json!({"username": "alice", "code": CODE, "new_password": "password1"}), &["new_password:common_password"]),
        (json!({"username": "alice", "code": CODE, "ticket": "x", "new_password": NEW}), &["code:unknown_field"]),
        (
            json!({"username": 1, "ticket": 2, "new_password": NEW}),
            &["username:wrong_type", "ticket:wrong_type", "code:missing"],
        ),
    ] {
        world.post("/api/recovery", &body.to_string()).is_invalid(errors);
    }
}
