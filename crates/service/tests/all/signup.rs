use serde_json::json;

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
    assert!(account.contains(r#""v":2"#) && account.contains("$pbkdf2-sha512$i=2,l=32$"), "{account}");
    assert!(!account.contains("correct horse"), "{account}");
    assert_eq!(world.data.keys(), ["latchkey:user:alice"], "the claim is deleted");
}

#[test]
fn a_taken_name_is_refused_and_its_account_stays() {
    let world = World::new();
    world.sign_up("alice");
    let account = world.data.get("latchkey:user:alice");
    for username in ["alice", "ALICE"] {
        let answer = world.sign_up(username);
        answer.is_refused(409, "username_taken", &[]);
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
            format!(r#"{{"username":"{long}","password":"{long}","name":"{long}"}}"#),
            vec!["username:too_long", "password:too_long", "name:too_long"],
        ),
        (
            signup_body("alice").replace('}', r#","admin":true,"name":"again"}"#),
            vec!["name:duplicate", "admin:unknown_field"],
        ),
        (signup_body("alice").replace("correct horse battery", "Password123"), vec!["password:common_password"]),
        (
            r#"{"extra":1,"username":"_","password":"short","name":" "}"#.to_owned(),
            vec!["username:too_short", "password:too_short", "name:too_short", "extra:unknown_field"],
        ),
    ] {
        let answer = world.post("/api/signup", &body);
        answer.is_invalid(&errors);
        assert!(!answer.text().contains("orrect horse"), "a password is not said back");
    }
    assert!(world.data.keys().is_empty());
}

/// Sends sign-ups that are valid except for one field. Each row has a value of that field and the expected code.
#[track_caller]
fn are_refused(field: &str, rows: &[(&str, &str)]) {
    let world = World::new();
    for (value, code) in rows {
        let mut body = json!({"username": "carol", "password": "a good one 4U", "name": "Carol"});
        body[field] = (*value).into();
        world.post("/api/signup", &body.to_string()).is_invalid(&[&format!("{field}:{code}")]);
    }
    assert!(world.data.keys().is_empty());
}

#[test]
fn a_username_has_3_to_32_of_its_characters() {
    are_refused(
        "username",
        &[
            ("", "too_short"),
            ("ab", "too_short"),
            (&"a".repeat(33), "too_long"),
            ("_abc", "invalid_start"),
            ("-abc", "invalid_start"),
            ("al ice", "invalid_character"),
            (" alice", "invalid_character"),
            ("alice\n", "invalid_character"),
            ("al.ice", "invalid_character"),
            ("al/ice", "invalid_character"),
            ("al:ice", "invalid_character"),
            ("al\0ice", "invalid_character"),
            ("alicé", "invalid_character"),
            ("аlice", "invalid_character"),
            ("\u{212A}elvin", "invalid_character"),
            ("Admin", "reserved"),
            ("latchkey-support", "reserved"),
        ],
    );
    let world = World::new();
    for username in ["abc", "0_-", &"a".repeat(32)] {
        let answer = world.sign_up(username);
        assert_eq!((answer.status(), &answer.json()["user"]["username"]), (201, &json!(username)), "{username}");
    }
}

#[test]
fn no_new_account_gets_a_reserved_name() {
    let world = World::new();
    assert_eq!(world.sign_up("acme").status(), 201);
    world.set("reserved_usernames", "acme, help-desk");
    for username in ["Acme", "a_c_m_e", "helpdesk"] {
        world.sign_up(username).is_invalid(&["username:reserved"]);
    }
    assert_eq!(world.sign_up("acmes").status(), 201);
    assert_eq!(world.log_in("acme").status(), 200, "an account that exists is not touched");
}

#[test]
fn nobody_becomes_an_admin_by_signing_up() {
    let world = World::new();
    world.set("admins", "ruth");
    for username in ["ruth", "Ruth", "r-u-t-h"] {
        world.sign_up(username).is_invalid(&["username:reserved"]);
    }
}

#[test]
fn nobody_signs_up_where_that_is_closed() {
    let world = World::new();
    assert_eq!(world.sign_up("alice").status(), 201);
    let calls = world.data.calls();
    world.set("signups", "closed");
    for username in ["bob", "alice", "not a username"] {
        world.sign_up(username).is_refused(403, "signups_closed", &[]);
    }
    assert_eq!(world.data.calls(), calls, "it is not told which names are taken");
    assert_eq!(world.log_in("alice").status(), 200);
}

#[test]
fn a_password_has_8_to_256_characters_and_is_no_easy_one() {
    are_refused(
        "password",
        &[
            ("", "too_short"),
            ("7 chars", "too_short"),
            (&"🔑".repeat(7), "too_short"),
            (&"é".repeat(257), "too_long"),
            ("12345678", "common_password"),
            ("password", "common_password"),
            ("PassWord1", "common_password"),
            ("i am CAROL!", "contains_username"),
            ("My LatchKey 7", "contains_product_name"),
        ],
    );
    let world = World::new();
    for (username, password) in [
        ("pass8", "8 chars!"),
        ("pass256", &*"xy".repeat(128)),
        ("keys", &*"🔑".repeat(256)),
        ("ann", "cannot guess this planet"),
    ] {
        let body = json!({"username": username, "password": password, "name": "Carol"});
        assert_eq!(world.post("/api/signup", &body.to_string()).status(), 201, "{body}");
        let body = json!({"username": username, "password": password});
        assert_eq!(world.post("/api/login", &body.to_string()).status(), 200, "{body}");
    }
}

#[test]
fn a_name_has_1_to_64_characters_after_trimming_and_normalising() {
    are_refused(
        "name",
        &[
            ("", "too_short"),
            (" \u{3000} ", "too_short"),
            (&"🔑".repeat(65), "too_long"),
            ("a\nb", "invalid_character"),
            ("a\0", "invalid_character"),
            ("a\u{7f}", "invalid_character"),
            ("a\u{85}b", "invalid_character"),
            ("\u{1b}[31mred", "invalid_character"),
            ("\u{3164}", "nothing_visible"),
            ("\u{202e}lorac", "invalid_character"),
            ("D\u{435}leted user", "reserved"),
        ],
    );
    let world = World::new();
    for (username, name, kept) in [
        ("one", "A", "A"),
        ("many", &*"🔑".repeat(64), &*"🔑".repeat(64)),
        ("trim", "  Ada Lovelace ", "Ada Lovelace"),
        ("nfc", &*"e\u{301}".repeat(64), &*"\u{e9}".repeat(64)),
        ("script", "<b>\"Ada\" & co</b>", "<b>\"Ada\" & co</b>"),
        ("joined", "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}", "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}"),
        ("marks", &*format!("Z{}", "\u{351}".repeat(63)), "Z\u{351}\u{351}\u{351}\u{351}"),
        ("flag", "\u{1f3f4}\u{e0067}\u{e0062}\u{e007f}", "\u{1f3f4}\u{e0067}\u{e0062}\u{e007f}"),
    ] {
        let body = json!({"username": username, "password": "a better 14U", "name": name});
        let answer = world.post("/api/signup", &body.to_string());
        assert_eq!((answer.status(), &answer.json()["user"]["name"]), (201, &json!(kept)), "{username}: {body}");
    }
}

#[test]
fn fields_are_missing_unknown_twice_or_of_another_type() {
    let world = World::new();
    for (body, error) in [
        (r#"{"password":"a good one 4U","name":"C"}"#, "username:missing"),
        (r#"{"username":"carol","name":"C"}"#, "password:missing"),
        (r#"{"username":"carol","password":"a good one 4U"}"#, "name:missing"),
        (r#"{"username":"carol","password":"a good one 4U","name":"C","admin":true}"#, "admin:unknown_field"),
        (r#"{"username":"carol","password":"a good one 4U","name":"C","Name":"C"}"#, "Name:unknown_field"),
        (r#"{"username":"carol","password":"a good one 4U","name":"C","username":"dave"}"#, "username:duplicate"),
        (r#"{"username":"carol","password":"a good one 4U","name":"C","name":"C"}"#, "name:duplicate"),
        (r#"{"username":7,"password":"a good one 4U","name":"C"}"#, "username:wrong_type"),
        (r#"{"username":"carol","password":null,"name":"C"}"#, "password:wrong_type"),
        (r#"{"username":"carol","password":"a good one 4U","name":["C"]}"#, "name:wrong_type"),
        (r#"{"username":"carol","password":"a good one 4U","name":{"C":1}}"#, "name:wrong_type"),
        (r#"{"username":true,"password":"a good one 4U","name":"C"}"#, "username:wrong_type"),
    ] {
        world.post("/api/signup", body).is_invalid(&[error]);
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
    // The first round runs when the derivation begins. A pause follows each slice of at most 2,500 of the other rounds.
    assert_eq!(world.pauses.get(), 88);
    let event = &world.events("user_created")[0];
    assert_eq!((event["hash_rounds"].as_u64(), event["hash_pauses"].as_u64()), (Some(219_999), Some(88)));
}
