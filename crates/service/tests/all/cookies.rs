//! The refresh token of a browser, which is in a cookie.

use bytes::Bytes;
use http::Request;

use crate::world::{Answer, PASSWORD, World, anon, bearer};

/// Adds headers to a request.
pub(crate) fn with(mut request: Request<Bytes>, headers: &[(&'static str, &str)]) -> Request<Bytes> {
    for (name, value) in headers {
        request.headers_mut().append(*name, value.parse().unwrap());
    }
    request
}

pub(crate) fn login(world: &World, headers: &[(&'static str, &str)]) -> Answer {
    let body = format!(r#"{{"username":"alice","password":"{PASSWORD}"}}"#);
    world.send(with(anon("POST", "/api/login", &body), headers))
}

/// `NAME=VALUE` of the one cookie that an answer has to set.
pub(crate) fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

fn refresh(world: &World, headers: &[(&'static str, &str)]) -> Answer {
    world.send(with(anon("POST", "http://latch.example/api/session/refresh", ""), headers))
}

#[test]
fn a_browser_gets_a_cookie_that_no_script_reads_and_that_goes_to_one_path() {
    let world = World::new();
    world.sign_up("alice");
    let answer = login(&world, &[]);
    let set = answer.header("set-cookie").unwrap();
    let attributes: Vec<_> = set.split("; ").skip(1).collect();
    assert_eq!(attributes, ["Path=/api/session", "Max-Age=604800", "HttpOnly", "SameSite=Strict"]);
    assert!(set.starts_with("latchkey-refresh="));
    assert!(answer.json().get("refresh_token").is_none(), "a script would read it");

    let secure = login(&world, &[("origin", "https://latch.example")]);
    let set = secure.header("set-cookie").unwrap();
    assert!(set.starts_with("__Secure-latchkey-refresh=") && set.ends_with("; Secure"), "{set}");

    let next = refresh(&world, &[("cookie", &cookie(&answer))]);
    assert_eq!(next.status(), 200, "{}", next.said());
    assert!(cookie(&next) != cookie(&answer) && next.json().get("refresh_token").is_none());
    assert_eq!(world.accepts(next.json()["token"].as_str().unwrap()), 200);
}

#[test]
fn with_the_cookie_a_request_of_another_origin_is_refused() {
    let world = World::new();
    world.sign_up("alice");
    let held = cookie(&login(&world, &[]));
    for headers in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "http://evil.example")],
        &[("origin", "null")],
    ] {
        let headers = [headers, &[("cookie", &held)]].concat();
        let answer = refresh(&world, &headers);
        answer.is_refused(403, "cross_site_request", &[]);
    }
    assert_eq!(world.events("authz_fail")[0]["reason"], "cross_site");
    assert!(world.events("session_refreshed").is_empty(), "the session is as it was");
    for headers in [
        &[("sec-fetch-site", "same-origin"), ("origin", "http://latch.example")][..],
        &[("origin", "http://latch.example")],
        &[],
    ] {
        assert_eq!(refresh(&world, &[headers, &[("cookie", &held)]].concat()).status(), 200, "{headers:?}");
    }
}

#[test]
fn a_cookie_is_taken_back_by_a_logout_and_not_because_it_is_unknown() {
    let world = World::new();
    world.sign_up("alice");
    for unknown in ["latchkey-refresh=nonsense", "latchkey-refresh=nonsense; latchkey-refresh=planted"] {
        let answer = refresh(&world, &[("cookie", unknown)]);
        answer.is_refused(401, "invalid_refresh_token", &[]);
        assert_eq!(answer.header("set-cookie"), None, "{unknown}");
    }
    let token = login(&world, &[]).json()["token"].as_str().unwrap().to_owned();
    let gone = "latchkey-refresh=; Path=/api/session; Max-Age=0; HttpOnly; SameSite=Strict";
    assert_eq!(world.send(bearer(&token, "POST", "/api/logout", "")).header("set-cookie"), Some(gone));
}

/// A page of a sibling host can set a cookie of the same name for the whole domain.
#[test]
fn a_planted_cookie_beside_the_good_one_changes_nothing() {
    let world = World::new();
    world.sign_up("alice");
    let (token, ended) = world.begin("alice");
    world.send(bearer(&token, "POST", "/api/logout", ""));
    let held = cookie(&login(&world, &[]));
    let forged = format!("{}0", &held[..held.len() - 1]);
    let forged = if forged == held { format!("{}1", &held[..held.len() - 1]) } else { forged };
    let of_ended = format!("latchkey-refresh={ended}");
    for planted in ["latchkey-refresh=planted", "latchkey-refresh=", &of_ended, &forged, &held] {
        for cookies in [&[("cookie", &*format!("{held}; {planted}"))][..], &[("cookie", planted), ("cookie", &held)]] {
            let answer = refresh(&world, cookies);
            assert_eq!(answer.status(), 200, "{}", answer.said());
            assert!(cookie(&answer).len() > 100 && cookie(&answer) != held);
        }
    }
    let four = |planted: usize| format!("{}{held}", "latchkey-refresh=x; ".repeat(planted));
    assert_eq!(refresh(&world, &[("cookie", &four(3))]).status(), 200);
    assert_eq!(refresh(&world, &[("cookie", &four(4))]).status(), 401, "no more than four are looked at");
    assert!(world.events("authn_token_reuse").is_empty());
}

#[test]
fn of_two_living_sessions_neither_is_chosen_and_neither_is_harmed() {
    for (one, other) in [("alice", "mallory"), ("alice", "alice")] {
        let world = World::new();
        world.sign_up("alice");
        world.sign_up("mallory");
        let held = [one, other].map(|username| format!("latchkey-refresh={}", world.begin(username).1));
        let before = world.data.snapshot();
        let answer = refresh(&world, &[("cookie", &held.join("; "))]);
        answer.is_refused(401, "invalid_refresh_token", &[]);
        assert_eq!(answer.header("set-cookie"), None, "the good one would be lost");
        assert_eq!(world.data.snapshot(), before);
        assert_eq!(world.events("authn_token_invalid")[0]["reason"], "two_sessions");
        for held in held {
            assert_eq!(refresh(&world, &[("cookie", &held)]).status(), 200);
        }
    }
}

#[test]
fn the_body_goes_before_the_cookie() {
    let world = World::new();
    world.sign_up("alice");
    let held = cookie(&login(&world, &[]));
    let (_, other) = world.begin("alice");
    let body = format!(r#"{{"refresh_token":"{other}"}}"#);
    let request = with(anon("POST", "/api/session/refresh", &body), &[("cookie", &held)]);
    let answer = world.send(request);
    assert!(answer.status() == 200 && answer.header("set-cookie").is_none() && answer.tokens().1 != other);
    let answer = world.post("/api/login", r#"{"username":"a","password":"b","refresh_token_in":"url"}"#);
    answer.is_invalid(&["refresh_token_in:invalid"]);
}
