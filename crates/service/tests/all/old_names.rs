//! Accounts from before a rule became stricter: the form that names have had at any time is accepted for them, and they lose
//! nothing.

use domain::{Derivation, Iterations, Password, Salt};
use serde_json::{Value, json};

use crate::world::{PASSWORD, World, bearer};

/// Usernames and names that sign-up refuses today, with the field and the rule.
const OLD: [(&str, &str, &str); 7] = [
    ("al", "Al", "username:too_short"),
    ("_alice", "Alice", "username:invalid_start"),
    ("a-name-of-33-characters-0123456789", "Alice", "username:too_long"),
    ("alice", "A name of more than 64 characters, as they could be before there was a limit", "name:too_long"),
    ("bob", "\u{3164}", "name:nothing_visible"),
    ("carol", "\u{202e}nimda", "name:invalid_character"),
    ("erin", "Deleted User", "name:reserved"),
];

/// The hash of a password as it was typed.
fn hash(password: &str) -> String {
    let (salt, iterations) = (Salt([7; 16]), Iterations::parse(2, true).unwrap());
    let attempt = Password::attempt(password.to_owned());
    let typed = attempt.raw.unwrap_or(attempt.password);
    let mut derivation = Derivation::new(&typed, &salt.0, iterations);
    while derivation.advance(u32::MAX) > 0 {}
    derivation.finish(salt, iterations).to_phc().unwrap()
}

/// Stores an account whose password was hashed as it was typed.
fn store(world: &World, username: &str, name: &str, password: &str) {
    let password = hash(password);
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

/// `mật khẩu cũ` in the two forms in which systems write it.
const DECOMPOSED: &str = "ma\u{323}\u{302}t kha\u{302}\u{309}u cu\u{303}";
const COMPOSED: &str = "m\u{1ead}t kh\u{1ea9}u c\u{169}";

fn log_in_with(world: &World, username: &str, password: &str) -> u16 {
    world.post("/api/login", &json!({"username": username, "password": password}).to_string()).status()
}

#[test]
fn a_password_from_before_normalisation_logs_in_and_is_renewed() {
    let world = World::new();
    store(&world, "alice", "Alice", DECOMPOSED);
    assert_eq!(log_in_with(&world, "alice", COMPOSED), 401, "nobody can tell what was typed");
    let before = world.data.get("latchkey:user:alice");
    assert_eq!(log_in_with(&world, "alice", DECOMPOSED), 200);
    let renewed = world.data.get("latchkey:user:alice");
    assert_ne!(before, renewed, "a hash of the normalised form");
    assert_eq!((log_in_with(&world, "alice", COMPOSED), log_in_with(&world, "alice", DECOMPOSED)), (200, 200));
    assert_eq!(world.data.get("latchkey:user:alice"), renewed, "once");
    assert_eq!(log_in_with(&world, "alice", "ma\u{323}\u{302}t kha\u{302}\u{309}u cu"), 401);
}

/// The version before kept a new hash of a password apart from the password that replaced it.
#[test]
fn a_new_hash_of_a_former_password_is_not_taken_for_the_password() {
    const OTHER: &str = "another horse and battery";
    for (rehashed, of, good, bad) in [(PASSWORD, "", OTHER, PASSWORD), (OTHER, "r1", OTHER, PASSWORD)] {
        let world = World::new();
        store(&world, "alice", "Alice", PASSWORD);
        let changed = json!({"v": 1, "revision": "r1", "password": hash(OTHER)});
        world.data.put("latchkey:user:alice:password", changed.to_string().as_bytes());
        let rehash = json!({"v": 1, "of": of, "password": hash(rehashed)});
        world.data.put("latchkey:user:alice:rehash", rehash.to_string().as_bytes());
        let body = json!({"username": "alice", "password": good}).to_string();
        let token = world.post("/api/login", &body).json()["token"].as_str().unwrap().to_owned();
        assert_eq!(log_in_with(&world, "alice", bad), 401, "{of}");
        assert_eq!(ask(&world, &token, "DELETE", "/api/sessions", ""), 204);
        let left = world.data.keys().into_iter().filter(|key| key.ends_with(":password") || key.ends_with(":rehash"));
        assert_eq!(left.count(), 0, "a change of the account takes them with it");
    }
}

#[test]
fn who_is_logged_in_confirms_by_a_password_from_before_normalisation() {
    let world = World::new();
    store(&world, "alice", "Alice", DECOMPOSED);
    let body = json!({"username": "alice", "password": DECOMPOSED}).to_string();
    let token = world.post("/api/login", &body).json()["token"].as_str().unwrap().to_owned();
    store(&world, "alice", "Alice", DECOMPOSED);
    let delete =
        |password: &str| ask(&world, &token, "POST", "/api/account/delete", &json!({"password": password}).to_string());
    assert_eq!((delete(COMPOSED), delete(DECOMPOSED)), (422, 204));
}

#[test]
fn a_text_that_is_not_normalised_costs_the_same_for_every_name_and_password() {
    let world = World::new();
    world.set("pbkdf2_iterations", "25000");
    world.sign_up("alice");
    store(&world, "bob", "Bob", DECOMPOSED);
    for (username, password) in [
        ("alice", DECOMPOSED),
        ("alice", "e\u{301}"),
        ("bob", "e\u{301}"),
        ("nobody", DECOMPOSED),
        ("no user name!", "e\u{301}"),
    ] {
        assert_eq!(log_in_with(&world, username, password), 401, "{username} {password:?}");
    }
    let work = |event: &Value| {
        ["store_reads", "store_writes", "hash_rounds", "hash_pauses"].map(|field| event[field].as_u64().unwrap())
    };
    let failures = world.events("authn_login_fail");
    assert_eq!(failures.iter().map(work).collect::<Vec<_>>(), [[1, 2, 2 * 24_999, 20]; 5]);

    // The right password costs as much in its normalised form as in the raw one, but for the one hash that is made.
    for password in [DECOMPOSED, DECOMPOSED, COMPOSED] {
        assert_eq!(log_in_with(&world, "bob", password), 200);
    }
    let rounds: Vec<_> = world.events("authn_login_success").iter().map(|event| work(event)[2]).collect();
    assert_eq!(rounds, [3 * 24_999, 2 * 24_999, 24_999]);
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
