//! Roles and suspensions: what an account's record says of them acts at the next request, by the policy.

use serde_json::{Value, json};

use crate::world::{Answer, World, bearer};

pub(crate) fn decide(world: &World, username: &str, standing: &Value) {
    let key = format!("latchkey:user:{username}");
    let mut account: Value = serde_json::from_slice(&world.data.get(&key).unwrap()).unwrap();
    account["standing"] = standing.clone();
    world.data.put(&key, account.to_string().as_bytes());
}

fn suspension(world: &World, until_ms: Option<u64>) -> Value {
    let mut suspension = json!({"by": "ruth", "reason": "spam", "since_ms": world.data.now_millis()});
    if let Some(until) = until_ms {
        suspension["until_ms"] = until.into();
    }
    json!({"role": "member", "suspension": suspension})
}

fn asks(world: &World, token: &str, method: &str, path: &str) -> u16 {
    world.send(bearer(token, method, path, "")).status()
}

#[test]
fn a_moderator_deletes_any_message_and_a_member_does_not() {
    let world = World::new();
    let (alice, bob) = (world.join("alice"), world.join("bob"));
    assert_eq!([world.say(&alice, "one").status(), world.say(&alice, "two").status()], [201, 201]);
    assert_eq!(asks(&world, &bob, "DELETE", "/api/messages/1"), 403);
    decide(&world, "bob", &json!({"role": "moderator"}));
    assert_eq!(asks(&world, &bob, "DELETE", "/api/messages/1"), 204);
    decide(&world, "bob", &json!({"role": "member"}));
    assert_eq!(asks(&world, &bob, "DELETE", "/api/messages/2"), 403);
}

#[test]
fn who_is_suspended_reads_the_account_logs_out_and_deletes_it() {
    let world = World::new();
    let token = world.join("bob");
    assert_eq!(world.say(&token, "one").status(), 201);
    decide(&world, "bob", &suspension(&world, None));
    world.say(&token, "two").is_refused(403, "insufficient_scope", &[]);
    for (method, path) in [
        ("DELETE", "/api/messages/1"),
        ("GET", "/api/sessions"),
        ("DELETE", "/api/sessions"),
        ("POST", "/api/account/password"),
    ] {
        assert_eq!(asks(&world, &token, method, path), 403, "{method} {path}");
    }
    let statements = world.send(bearer(&token, "GET", "/api/authorizer", "")).json();
    assert_eq!(statements["policyDocument"]["Statement"][2]["Effect"], "Deny");
    let account = world.send(bearer(&token, "GET", "/api/account", ""));
    let since = "2027-01-15T08:00:00.000Z";
    let suspension = json!({"reason": "spam", "since": since, "until": null});
    assert_eq!((account.status(), &account.json()["suspension"]), (200, &suspension));
    assert_eq!(asks(&world, &token, "POST", "/api/logout"), 204);
    let token = world.begin("bob").0;
    let body = format!(r#"{{"password":"{}"}}"#, crate::world::PASSWORD);
    assert_eq!(world.send(bearer(&token, "POST", "/api/account/delete", &body)).status(), 204);
}

/// By these answers the site knows what to offer, without a request of its own.
#[test]
fn logins_and_refreshes_say_the_role_and_the_suspension() {
    let world = World::new();
    world.join("bob");
    let said = |answer: &Answer| {
        let json = answer.json();
        (json["role"].clone(), json.get("suspension").cloned())
    };
    assert_eq!(said(&world.log_in("bob")), ("member".into(), None));
    decide(&world, "bob", &json!({"role": "moderator"}));
    let refreshed = world.refresh(&world.begin("bob").1);
    assert_eq!(said(&refreshed), ("moderator".into(), None));
    decide(&world, "bob", &suspension(&world, Some(world.data.now_millis() + 1000)));
    let since = "2027-01-15T08:00:00.000Z";
    let suspended = json!({"reason": "spam", "since": since, "until": "2027-01-15T08:00:01.000Z"});
    assert_eq!(said(&world.log_in("bob")), ("member".into(), Some(suspended.clone())));
    let refreshed = world.refresh(&refreshed.tokens().1);
    assert_eq!(said(&refreshed), ("member".into(), Some(suspended)));
    world.advance_millis(1000);
    let refreshed = world.refresh(&refreshed.tokens().1);
    assert_eq!(said(&refreshed), ("member".into(), None), "it is over");
    world.set("admins", "bob");
    decide(&world, "bob", &suspension(&world, None));
    assert_eq!(said(&world.refresh(&refreshed.tokens().1)), ("admin".into(), None), "the operator has named it");
}

#[test]
fn a_suspension_ends_at_its_time() {
    let world = World::new();
    let token = world.join("bob");
    decide(&world, "bob", &suspension(&world, Some(world.data.now_millis() + 1000)));
    assert_eq!(world.say(&token, "one").status(), 403);
    world.advance_millis(1000);
    assert_eq!(world.say(&token, "two").status(), 201);
}

#[test]
fn whom_the_operator_names_is_never_suspended() {
    let world = World::new();
    let token = world.join("ruth");
    world.set("admins", "ruth");
    decide(&world, "ruth", &suspension(&world, None));
    assert_eq!(world.say(&token, "one").status(), 201);
}

/// A change of the password, and a new hash, write the whole record.
#[test]
fn a_decision_outlives_other_changes_of_the_account() {
    let world = World::new();
    let token = world.join("bob");
    decide(&world, "bob", &json!({"role": "moderator"}));
    world.set("pbkdf2_iterations", "3");
    assert_eq!(world.log_in("bob").status(), 200);
    assert_eq!(asks(&world, &token, "DELETE", "/api/sessions"), 204);
    let account: Value = serde_json::from_slice(&world.data.get("latchkey:user:bob").unwrap()).unwrap();
    assert_eq!((&account["standing"]["role"], &account["revision"]), (&"moderator".into(), &1.into()));
}
