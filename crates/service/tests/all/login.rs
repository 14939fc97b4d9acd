use serde_json::json;

use crate::world::{PASSWORD, World, anon, bearer};

#[test]
fn gives_a_token_for_the_password() {
    let world = World::new();
    world.sign_up("alice");
    let answer = world.log_in("Alice");
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let json = answer.json();
    let token = json["token"].as_str().unwrap();
    let expected = format!(
        r#"{{"token":"{token}","token_type":"Bearer","expires_in":900,"user":{{"username":"alice","name":"Name of alice"}},"role":"member","refresh_expires_in":604800}}"#
    );
    assert_eq!(answer.text(), expected);
    assert_eq!(world.events("authn_login_success")[0]["username"], "alice");
}

#[test]
fn says_the_same_at_the_same_cost_whatever_is_wrong() {
    let world = World::new();
    world.set("pbkdf2_iterations", "25000");
    world.sign_up("alice");
    let long = "a".repeat(10_000);
    let attempts = [
        ("alice", "wrong horse battery"),
        ("alice", ""),
        ("alice", "Correct horse battery"),
        ("alice", "correct horse battery "),
        ("alice", &*long),
        ("nobody", "wrong horse battery"),
        ("nobody", PASSWORD),
        ("", PASSWORD),
        ("a", PASSWORD),
        ("no user name!", PASSWORD),
        ("no such\nname", PASSWORD),
        ("ALICE' OR 1=1 --", PASSWORD),
        (&*long, PASSWORD),
        ("", ""),
    ];
    let mut answers = Vec::new();
    for (username, password) in attempts {
        let body = json!({"username": username, "password": password}).to_string();
        let answer = world.post("/api/login", &body);
        answer.is_refused(401, "invalid_credentials", &[]);
        assert!(!answer.text().contains("alice"), "{body}: {}", answer.said());
        let mut headers = answer.response.headers().clone();
        headers.remove("x-request-id");
        answers.push((answer.text().to_owned(), headers));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
    let work = |event: &serde_json::Value| {
        ["store_reads", "store_writes", "hash_rounds", "hash_pauses"].map(|field| event[field].as_u64().unwrap())
    };
    let failures = world.events("authn_login_fail");
    assert_eq!(failures.iter().map(work).collect::<Vec<_>>(), [[1, 2, 24_999, 10]; 14]);
    assert!(failures.iter().all(|event| event.get("username").is_none()), "people type passwords there");
}

#[test]
fn a_username_is_taken_as_it_is_copied() {
    let world = World::new();
    world.sign_up("alice");
    for typed in ["@alice", "@Alice", " alice\r\n", "\u{200b}@alice\u{200b}", "\u{ff20}alice"] {
        let body = json!({"username": typed, "password": PASSWORD}).to_string();
        assert_eq!(world.post("/api/login", &body).json()["user"]["username"], "alice", "{typed:?}");
    }
    for typed in ["@@alice", "al ice", "alice@example.com"] {
        let body = json!({"username": typed, "password": PASSWORD}).to_string();
        world.post("/api/login", &body).is_refused(401, "invalid_credentials", &[]);
    }
}

#[test]
fn fields_have_to_be_there_and_to_be_strings() {
    let world = World::new();
    for (body, errors) in [
        ("{}", &["username:missing", "password:missing"][..]),
        (r#"{"username":"alice"}"#, &["password:missing"]),
        (r#"{"password":"correct horse 7"}"#, &["username:missing"]),
        (r#"{"username":"alice","password":5}"#, &["password:wrong_type"]),
        (r#"{"username":null,"password":"a"}"#, &["username:wrong_type"]),
        (r#"{"username":["alice"],"password":7}"#, &["username:wrong_type", "password:wrong_type"]),
        (r#"{"username":"alice","password":"a","password":"b"}"#, &["password:duplicate"]),
        (r#"{"username":"alice","password":"a","name":"Alice"}"#, &["name:unknown_field"]),
        (r#"{"username":"alice","password":"a","remember":true}"#, &["remember:unknown_field"]),
    ] {
        world.post("/api/login", body).is_invalid(errors);
    }
}

#[test]
fn every_token_is_another() {
    let world = World::new();
    let first = world.join("alice");
    assert_ne!(world.log_in("alice").json()["token"], first, "within the same second");
}

#[test]
fn the_lifetime_is_a_variable() {
    let world = World::new();
    world.set("token_lifetime_seconds", "60");
    world.sign_up("alice");
    let answer = world.log_in("alice");
    assert_eq!(answer.json()["expires_in"], 60);
    let token = answer.json()["token"].as_str().unwrap().to_owned();
    for (seconds, status) in [(60 + 59, 200), (2, 401)] {
        world.advance_millis(seconds * 1000);
        assert_eq!(world.accepts(&token), status, "a minute of tolerance");
    }
}

#[test]
fn a_hash_with_fewer_rounds_is_replaced_at_the_next_login() {
    let world = World::new();
    world.sign_up("alice");
    world.set("pbkdf2_iterations", "7");
    let wrong = world.post("/api/login", r#"{"username":"alice","password":"wrong horse battery"}"#);
    assert_eq!(wrong.status(), 401);
    let account = || String::from_utf8(world.data.get("latchkey:user:alice").unwrap()).unwrap();
    assert!(account().contains("$i=2,l=32$"), "only the right password proves itself");
    assert_eq!(world.log_in("alice").status(), 200);
    assert!(account().contains("$i=7,l=32$"), "{}", account());
    let rounds = |world: &World| world.events("authn_login_success").last().unwrap()["hash_rounds"].clone();
    assert_eq!(rounds(&world), 1 + 5 + 6, "checked, made up to the configured number, and hashed anew");
    assert_eq!(world.log_in("alice").status(), 200);
    assert_eq!(rounds(&world), 6);
    let wrong = world.post("/api/login", r#"{"username":"alice","password":"wrong horse battery"}"#);
    assert_eq!(wrong.status(), 401, "by the new hash too");
}

#[test]
fn a_password_is_taken_as_it_was_typed_on_any_keyboard() {
    for typed in ["  Cafe\\u0301 au lait ", "  Caf\\u00e9 au\\u00a0lait "] {
        let world = World::new();
        let body = format!(r#"{{"username":"alice","password":"{typed}","name":"Alice"}}"#);
        assert_eq!(world.post("/api/signup", &body).status(), 201);
        for (password, status) in [
            (typed, 200),
            ("  Cafe\\u0301 au lait ", 200),
            ("  Caf\\u00e9 au lait ", 200),
            (" \\u00a0Cafe\\u0301 au\\u3000lait ", 200),
            ("Cafe\\u0301 au lait", 401),
            ("  Cafe au lait ", 401),
            ("  cafe\\u0301 au lait ", 401),
            ("  Cafe\\u0301 au lait .", 401),
            ("", 401),
        ] {
            let body = format!(r#"{{"username":"alice","password":"{password}"}}"#);
            assert_eq!(world.post("/api/login", &body).status(), status, "{password}");
        }
        // The same where a password is changed.
        let login = world.post("/api/login", &format!(r#"{{"username":"alice","password":"{typed}"}}"#));
        let token = login.json()["token"].as_str().unwrap().to_owned();
        let new = "E\\u0301toile du\\u00a0soir";
        let body = format!(r#"{{"current_password":"  Cafe\u0301 au lait ","new_password":"{new}"}}"#);
        assert_eq!(world.send(bearer(&token, "POST", "/api/account/password", &body)).status(), 204);
        let body = r#"{"username":"alice","password":"\u00c9toile du soir"}"#;
        assert_eq!(world.post("/api/login", body).status(), 200);
    }
}

#[test]
fn nothing_secret_is_logged() {
    let world = World::new();
    let token = world.join("alice");
    world.post("/api/login", r#"{"username":"alice","password":"wrong horse battery"}"#);
    world.send(anon("POST", "/api/messages", r#"{"text":"x"}"#));
    world.say(&format!("{token}x"), "never said");
    let log = world.whole_log();
    let signing_key = String::from_utf8(world.data.get("latchkey:keys").unwrap()).unwrap();
    let pem_line = signing_key.split("\\n").nth(1).unwrap();
    for secret in [PASSWORD, "wrong horse", &token, token.rsplit('.').next().unwrap(), pem_line, "never said"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}
