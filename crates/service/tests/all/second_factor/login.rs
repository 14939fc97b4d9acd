use domain::{AppSecret, Purpose, Timestamp};

use super::*;
use crate::world::{Data, anon};

/// What a token says of how its session was opened.
fn authentication(token: &str) -> Value {
    let digit = |b: u8| match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'-' => 62,
        _ => 63,
    };
    let mut bytes = Vec::new();
    for four in token.split('.').nth(1).unwrap().as_bytes().chunks(4) {
        let bits = four.iter().fold(0_u32, |bits, b| bits << 6 | u32::from(digit(*b))) << (6 * (4 - four.len()));
        bytes.extend(&bits.to_be_bytes()[1..four.len()]);
    }
    let claims: Value = serde_json::from_slice(&bytes).unwrap();
    json!([claims["amr"], claims["auth_time"]])
}

#[test]
fn a_login_has_two_steps_and_its_tokens_say_so() {
    let world = World::new();
    let (first, key) = join_with_factor(&world, "alice");
    assert_eq!(authentication(&first), json!([["pwd"], 1_800_000_000 - 60]));
    let sessions = || world.data.keys().into_iter().filter(|key| key.starts_with("latchkey:session:")).count();
    let before = sessions();
    let answer = world.log_in("alice");
    assert_eq!((answer.status(), answer.header("set-cookie")), (202, None), "{}", answer.said());
    let ticket = answer.json()["ticket"].as_str().unwrap().to_owned();
    assert_eq!(answer.json(), json!({"ticket": ticket, "expires_in": 300}));
    assert_eq!((sessions(), world.events("authn_login_success").len()), (before, 1), "nothing has begun");
    assert_eq!(world.events("authn_code_asked")[0]["username"], "alice");

    let login = give(&world, &ticket, &next_code(&world, &key));
    assert_eq!(login.status(), 200, "{}", login.said());
    let (token, refresh_token) = login.tokens();
    let opened = json!([["pwd", "otp", "mfa"], 1_800_000_030 - 60]);
    assert_eq!((world.accepts(&token), authentication(&token)), (200, opened.clone()));
    assert_eq!(world.events("authn_login_success").len(), 2);
    world.advance_millis(600_000);
    assert_eq!(authentication(&world.refresh(&refresh_token).tokens().0), opened, "a refresh changes nothing of it");
    assert!(!world.whole_log().contains(&ticket));
}

#[test]
fn a_wrong_password_says_nothing_of_the_second_factor() {
    let world = World::new();
    join_with_factor(&world, "alice");
    world.sign_up("bob");
    let attempt = |username: &str| {
        let answer = world.post("/api/login", &json!({"username": username, "password": "wrong"}).to_string());
        (answer.status(), answer.text().to_owned())
    };
    assert_eq!(attempt("alice"), attempt("bob"));
    let work = |event: &Value| ["store_reads", "store_writes", "hash_rounds"].map(|field| event[field].clone());
    let failures = world.events("authn_login_fail");
    assert_eq!(work(&failures[0]), work(&failures[1]));
}

#[test]
fn a_code_is_good_once_and_for_one_step_more_or_less() {
    let world = World::new();
    let (_, key) = join_with_factor(&world, "alice");
    let used = code(&world, &key);
    give(&world, &ticket(&world, "alice"), &used).is_refused(401, "invalid_code", &[]);
    let this = next_code(&world, &key);
    world.advance_millis(STEP_MILLIS);
    assert_eq!(give(&world, &ticket(&world, "alice"), &this).status(), 200, "the app is a step behind");
    give(&world, &ticket(&world, "alice"), &this).is_refused(401, "invalid_code", &[]);
    let early = next_code(&world, &key);
    let late = next_code(&world, &key);
    world.step_back_millis(STEP_MILLIS);
    assert_eq!(give(&world, &ticket(&world, "alice"), &late).status(), 200, "the app is a step ahead");
    give(&world, &ticket(&world, "alice"), &early).is_refused(401, "invalid_code", &[]);
    world.advance_millis(10 * STEP_MILLIS);
    let old = code(&world, &key);
    world.advance_millis(2 * STEP_MILLIS);
    give(&world, &ticket(&world, "alice"), &old).is_refused(401, "invalid_code", &[]);
    assert_eq!(world.events("authn_login_fail").last().unwrap()["username"], "alice");
}

#[test]
fn a_recovery_code_stands_in_for_the_app() {
    let world = World::new();
    let token = world.join("alice");
    let (key, codes) = enrol_with_codes(&world, &token);
    for typed in [codes[3].to_uppercase().replace('-', " "), codes[4].replace(['0'], "o").replace('1', "l")] {
        let login = give(&world, &ticket(&world, "alice"), &typed);
        assert_eq!(login.status(), 200, "{}", login.said());
        assert_eq!(authentication(&login.tokens().0)[0], json!(["pwd", "otp", "mfa"]));
        give(&world, &ticket(&world, "alice"), &typed).is_refused(401, "invalid_code", &[]);
    }
    assert_eq!(shown(&world, &token), (true, 8));
    let bob = world.join("bob");
    enrol_with_codes(&world, &bob);
    give(&world, &ticket(&world, "bob"), &codes[5]).is_refused(401, "invalid_code", &[]);
    assert_eq!(give(&world, &ticket(&world, "alice"), &next_code(&world, &key)).status(), 200);
}

#[test]
fn a_ticket_is_good_for_five_minutes_and_one_session() {
    let world = World::new();
    let (token, key) = join_with_factor(&world, "alice");
    let refused = |ticket: &str| {
        let answer = give(&world, ticket, &next_code(&world, &key));
        answer.is_refused(401, "invalid_code", &[]);
        assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"latchkey\""));
        answer.text().to_owned()
    };
    let late = ticket(&world, "alice");
    world.advance_millis(270_000 - 1);
    assert_eq!(give(&world, &late, &next_code(&world, &key)).status(), 200, "the last millisecond");
    let wrong = refused(&late);

    let late = ticket(&world, "alice");
    world.advance_millis(300_000);
    assert_eq!(refused(&late), wrong, "one answer for all");

    for end in ["/api/account/password", "/api/sessions"] {
        let ended = ticket(&world, "alice");
        let (method, body) = match end {
            "/api/sessions" => ("DELETE", String::new()),
            _ => ("POST", json!({"current_password": PASSWORD, "new_password": PASSWORD}).to_string()),
        };
        assert_eq!(world.send(bearer(&token, method, end, &body)).status(), 204, "{end}");
        assert_eq!(refused(&ended), wrong, "{end}");
    }
    let good = ticket(&world, "alice");
    for forged in ["", "a.b.c", &good[..good.len() - 1], &good.replacen("alice", "bobby", 1)] {
        assert_eq!(refused(forged), wrong, "{forged}");
    }
    let stored: Value = serde_json::from_slice(&world.data.get("latchkey:places").unwrap()).unwrap();
    let secret = AppSecret::from_hex(stored["secret"].as_str().unwrap()).unwrap();
    let until = Timestamp::from_millis(world.data.now_millis() + 300_000);
    let text = good.rsplitn(3, '.').nth(2).unwrap();
    assert_eq!(refused(&secret.seal(Purpose::Reset, text, until)), wrong, "for something else");
    assert_eq!(refused(&secret.seal(Purpose::SecondFactor, "alice", until)), wrong, "that says too little");
    assert_eq!(give(&world, &good, &next_code(&world, &key)).status(), 200);
}

#[test]
fn five_wrong_codes_are_free_and_another_login_gives_no_more() {
    let world = World::new();
    let (_, key) = join_with_factor(&world, "alice");
    world.advance_millis(STEP_MILLIS);
    for _ in 0..5 {
        give(&world, &ticket(&world, "alice"), &wrong_code(&world, &key)).is_refused(401, "invalid_code", &[]);
    }
    let mut waits = Vec::new();
    for _ in 0..11 {
        let refused = give(&world, &ticket(&world, "alice"), &wrong_code(&world, &key));
        assert_eq!((refused.status(), refused.code().as_str()), (429, "too_many_requests"), "{}", refused.said());
        let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
        waits.push(wait);
        let ticket = ticket(&world, "alice");
        assert_eq!(give(&world, &ticket, &code(&world, &key)).status(), 429, "the right one has to wait too");
        world.advance_millis(wait * 1000);
        assert_eq!(give(&world, &super::ticket(&world, "alice"), &wrong_code(&world, &key)).status(), 401);
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    assert_eq!(world.events("authn_login_fail_max")[0]["limit"], "codes");
    world.advance_millis(300_000);
    assert_eq!(give(&world, &ticket(&world, "alice"), &code(&world, &key)).status(), 200);
}

/// Somebody who has the password and guesses codes elsewhere does not make the owner wait.
#[test]
fn a_browser_that_the_account_knows_waits_for_its_own_wrong_codes() {
    let world = World::over(Data::default());
    let (_, key) = join_with_factor(&world, "alice");
    let browser = |cookie: &str, ticket: &str, code: &str| {
        let body = json!({"ticket": ticket, "code": code}).to_string();
        let mut request = anon("POST", "/api/login/code", &body);
        request.headers_mut().insert("cookie", cookie.parse().unwrap());
        world.send(request)
    };
    let login = browser("a=b", &ticket(&world, "alice"), &next_code(&world, &key));
    let set: Vec<_> = login.response.headers().get_all("set-cookie").iter().map(|c| c.to_str().unwrap()).collect();
    let device = set.iter().find(|cookie| cookie.starts_with("latchkey-device=")).unwrap();
    assert!(set.len() == 2 && device.contains("Path=/api/login;"), "{set:?}");
    let device = device.split(';').next().unwrap().to_owned();
    world.advance_millis(STEP_MILLIS);
    for _ in 0..5 {
        give(&world, &ticket(&world, "alice"), &wrong_code(&world, &key));
    }
    assert_eq!(give(&world, &ticket(&world, "alice"), &code(&world, &key)).status(), 429);
    assert_eq!(browser(&device, &ticket(&world, "alice"), &code(&world, &key)).status(), 200);
    world.advance_millis(STEP_MILLIS);
    for _ in 0..5 {
        assert_eq!(browser(&device, &ticket(&world, "alice"), &wrong_code(&world, &key)).status(), 401);
    }
    assert_eq!(browser(&device, &ticket(&world, "alice"), &code(&world, &key)).status(), 429);
}

#[test]
fn a_login_counts_as_an_attempt_that_failed_until_its_code_is_right() {
    let world = World::new();
    let (_, key) = join_with_factor(&world, "alice");
    world.use_limits();
    for _ in 0..8 {
        let login = give(&world, &ticket(&world, "alice"), &next_code(&world, &key));
        assert_eq!(login.status(), 200, "{}", login.said());
    }
    for _ in 0..5 {
        ticket(&world, "alice");
    }
    assert_eq!(world.log_in("alice").status(), 429);
}

/// One's own second factor must not forgive guesses at the passwords of others from the same address.
#[test]
fn a_ticket_takes_back_its_own_attempt_and_no_more() {
    let world = World::new();
    let token = world.join("alice");
    let (_, codes) = enrol_with_codes(&world, &token);
    world.use_limits();
    let from = |request: http::Request<bytes::Bytes>| {
        let mut request = request;
        request.headers_mut().append("spin-client-addr", "192.0.2.7:4711".parse().unwrap());
        world.send(request)
    };
    let log_in = |username: &str, password: &str| {
        from(anon("POST", "/api/login", &json!({"username": username, "password": password}).to_string()))
    };
    for n in 0..4 {
        assert_eq!(log_in(&format!("name-{n}"), "a guess").status(), 401);
    }
    let ticket = log_in("alice", PASSWORD).json()["ticket"].as_str().unwrap().to_owned();
    let give = |code: &str| from(anon("POST", "/api/login/code", &json!({"ticket": ticket, "code": code}).to_string()));
    assert_eq!(give(&codes[0]).status(), 200);
    for code in &codes[1..4] {
        give(code).is_refused(401, "invalid_code", &[]);
    }
    assert_eq!(log_in("name-5", "a guess").status(), 401, "the fifth");
    assert_eq!(log_in("name-6", "a guess").status(), 429);
}

#[test]
fn what_is_not_valid_is_refused() {
    let world = World::new();
    for (body, errors) in [
        (json!({}), &["ticket:missing", "code:missing"][..]),
        (json!({"ticket": "x", "code": "12345"}), &["code:invalid"]),
        (json!({"ticket": 1, "code": 123_456}), &["ticket:wrong_type", "code:wrong_type"]),
        (json!({"ticket": "x", "code": "123456", "refresh_token_in": "header"}), &["refresh_token_in:invalid"]),
        (json!({"ticket": "x", "code": "123456", "password": "y"}), &["password:unknown_field"]),
    ] {
        world.post("/api/login/code", &body.to_string()).is_invalid(errors);
    }
}
