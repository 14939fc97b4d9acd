use crate::world::World;

/// A variable, a value that can't be used, and a request that meets it.
const BAD: &[(&str, &str, &str)] = &[
    ("stage", "bad stage!", "/api/messages"),
    ("store", "a/b", "/api/messages"),
    ("cors_allowed_origins", "shop.example", "/api/messages"),
    ("cors_allowed_origins", "https://a.example/path", "/api/messages"),
    ("pbkdf2_iterations", "many", "/api/login"),
    ("pbkdf2_iterations", "0", "/api/login"),
    ("pbkdf2_iterations", "-1", "/api/login"),
    ("pbkdf2_iterations", "10000001", "/api/login"),
    ("pbkdf2_iterations", "99999999999", "/api/login"),
    ("login_free_failures", "five", "/api/login"),
    ("login_free_failures", "-1", "/api/login"),
    ("login_address_free_failures", "100001", "/api/login"),
    ("login_max_delay_seconds", "0", "/api/login"),
    ("login_max_delay_seconds", "301", "/api/login"),
    ("client_address_header", "x forwarded for", "/api/login"),
    ("token_lifetime_seconds", "0", "/.well-known/jwks.json"),
    ("token_lifetime_seconds", "86401", "/.well-known/jwks.json"),
    ("token_lifetime_seconds", "15m", "/.well-known/jwks.json"),
    ("signing_key", "not-a-pem-value", "/.well-known/jwks.json"),
    ("signing_key_lifetime_seconds", "30 days", "/.well-known/jwks.json"),
    ("signing_key_lifetime_seconds", "31536001", "/api/login"),
];

#[test]
fn a_value_that_can_not_be_used_stops_the_component_and_is_not_said() {
    for (variable, value, path) in BAD {
        let world = World::new();
        world.set(variable, value);
        let answer = match *path {
            "/api/login" => world.log_in("alice"),
            path => world.get(path),
        };
        assert_eq!((answer.status(), answer.code().as_str()), (500, "misconfigured"), "{variable}={value}");
        assert!(answer.text().contains(&format!("variable {variable} ")), "{}", answer.text());
        let events = world.events("misconfigured");
        assert_eq!((events.len(), &events[0]["variable"]), (1, &serde_json::json!(variable)));
        if value.len() > 2 && *value != "many" {
            assert!(!answer.text().contains(value) && !world.whole_log().contains(value), "{variable}={value}");
        }
    }
}

#[test]
fn fewer_rounds_than_recommended_are_for_the_stage_test_alone() {
    for (stage, rounds, status) in [
        ("test", "1", 201),
        ("dev", "219999", 500),
        ("production", "1", 500),
        ("testing", "1", 500),
        ("dev", "220000", 201),
    ] {
        let world = World::new();
        world.set("stage", stage);
        world.set("pbkdf2_iterations", rounds);
        assert_eq!(world.sign_up("alice").status(), status, "{rounds} rounds on {stage}");
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
    assert_eq!(world.events("authn_login_success")[0]["hash_rounds"], 219_999);
}
