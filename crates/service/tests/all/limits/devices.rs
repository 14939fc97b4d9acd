//! Failed logins of others do not lock out a browser that has logged in before.

use super::*;

/// The device cookie that a successful login sets.
fn cookie(answer: &Answer) -> String {
    assert_eq!(answer.status(), 200, "{}", answer.said());
    let cookies = answer.response.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let devices = cookies.filter(|value| value.starts_with("latchkey-device=")).collect::<Vec<_>>();
    assert_eq!(devices.len(), 1, "{devices:?}");
    devices[0].split_once(';').unwrap().0.to_owned()
}

fn login_with(cookie: &str, username: &str, password: &str) -> Request<Bytes> {
    let mut request = login_from(HOME, username, password);
    request.headers_mut().insert("cookie", cookie.parse().unwrap());
    request
}

/// An attacker guesses at an account from many addresses, until the account has the longest delay.
fn besiege(world: &World, username: &str) {
    for n in 0..12 {
        assert_eq!(guess_from(world, &format!("198.51.100.{n}"), username).0, 401);
        world.advance_millis(60_000);
    }
    guess_from(world, "198.51.100.99", username);
    assert_eq!(guess_from(world, "198.51.100.98", username), (429, Some(60)));
}

#[test]
fn the_cookie_is_for_the_login_alone_and_for_half_a_year() {
    let world = world();
    world.sign_up("alice");
    let answer = world.send(login("alice", PASSWORD));
    let cookies: Vec<_> = answer.response.headers().get_all("set-cookie").iter().collect();
    let device = cookies.iter().find(|value| value.as_bytes().starts_with(b"latchkey-device=")).unwrap();
    let attributes = device.to_str().unwrap().split_once("; ").unwrap().1;
    assert_eq!(attributes, "Path=/api/login; Max-Age=15552000; HttpOnly; SameSite=Strict");
    let mut by_https = login("alice", PASSWORD);
    by_https.headers_mut().insert("origin", "https://latch.example".parse().unwrap());
    let answer = world.send(by_https);
    let names: Vec<_> = answer.response.headers().get_all("set-cookie").iter().map(|v| v.to_str().unwrap()).collect();
    assert!(names.iter().any(|c| c.starts_with("__Secure-latchkey-device=") && c.ends_with("; Secure")), "{names:?}");
    let failed = world.send(login("alice", WRONG));
    assert_eq!((failed.status(), failed.header("set-cookie")), (401, None));
    assert!(!world.whole_log().contains(cookie_value(device.to_str().unwrap())), "no cookie is logged");
}

fn cookie_value(cookie: &str) -> &str {
    cookie.split(['=', ';']).nth(1).unwrap()
}

#[test]
fn a_known_device_does_not_wait_for_the_failures_of_others() {
    let world = world();
    world.sign_up("alice");
    let device = cookie(&world.send(login("alice", PASSWORD)));
    besiege(&world, "alice");
    // Other users fail at alice's own address, too.
    for n in 0..6 {
        guess_from(&world, HOME, &format!("name-{n}"));
    }
    assert_eq!(guess_from(&world, HOME, "name-7").0, 429);
    for _ in 0..3 {
        assert_eq!(world.send(login_with(&device, "alice", PASSWORD)).status(), 200);
        assert_eq!(verdict(&world.send(login_from(HOME, "alice", PASSWORD))).0, 429, "another browser of hers");
    }
}

#[test]
fn who_has_just_signed_up_is_a_known_device() {
    let world = world();
    let answer = world.sign_up("alice");
    assert_eq!(answer.status(), 201);
    let set = answer.header("set-cookie").unwrap();
    let device = set.split_once(';').unwrap().0.to_owned();
    assert!(device.starts_with("latchkey-device=") && set.contains("Path=/api/login;"), "{set}");
    besiege(&world, "alice");
    assert_eq!(world.send(login_with(&device, "alice", PASSWORD)).status(), 200);
}

#[test]
fn a_device_is_limited_itself() {
    let world = world();
    world.sign_up("alice");
    let device = cookie(&world.send(login("alice", PASSWORD)));
    for _ in 0..5 {
        assert_eq!(verdict(&world.send(login_with(&device, "alice", WRONG))), FAILED);
    }
    assert_eq!(verdict(&world.send(login_with(&device, "alice", WRONG))), (429, Some(1)));
    assert_eq!(verdict(&world.send(login_with(&device, "alice", PASSWORD))), (429, Some(1)));
    world.advance_millis(1000);
    assert_eq!(world.send(login_with(&device, "alice", PASSWORD)).status(), 200);
    for _ in 0..20 {
        world.send(login_with(&device, "alice", WRONG));
        world.advance_millis(60_000);
    }
    assert_eq!(guess(&world, "alice"), FAILED, "a stolen cookie makes nobody else wait");
}

#[test]
fn a_forged_cookie_or_that_of_another_account_gives_nothing() {
    let world = world();
    for username in ["alice", "mallory"] {
        world.sign_up(username);
    }
    let alices = cookie(&world.send(login("alice", PASSWORD)));
    let mallorys = cookie(&world.send(login("mallory", PASSWORD)));
    besiege(&world, "alice");
    let (head, _) = alices.rsplit_once('.').unwrap();
    for forged in [
        mallorys.clone(),
        format!("{head}.{}", "0".repeat(64)),
        format!("{head}."),
        format!("{mallorys}; {head}."),
        format!("{}{alices}", "latchkey-device=x; ".repeat(4)),
        "latchkey-device=".to_owned(),
        "latchkey-device=..".to_owned(),
    ] {
        assert_eq!(verdict(&world.send(login_with(&forged, "alice", PASSWORD))).0, 429, "{forged}");
    }
    // The cookie does not help to distinguish a name that does not exist from one that does.
    for username in ["nobody", "mallory2"] {
        besiege(&world, username);
        assert_eq!(verdict(&world.send(login_with(&mallorys, username, WRONG))).0, 429, "{username}");
    }
}

#[test]
fn a_known_device_is_known_beside_cookies_that_others_have_planted() {
    let world = world();
    for username in ["alice", "mallory"] {
        world.sign_up(username);
    }
    let alices = cookie(&world.send(login("alice", PASSWORD)));
    let mallorys = cookie(&world.send(login("mallory", PASSWORD)));
    besiege(&world, "alice");
    for cookies in [format!("{alices}; {mallorys}"), format!("latchkey-device=planted; {mallorys}; {alices}")] {
        assert_eq!(world.send(login_with(&cookies, "alice", PASSWORD)).status(), 200, "{cookies}");
    }
}

#[test]
fn a_device_is_forgotten_after_half_a_year_and_when_the_password_changes() {
    let world = world();
    world.sign_up("alice");
    let answer = world.send(login("alice", PASSWORD));
    let device = cookie(&answer);
    besiege(&world, "alice");
    assert_eq!(world.send(login_with(&device, "alice", PASSWORD)).status(), 200);
    // A higher number of rounds does not count as another password.
    world.set("pbkdf2_iterations", "3");
    assert_eq!(world.send(login_with(&device, "alice", PASSWORD)).status(), 200);
    assert_eq!(world.send(login_with(&device, "alice", PASSWORD)).status(), 200);

    let token = world.send(login_with(&device, "alice", PASSWORD)).json()["token"].as_str().unwrap().to_owned();
    let body = format!(r#"{{"current_password":"{PASSWORD}","new_password":"another good one"}}"#);
    let changed = world.send(crate::world::bearer(&token, "POST", "/api/account/password", &body));
    assert_eq!(changed.status(), 204, "{}", changed.said());
    assert_eq!(verdict(&world.send(login_with(&device, "alice", "another good one"))).0, 429);
    world.advance_millis(61_000);
    let device = cookie(&world.send(login("alice", "another good one")));
    world.advance_millis(180 * 24 * 60 * MINUTE - 30 * MINUTE);
    besiege(&world, "alice");
    assert_eq!(world.send(login_with(&device, "alice", "another good one")).status(), 200);
    world.advance_millis(30 * MINUTE);
    besiege(&world, "alice");
    assert_eq!(verdict(&world.send(login_with(&device, "alice", "another good one"))).0, 429);
}

/// The holder of a stolen token can't guess the password without delays, and the owner can change it while others guess at
/// logins.
#[test]
fn the_password_is_asked_for_again_with_delays_of_its_own() {
    let world = world();
    let token = world.join("alice");
    besiege(&world, "alice");
    let delete = |password: &str| {
        let body = serde_json::json!({ "password": password }).to_string();
        world.send(crate::world::bearer(&token, "POST", "/api/account/delete", &body))
    };
    for _ in 0..5 {
        assert_eq!(delete(WRONG).errors(), ["password:wrong_password"]);
    }
    assert_eq!(verdict(&delete(WRONG)), (429, Some(1)));
    assert_eq!(verdict(&delete(PASSWORD)), (429, Some(1)));
    let line = &world.events("authn_login_fail_max").pop().unwrap();
    assert_eq!((&line["limit"], &line["username"]), (&"check".into(), &"alice".into()));
    world.advance_millis(1000);
    assert_eq!(delete(PASSWORD).status(), 204);
}
