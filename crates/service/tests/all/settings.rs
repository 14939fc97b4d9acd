use bytes::Bytes;
use http::Request;

use crate::world::{PASSWORD, World, anon, bearer, signup_body};

/// A text that occurs in every bad value that is text, and nowhere else.
const MARK: &str = "zq9x";

fn reading() -> Request<Bytes> {
    anon("GET", "/api/messages", "")
}

fn signing_up() -> Request<Bytes> {
    anon("POST", "/api/signup", &signup_body("alice"))
}

fn logging_in() -> Request<Bytes> {
    anon("POST", "/api/login", &format!(r#"{{"username":"alice","password":"{PASSWORD}"}}"#))
}

fn refreshing() -> Request<Bytes> {
    anon("POST", "/api/session/refresh", r#"{"refresh_token":"a"}"#)
}

fn deleting_the_account() -> Request<Bytes> {
    bearer(TOKEN, "POST", "/api/account/delete", r#"{"password":"a"}"#)
}

fn key_set() -> Request<Bytes> {
    anon("GET", "/.well-known/jwks.json", "")
}

/// A token that can be parsed, but that no key has signed.
const TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.e30.AAAA";

fn authorizing() -> Request<Bytes> {
    bearer(TOKEN, "GET", "/api/authorizer", "")
}

fn showing_the_account() -> Request<Bytes> {
    bearer(TOKEN, "GET", "/api/account", "")
}

fn reporting() -> Request<Bytes> {
    bearer(TOKEN, "POST", "/api/messages/1/report", r#"{"reason":"a"}"#)
}

fn posting() -> Request<Bytes> {
    bearer(TOKEN, "POST", "/api/messages", r#"{"text":"a"}"#)
}

type Asks = &'static [fn() -> Request<Bytes>];

/// Expects that a request fails because of a variable, and that nobody is told the variable's value.
#[track_caller]
fn stops(world: &World, variable: &str, value: &str, ask: Request<Bytes>) {
    let said = format!("{variable}={value:.40} {} {}", ask.method(), ask.uri());
    let answer = world.send(ask).of(&said);
    answer.is_refused(500, "misconfigured", &[]);
    assert!(answer.text().contains(&format!("variable {variable} ")), "{said}: {}", answer.said());
    let events = world.events("misconfigured");
    assert_eq!((events.len(), &events[0]["variable"]), (1, &serde_json::json!(variable)), "{said}");
    for secret in [MARK, value].into_iter().filter(|secret| secret.len() > 3) {
        let told = answer.text().contains(secret) || world.whole_log().contains(secret);
        assert!(!told, "{said}: {} {}", answer.text(), world.whole_log());
    }
}

#[test]
fn a_value_that_can_not_be_used_stops_the_component_and_is_not_said() {
    let long = format!("{MARK}{}", "a".repeat(10_000));
    let key = format!("-----BEGIN PRIVATE KEY-----\n{MARK}\n-----END PRIVATE KEY-----\n");
    // Each row: a variable, an unusable value, and requests that use the variable.
    let rows: [(&str, &str, Asks); 46] = [
        ("stage", "zq9x stage!", &[reading]),
        ("stage", "zq9x/with a slash", &[posting, authorizing]),
        ("store", "zq9x/b", &[reading]),
        ("store", "zq9x with spaces", &[reading, signing_up, logging_in]),
        ("cors_allowed_origins", "zq9x", &[reading, signing_up, logging_in, key_set, authorizing]),
        ("cors_allowed_origins", "shop.zq9x", &[reading]),
        ("cors_allowed_origins", "https://a.example/zq9x", &[reading]),
        ("cors_allowed_origins", "https://a.example,zq9x", &[reading]),
        ("cors_allowed_origins", "https://zq9x@a.example", &[reading]),
        ("cors_allowed_origins", "https://a.example:443", &[reading]),
        ("pbkdf2_iterations", "zq9x", &[signing_up, logging_in]),
        ("pbkdf2_iterations", "0", &[signing_up, logging_in]),
        ("pbkdf2_iterations", "-1", &[signing_up, logging_in]),
        ("pbkdf2_iterations", "1e6", &[signing_up, logging_in]),
        ("pbkdf2_iterations", "10000001", &[signing_up, logging_in]),
        ("pbkdf2_iterations", "99999999999", &[signing_up, logging_in]),
        ("login_free_failures", "zq9x", &[logging_in]),
        ("login_free_failures", "-1", &[logging_in]),
        ("login_address_free_failures", "zq9x", &[logging_in]),
        ("login_address_free_failures", "100001", &[logging_in]),
        ("login_max_delay_seconds", "zq9x", &[logging_in]),
        ("login_max_delay_seconds", "0", &[logging_in]),
        ("login_max_delay_seconds", "301", &[logging_in]),
        ("client_address_header", "zq9x of a proxy", &[logging_in, signing_up]),
        ("signups_per_hour", "zq9x", &[signing_up]),
        ("reports_per_hour", "zq9x", &[reporting]),
        ("token_lifetime_seconds", "zq9x", &[logging_in, key_set]),
        ("token_lifetime_seconds", "-1", &[logging_in]),
        ("token_lifetime_seconds", "0", &[logging_in, key_set]),
        ("token_lifetime_seconds", "86401", &[key_set]),
        ("token_lifetime_seconds", "15m", &[key_set]),
        ("token_issuer", &long, &[logging_in, authorizing]),
        ("token_audience", &long, &[logging_in, authorizing]),
        ("signing_key", "zq9x", &[logging_in, key_set]),
        ("signing_key", "zq9x-not-a-pem-value", &[key_set]),
        ("signing_key", &key, &[logging_in, key_set]),
        ("signing_key", &long, &[logging_in, key_set]),
        ("signing_key_lifetime_seconds", "zq9x", &[logging_in, key_set]),
        ("signing_key_lifetime_seconds", "30 days", &[key_set]),
        ("signing_key_lifetime_seconds", "31536001", &[logging_in, key_set]),
        ("session_lifetime_seconds", "zq9x", &[logging_in]),
        ("session_idle_seconds", "zq9x", &[logging_in, refreshing]),
        ("refresh_reuse_seconds", "zq9x", &[refreshing]),
        ("refresh_reuse_seconds", "-1", &[refreshing]),
        ("refresh_reuse_seconds", "301", &[refreshing]),
        ("refresh_reuse_seconds", "10s", &[refreshing]),
    ];
    for (variable, value, asks) in rows {
        for ask in asks {
            let world = World::new();
            // A login needs an account, which has to be created before the variable gets its bad value.
            if ask().uri() != signing_up().uri() {
                world.sign_up("alice");
            }
            world.set(variable, value);
            stops(&world, variable, value, ask());
        }
    }
}

#[test]
fn who_may_have_an_account_and_who_is_an_admin_is_never_guessed() {
    for (variable, value, ask) in [
        ("signups", "zq9x", signing_up as fn() -> Request<Bytes>),
        ("signups", "Closed zq9x", signing_up),
        ("reserved_usernames", "zq9x;bob", signing_up),
        ("admins", "zq9x;bob", signing_up),
        ("admins", "zq9x;bob", authorizing),
        ("admins", "zq9x;bob", showing_the_account),
    ] {
        let world = World::new();
        world.set(variable, value);
        stops(&world, variable, value, ask());
    }
}

#[test]
fn a_header_that_holds_no_address_is_refused() {
    for name in [
        "a b",
        "x-forwarded-for,x-real-ip",
        "x-forwarded-for:",
        "ä",
        "Host",
        "cookie",
        "authorization",
        "via",
        "X-Forwarded-Proto",
        "x-forwarded-host",
        "x-forwarded-port",
        "user-agent",
        "origin",
        "referer",
        "spin-client-addr",
        "spin-full-url",
    ] {
        for ask in [signing_up, logging_in, refreshing, deleting_the_account] {
            let world = World::new();
            world.set("client_address_header", name);
            stops(&world, "client_address_header", name, ask());
        }
    }
    for name in ["X-Forwarded-For", "Forwarded", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP", "Fly-Client-IP"] {
        let world = World::new();
        world.set("client_address_header", name);
        assert_eq!(world.sign_up("alice").of(name).status(), 201);
    }
}

#[test]
fn trusted_proxies_are_networks_and_are_for_a_header() {
    let many = "192.0.2.7 ".repeat(1001);
    for (header, value, works) in [
        ("x-forwarded-for", "10.0.0.0/8, 2001:db8::/32 192.0.2.7", true),
        ("x-forwarded-for", " ", true),
        ("x-forwarded-for", "10.0.0.0/33", false),
        ("x-forwarded-for", "10.0.0.0/8 proxy.example", false),
        ("x-forwarded-for", "0.0.0.0/0", false),
        ("x-forwarded-for", &many, false),
        ("", "10.0.0.0/8", false),
        ("", "proxy.example", false),
    ] {
        for ask in [signing_up, logging_in, refreshing, deleting_the_account] {
            let world = World::new();
            world.set("client_address_header", header);
            world.set("trusted_proxies", value);
            match works {
                true => assert_ne!(world.send(ask()).of(value).status(), 500),
                false => stops(&world, "trusted_proxies", value, ask()),
            }
        }
    }
}

#[test]
fn fewer_rounds_than_recommended_are_for_the_stage_test_alone() {
    for (stage, rounds, status) in [
        ("test", "1", 201),
        ("dev", "219999", 500),
        ("live", "219999", 500),
        ("tests", "219999", 500),
        ("Test", "219999", 500),
        ("production", "1", 500),
        ("testing", "1", 500),
        ("dev", "220000", 201),
        ("live", "220000", 201),
    ] {
        let world = World::new();
        world.set("stage", stage);
        world.set("pbkdf2_iterations", rounds);
        let said = format!("{rounds} rounds on {stage}");
        assert_eq!(world.sign_up("alice").status(), status, "{said}");
        if status == 500 {
            let answer = world.log_in("alice").of(&said);
            answer.is_refused(500, "misconfigured", &[]);
            assert!(answer.text().contains("variable pbkdf2_iterations "), "{said}: {}", answer.said());
            assert!(!world.whole_log().contains("219999"), "{said}: {}", world.whole_log());
            assert_eq!(world.send(reading()).status(), 200, "{said}: reading does not depend on it");
            assert_eq!(world.send(anon("OPTIONS", "/api/login", "")).status(), 204, "{said}");
        }
    }
}

#[test]
fn what_is_not_set_or_empty_has_its_default() {
    let world = World::new();
    for variable in ["stage", "pbkdf2_iterations"] {
        world.unset(variable);
    }
    for variable in ["cors_allowed_origins", "token_issuer", "signing_key", "store"] {
        world.set(variable, "");
    }
    world.sign_up("alice");
    assert_eq!(world.log_in("alice").json()["expires_in"], 900);
    let event = &world.events("authn_login_success")[0];
    // There is one pause every 2,500 rounds, so that other requests are served during the computation.
    assert_eq!((&event["hash_rounds"], &event["hash_pauses"]), (&219_999.into(), &88.into()));
}
