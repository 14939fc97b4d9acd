//! Accounts from before a rule became stricter: the form that names have had at any time is accepted for them, and they lose
//! nothing.

use domain::{Derivation, Iterations, Password, Salt};
use serde_json::{Value, json};

use crate::world::{PASSWORD, World, bearer};

/// Usernames and names that sign-up refuses today, with the field and the rule.
const OLD: [(&str, &str, &str); 4] = [
    ("al", "Al", "username:too_short"),
    ("_alice", "Alice", "username:invalid_start"),
    ("a-name-of-33-characters-0123456789", "Alice", "username:too_long"),
    ("alice", "A name of more than 64 characters, as they could be before there was a limit", "name:too_long"),
];

fn store(world: &World, username: &str, name: &str, password: &str) {
    let (salt, iterations) = (Salt([7; 16]), Iterations::parse(2, true).unwrap());
    let mut derivation = Derivation::new(&Password::attempt(password.to_owned()), &salt.0, iterations);
    while derivation.advance(u32::MAX) > 0 {}
    let password = derivation.finish(salt, iterations).to_phc().unwrap();
    let created_at_ms = 1_700_000_000_000_u64;
    let account =
        json!({"v": 1, "username": username, "name": name, "password": password, "created_at_ms": created_at_ms});
    world.data.put(&format!("latchkey:user:{username}"), account.to_string().as_bytes());
}

fn ask(world: &World, token: &str, method: &str, uri: &str, body: &str) -> u16 {
    world.send(bearer(token, method, uri, body)).status()
}

#[test]
fn an_old_name_logs_in_refreshes_and_posts() {
    for (username, name, _) in OLD {
        let world = World::new();
        store(&world, username, name, PASSWORD);
        let user = json!({"username": username, "name": name});
        assert_eq!(world.log_in(&username.to_uppercase()).json()["user"], user, "{username}");
        let (_, refresh_token) = world.begin(username);
        let refreshed = world.refresh(&refresh_token);
        assert_eq!((refreshed.status(), &refreshed.json()["user"]), (200, &user), "{username}");
        let (token, _) = refreshed.tokens();
        assert_eq!(world.accepts(&token), 200, "{username}");
        assert_eq!(world.say(&token, "still here").json()["message"]["author"], user);
        assert_eq!(world.texts(&format!("/api/messages?author={username}")), ["still here"]);
        assert_eq!(world.get("/api/messages").json()["messages"][0]["author"], user);
        assert_eq!(world.send(bearer(&token, "GET", "/api/account", "")).json()["user"], user);
        assert_eq!(world.sessions(&token).len(), 2, "{username}");
    }
}

#[test]
fn an_old_name_changes_its_password_and_deletes_what_is_its_own() {
    for (username, name, _) in OLD {
        let world = World::new();
        store(&world, username, name, PASSWORD);
        let (token, _) = world.begin(username);
        world.say(&token, "one");
        world.say(&token, "two");
        assert_eq!(ask(&world, &token, "DELETE", "/api/messages/2", ""), 204, "{username}");
        let new = "a quite different secret";
        let change = json!({"current_password": PASSWORD, "new_password": new}).to_string();
        assert_eq!(ask(&world, &token, "POST", "/api/account/password", &change), 204, "{username}");
        let delete = json!({"password": new}).to_string();
        assert_eq!(ask(&world, &token, "POST", "/api/account/delete", &delete), 204, "{username}");
        let left = world.get("/api/messages").json();
        assert_eq!(left["messages"][0]["author"], json!({"username": Value::Null, "name": "deleted user"}));
        assert_eq!(world.log_in(username).status(), 401, "{username}");
    }
}

#[test]
fn sign_up_still_refuses_them() {
    for (username, name, error) in OLD {
        let world = World::new();
        let body = json!({"username": username, "password": PASSWORD, "name": name}).to_string();
        let answer = world.post("/api/signup", &body);
        assert_eq!((answer.status(), answer.errors()), (422, vec![error.to_owned()]));
        assert!(world.data.keys().is_empty());
    }
}

#[test]
fn an_old_password_logs_in_and_one_beyond_every_rule_is_wrong() {
    let world = World::new();
    store(&world, "alice", "Alice", "short");
    let log_in = |password: &str| {
        let answer = world.post("/api/login", &json!({"username": "alice", "password": password}).to_string());
        (answer.status(), answer.code())
    };
    assert_eq!(log_in("short").0, 200);
    let too_long = (401, "invalid_credentials".to_owned());
    assert_eq!((log_in(&"x".repeat(4096)), log_in(&"x".repeat(4097))), (too_long.clone(), too_long));
}

/// A name that no rule has ever allowed is invalid in the store, too.
#[test]
fn a_record_with_another_form_of_name_lets_nobody_in() {
    for (username, name) in [("al:sessions", "Al"), ("", "Al"), (&*"a".repeat(65), "Al"), ("al", ""), ("al", "a\nb")] {
        let world = World::new();
        store(&world, username, name, PASSWORD);
        let account = world.data.get(&format!("latchkey:user:{username}")).unwrap();
        world.data.put("latchkey:user:alice", &account);
        assert_eq!(world.log_in("alice").status(), 503, "{username:?} {name:?}");
    }
}
