use super::*;

#[test]
fn nothing_is_stored_before_the_app_has_shown_that_it_has_the_key() {
    let world = World::new();
    let token = world.join("alice");
    // The secret that tickets are sealed by is made once.
    begin(&world, &token);
    let before = world.data.snapshot();
    let answer = post_as(&world, &token, "/api/account/totp", &json!({"password": PASSWORD})).json();
    assert_eq!(world.data.snapshot(), before);
    let key = answer["key"].as_str().unwrap();
    assert!(key.len() == 32 && key.bytes().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7')), "{key}");
    let uri = format!("otpauth://totp/Latchkey:alice?secret={key}&issuer=Latchkey&algorithm=SHA1&digits=6&period=30");
    assert_eq!(answer["uri"], uri);
    assert_eq!((world.log_in("alice").status(), shown(&world, &token)), (200, (false, 0)));

    let ticket = answer["ticket"].as_str().unwrap();
    assert_eq!(confirm(&world, &token, ticket, &code(&world, key)).status(), 204);
    assert_eq!((world.log_in("alice").status(), shown(&world, &token)), (202, (true, 0)));
    assert_eq!(world.accepts(&token), 200, "sessions go on");
    assert_eq!(world.events("user_updated")[0]["attribute"], "second_factor_on");
    for secret in [key, ticket] {
        assert!(!world.whole_log().contains(secret));
    }
}

#[test]
fn a_set_up_is_confirmed_in_time_by_its_owner_with_the_code_of_the_app() {
    let world = World::new();
    let (alice, bob) = (world.join("alice"), world.join("bob"));
    let (key, ticket) = begin(&world, &alice);
    confirm(&world, &alice, &ticket, &wrong_code(&world, &key)).is_invalid(&["code:wrong_code"]);
    confirm(&world, &alice, &ticket, "12345").is_invalid(&["code:invalid"]);
    confirm(&world, &bob, &ticket, &code(&world, &key)).is_invalid(&["ticket:invalid"]);
    let forged = ticket.replacen(&key, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 1);
    for forged in ["", &ticket[1..], &forged] {
        confirm(&world, &alice, forged, &code(&world, &key)).is_invalid(&["ticket:invalid"]);
    }
    world.advance_millis(15 * 60_000);
    confirm(&world, &alice, &ticket, &code(&world, &key)).is_invalid(&["ticket:invalid"]);

    let alice = world.begin("alice").0;
    let (key, ticket) = begin(&world, &alice);
    let body = json!({"current_password": PASSWORD, "new_password": NEW});
    assert_eq!(post_as(&world, &alice, "/api/account/password", &body).status(), 204);
    confirm(&world, &alice, &ticket, &code(&world, &key)).is_invalid(&["ticket:invalid"]);
    assert_eq!(shown(&world, &alice), (false, 0));
}

/// Whoever has a session and the password must not put their own app in the place of the owner's.
#[test]
fn a_second_factor_is_not_replaced_without_a_code_of_it() {
    let world = World::new();
    let token = world.join("alice");
    let (other_key, other_ticket) = begin(&world, &token);
    let key = enrol(&world, &token);
    let replaced = confirm(&world, &token, &other_ticket, &code(&world, &other_key));
    replaced.is_refused(409, "conflict", &[]);
    let again = post_as(&world, &token, "/api/account/totp", &json!({"password": PASSWORD}));
    again.is_refused(409, "conflict", &[]);
    assert_eq!(give(&world, &ticket(&world, "alice"), &next_code(&world, &key)).status(), 200);
}

#[test]
fn it_is_turned_off_with_password_and_code() {
    let world = World::new();
    let (token, key) = join_with_factor(&world, "alice");
    let remove = |password: &str, code: &str| {
        let body = json!({"password": password, "code": code});
        post_as(&world, &token, "/api/account/totp/remove", &body)
    };
    world.advance_millis(STEP_MILLIS);
    remove("wrong horse battery", &code(&world, &key)).is_invalid(&["password:wrong_password"]);
    remove(PASSWORD, &wrong_code(&world, &key)).is_invalid(&["code:wrong_code"]);
    remove(PASSWORD, "0000-0000-0000-0000").is_invalid(&["code:wrong_code"]);
    assert!(shown(&world, &token).0);
    assert_eq!(remove(PASSWORD, &code(&world, &key)).status(), 204);
    assert_eq!((shown(&world, &token), world.log_in("alice").status()), ((false, 0), 200));
    assert!(record(&world, "alice").get("totp").is_none());

    let codes = make_codes(&world, &token);
    remove(PASSWORD, &codes[0]).is_invalid(&["code:wrong_code"]);
    assert_eq!(shown(&world, &token).1, 10, "a code is not used up for nothing");
    let (_, codes) = enrol_with_codes(&world, &token);
    assert_eq!(remove(PASSWORD, &codes[0]).status(), 204, "a recovery code stands in for the app");
    assert_eq!(shown(&world, &token), (false, 9));
}

/// Somebody who knows the password makes recovery codes, and logs in with many browsers, before the owner turns the factor on.
#[test]
fn what_a_password_alone_has_made_before_does_not_help_against_the_factor() {
    let world = World::new();
    let token = world.join("alice");
    let old = make_codes(&world, &token);
    let devices = record(&world, "alice")["devices"].clone();
    let key = enrol(&world, &token);
    assert_eq!(shown(&world, &token), (true, 0));
    give(&world, &ticket(&world, "alice"), &old[0]).is_refused(401, "invalid_code", &[]);
    recover(&world, "alice", &old[1], NEW).is_refused(401, "invalid_code", &[]);
    assert_ne!(record(&world, "alice")["devices"], devices, "browsers of before are known no more");
    // A passkey would log in without the factor, so it takes a code too.
    let passkey = |body: &Value| {
        let mut request = bearer(&token, "POST", "/api/account/passkeys/begin", &body.to_string());
        request.headers_mut().insert("host", "localhost".parse().unwrap());
        world.send(request)
    };
    passkey(&json!({"password": PASSWORD})).is_invalid(&["code:missing"]);
    passkey(&json!({"password": PASSWORD, "code": wrong_code(&world, &key)})).is_invalid(&["code:wrong_code"]);
    assert_eq!(passkey(&json!({"password": PASSWORD, "code": next_code(&world, &key)})).status(), 200);
}

#[test]
fn a_change_of_the_password_voids_recovery_codes() {
    let world = World::new();
    let token = world.join("alice");
    let codes = make_codes(&world, &token);
    let body = json!({"current_password": PASSWORD, "new_password": NEW});
    assert_eq!(post_as(&world, &token, "/api/account/password", &body).status(), 204);
    assert_eq!(shown(&world, &token).1, 0);
    recover(&world, "alice", &codes[0], PASSWORD).is_refused(401, "invalid_code", &[]);
}

#[test]
fn wrong_codes_wait_here_as_at_a_login() {
    let world = World::new();
    let (token, key) = join_with_factor(&world, "alice");
    world.advance_millis(STEP_MILLIS);
    let remove =
        |code: &str| post_as(&world, &token, "/api/account/totp/remove", &json!({"password": PASSWORD, "code": code}));
    for _ in 0..5 {
        assert_eq!(remove(&wrong_code(&world, &key)).status(), 422);
    }
    let before = world.data.snapshot();
    let refused = remove(&code(&world, &key));
    assert_eq!((refused.status(), refused.header("retry-after")), (429, Some("1")), "{}", refused.said());
    let body = json!({"password": PASSWORD, "code": code(&world, &key)});
    assert_eq!(post_as(&world, &token, "/api/account/recovery-codes", &body).status(), 429);
    let ticket = ticket(&world, "alice");
    assert_eq!(give(&world, &ticket, &code(&world, &key)).status(), 429, "all of them are counted together");
    assert_eq!(world.data.snapshot(), before);
    world.advance_millis(1000);
    assert_eq!(remove(&code(&world, &key)).status(), 204);
}

#[test]
fn recovery_codes_are_shown_once_and_kept_as_digests() {
    let world = World::new();
    let token = world.join("alice");
    let first = make_codes(&world, &token);
    let codes = make_codes(&world, &token);
    let is_code = |code: &String| code.len() == 19 && code.split('-').all(|group| group.len() == 4);
    assert!(codes.len() == 10 && codes.iter().all(is_code), "{codes:?}");
    let mut all = [first.clone(), codes.clone()].concat();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 20, "all of them differ");
    assert_eq!(shown(&world, &token), (false, 10));
    let stored = record(&world, "alice").to_string();
    for code in &codes {
        let plain = code.replace('-', "");
        assert!(!stored.contains(&plain) && !stored.contains(code) && !world.whole_log().contains(code));
    }
    recover(&world, "alice", &first[0], NEW).is_refused(401, "invalid_code", &[]);
    assert_eq!(recover(&world, "alice", &codes[9], NEW).status(), 204);
}

/// A recovery code can do all that the app can. If the password alone got some, the second factor would be none.
#[test]
fn with_a_second_factor_recovery_codes_take_a_code() {
    let world = World::new();
    let (token, key) = join_with_factor(&world, "alice");
    let make = |body: &Value| post_as(&world, &token, "/api/account/recovery-codes", body);
    make(&json!({"password": PASSWORD})).is_invalid(&["code:missing"]);
    make(&json!({"password": "wrong", "code": next_code(&world, &key)})).is_invalid(&["password:wrong_password"]);
    make(&json!({"password": PASSWORD, "code": wrong_code(&world, &key)})).is_invalid(&["code:wrong_code"]);
    assert_eq!(shown(&world, &token).1, 0);
    let made = make(&json!({"password": PASSWORD, "code": code(&world, &key)}));
    assert_eq!((made.status(), shown(&world, &token)), (200, (true, 10)), "{}", made.said());
    let last = made.json()["codes"][9].as_str().unwrap().to_owned();
    assert_eq!(make(&json!({"password": PASSWORD, "code": last})).status(), 200, "one of those until now");
    assert_eq!(shown(&world, &token), (true, 10));
    make(&json!({"password": PASSWORD, "code": last})).is_invalid(&["code:wrong_code"]);
}

#[test]
fn what_is_not_valid_is_refused() {
    let world = World::new();
    let token = world.join("alice");
    for (path, body, errors) in [
        ("/api/account/totp", json!({}), &["password:missing"][..]),
        ("/api/account/totp", json!({"password": 7, "code": "1"}), &["password:wrong_type", "code:unknown_field"]),
        ("/api/account/totp/confirm", json!({}), &["ticket:missing", "code:missing"]),
        ("/api/account/totp/confirm", json!({"ticket": "", "code": 123_456}), &["code:wrong_type"]),
        ("/api/account/totp/confirm", json!({"ticket": "", "code": "0000-0000-0000-0000"}), &["code:invalid"]),
        ("/api/account/totp/remove", json!({}), &["password:missing", "code:missing"]),
        ("/api/account/totp/remove", json!({"password": "", "code": "1234567"}), &["code:invalid"]),
        ("/api/account/recovery-codes", json!({"code": "x"}), &["password:missing", "code:invalid"]),
    ] {
        post_as(&world, &token, path, &body).is_invalid(errors);
    }
}

#[test]
fn the_owner_sees_what_has_happened() {
    let world = World::new();
    let token = world.join("alice");
    let (key, codes) = enrol_with_codes(&world, &token);
    give(&world, &ticket(&world, "alice"), &wrong_code(&world, &key));
    let body = json!({"password": PASSWORD, "code": codes[0]});
    for _ in 0..2 {
        post_as(&world, &token, "/api/account/totp/remove", &body);
    }
    recover(&world, "alice", &codes[0], NEW).is_refused(401, "invalid_code", &[]);
    assert_eq!(recover(&world, "alice", &codes[1], NEW).status(), 204);
    let login = world.post("/api/login", &json!({"username": "alice", "password": NEW}).to_string()).json();
    let activity = world.send(bearer(login["token"].as_str().unwrap(), "GET", "/api/account/activity", "")).json();
    let mut seen: Vec<_> =
        activity["activity"].as_array().unwrap().iter().map(|e| e["activity"].as_str().unwrap()).collect();
    seen.sort_unstable();
    let expected = [
        "login",
        "login",
        "login_failed",
        "login_failed",
        "login_failed",
        "password_reset",
        "recovery_codes_made",
        "second_factor_off",
        "second_factor_on",
    ];
    assert_eq!(seen, expected);
}
