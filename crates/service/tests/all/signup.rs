use crate::world::{World, signup_body};

#[test]
fn creates_an_account() {
    let world = World::new();
    let answer =
        world.post("/api/signup", r#"{"username":"Alice","password":"correct horse battery","name":" Alice L. "}"#);
    assert_eq!((answer.status(), answer.text()), (201, r#"{"user":{"username":"alice","name":"Alice L."}}"#));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(world.events("user_created")[0]["username"], "alice");
    let account = String::from_utf8(world.data.get("latchkey:user:alice").unwrap()).unwrap();
    assert!(account.contains(r#""v":1"#) && account.contains("$pbkdf2-sha512$i=2,l=32$"), "{account}");
    assert!(!account.contains("correct horse"), "{account}");
    let claim = "latchkey:user:alice:lock:0";
    assert_eq!(world.data.keys(), ["latchkey:user:alice", claim], "and the claim, which nobody can win again");
}

#[test]
fn a_taken_name_is_refused_and_its_account_stays() {
    let world = World::new();
    world.sign_up("alice");
    let account = world.data.get("latchkey:user:alice");
    for username in ["alice", "ALICE"] {
        let answer = world.sign_up(username);
        assert_eq!((answer.status(), answer.code().as_str()), (409, "username_taken"));
    }
    assert_eq!(world.data.get("latchkey:user:alice"), account);
}

#[test]
fn every_field_that_breaks_a_rule_is_named() {
    let world = World::new();
    let long = "x".repeat(300);
    for (body, errors) in [
        (r#"{}"#.to_owned(), vec!["username:missing", "password:missing", "name:missing"]),
        (
            r#"{"username":"a!","password":"short","name":""}"#.to_owned(),
            vec!["username:invalid_character", "password:too_short", "name:too_short"],
        ),
        (
            r#"{"username":5,"password":null,"name":["x"]}"#.to_owned(),
            vec!["username:wrong_type", "password:wrong_type", "name:wrong_type"],
        ),
        (
            format!(r#"{{"username":"{long}","password":"{long}","name":"{long}"}}"#),
            vec!["username:too_long", "password:too_long", "name:too_long"],
        ),
        (
            signup_body("alice").replace('}', r#","admin":true,"name":"again"}"#),
            vec!["name:duplicate", "admin:unknown_field"],
        ),
        (signup_body("_alice"), vec!["username:invalid_start"]),
        (signup_body("ab"), vec!["username:too_short"]),
        (signup_body("alice").replace("correct horse battery", "Password123"), vec!["password:common_password"]),
        (signup_body("alice").replace("correct horse battery", "I am alice!"), vec!["password:contains_username"]),
        (signup_body("alice").replace("correct horse battery", "My Latchkey"), vec!["password:contains_product_name"]),
        (signup_body("alice").replace("Name of alice", "a\\u0000b"), vec!["name:invalid_character"]),
    ] {
        let answer = world.post("/api/signup", &body);
        assert_eq!((answer.status(), answer.code().as_str()), (422, "validation_failed"), "{body}");
        assert_eq!(answer.errors(), errors, "{body}");
        assert!(!answer.text().contains("orrect horse"), "a password is not said back");
    }
    assert!(world.data.keys().is_empty());
}

#[test]
fn an_unknown_field_is_said_back_in_part_only() {
    let world = World::new();
    let answer =
        world.post("/api/signup", &signup_body("alice").replace('}', &format!(r#","{}":1}}"#, "y".repeat(500))));
    assert_eq!(answer.errors(), [format!("{}:unknown_field", "y".repeat(64))]);
}

#[test]
fn the_hash_pauses_between_slices() {
    let world = World::new();
    world.set("pbkdf2_iterations", "220000");
    assert_eq!(world.sign_up("alice").status(), 201);
    // The first round runs when the derivation begins; each slice of at most 2,500 of the others ends in a pause.
    assert_eq!(world.pauses.get(), 88);
    let event = &world.events("user_created")[0];
    assert_eq!((event["hash_rounds"].as_u64(), event["hash_pauses"].as_u64()), (Some(219_999), Some(88)));
}
