//! The token and the JWK set, checked with a library of another project.

use std::collections::BTreeSet;

use jsonwebtoken::jwk::{JwkSet, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

use crate::harness::actors;
use crate::harness::app::App;
use crate::harness::client::get;
use crate::harness::forge::{Forge, now, part};
use crate::harness::host::Setup;
use crate::harness::launcher::Launcher;

case!(AnyHost, a_token_verifies_by_the_served_key_set_alone);
fn a_token_verifies_by_the_served_key_set_alone() {
    let app = App::any();
    let alice = actors::alice(&app);
    let set: JwkSet = serde_json::from_slice(&app.get("/.well-known/jwks.json").body).unwrap();
    let header = jsonwebtoken::decode_header(&alice.token).unwrap();
    let key = set.find(header.kid.as_deref().unwrap()).unwrap();
    let mut rules = Validation::new(Algorithm::ES256);
    rules.set_issuer(&["latchkey"]);
    rules.set_audience(&["latchkey"]);
    rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    rules.validate_nbf = true;
    rules.leeway = 0;
    let token = jsonwebtoken::decode::<Value>(&alice.token, &DecodingKey::from_jwk(key).unwrap(), &rules).unwrap();

    let key_id = key.thumbprint(ThumbprintHash::SHA256).unwrap();
    assert_eq!(part(&alice.token, 0), json!({"alg": "ES256", "typ": "JWT", "kid": key_id}));
    let mut claims = token.claims;
    let issued = claims["iat"].as_u64().unwrap();
    assert!(issued <= now() - 60, "{issued} is in the future of a verifier whose clock is a minute behind");
    assert!(issued > now() - 360, "{issued} is long ago");
    assert!(claims["jti"].take().as_str().is_some_and(|id| id.len() >= 16), "{claims}");
    assert!(claims["sid"].take().as_str().is_some_and(|id| id.len() == 32), "{claims}");
    // The log-in and its token may be of two seconds.
    assert!((issued - 5..=issued).contains(&claims["auth_time"].take().as_u64().unwrap()), "{claims}");
    let expected = json!({
        "iss": "latchkey", "aud": "latchkey", "sub": alice.username, "name": "Alice", "amr": ["pwd"],
        "iat": issued, "exp": issued + 960, "jti": null, "sid": null, "auth_time": null,
    });
    assert_eq!(claims, expected);
}

case!(AnyHost, the_key_set_is_public_in_every_sense);
fn the_key_set_is_public_in_every_sense() {
    let app = App::any();
    let reply = app.get("/.well-known/jwks.json");
    assert_eq!((reply.status, reply.header("cache-control")), (200, "public, max-age=600"));
    let set = reply.json();
    assert_eq!(set.as_object().unwrap().keys().collect::<Vec<_>>(), ["keys"]);
    let keys = set["keys"].as_array().unwrap();
    assert!(!keys.is_empty());
    for key in keys {
        let members: BTreeSet<_> = key.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, BTreeSet::from(["kty", "crv", "x", "y", "kid", "alg", "use"]), "and no \"d\"");
        let fixed = [&key["kty"], &key["crv"], &key["alg"], &key["use"]];
        assert_eq!(fixed, ["EC", "P-256", "ES256", "sig"]);
        let jwk: jsonwebtoken::jwk::Jwk = serde_json::from_value(key.clone()).unwrap();
        assert_eq!(key["kid"], jwk.thumbprint(ThumbprintHash::SHA256).unwrap());
    }
    assert_eq!(app.get("/.well-known/jwks.json").json(), set, "created once");
}

case!(OwnHost, issuer_and_audience_are_variables);
fn issuer_and_audience_are_variables() {
    let app = Setup::app()
        .variable("token_issuer", "https://issuer.example")
        .variable("token_audience", "https://audience.example")
        .start();
    let alice = actors::alice(&app);
    let claims = part(&alice.token, 1);
    assert_eq!([&claims["iss"], &claims["aud"]], ["https://issuer.example", "https://audience.example"]);
    alice.post(&app, "The app accepts its own tokens.");
    let metadata = app.get("/.well-known/openid-configuration").json();
    assert_eq!(metadata["jwks_uri"], "https://issuer.example/.well-known/jwks.json");
    assert_eq!(
        (&metadata["issuer"], app.get("/.well-known/oauth-authorization-server").json()),
        (&claims["iss"], metadata.clone())
    );
}

case!(OwnHost, a_signing_key_given_as_a_variable_is_used);
fn a_signing_key_given_as_a_variable_is_used() {
    let forge = Forge::seeded(7);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), forge.private_pem()).unwrap();
    let mut setups = vec![
        Setup::app().variable("signing_key", &forge.private_pem()),
        Setup::app().environment("SPIN_VARIABLE_SIGNING_KEY", &forge.private_pem()),
    ];
    if Launcher::chosen().reads_manifest() {
        setups.push(Setup::app().variable("signing_key", &format!("@{}", file.path().display())));
    }
    for setup in setups {
        let app = setup.start();
        let alice = actors::alice(&app);
        assert_eq!(part(&alice.token, 0)["kid"], forge.key_id());
        let set = app.get("/.well-known/jwks.json").json();
        let served = set["keys"].as_array().unwrap().iter().find(|key| key["kid"] == forge.key_id());
        assert_eq!(served.unwrap()["x"], forge.public_jwk()["x"]);
        alice.post(&app, "The authorizer knows the key.");
    }
}

case!(OwnHost, one_key_follows_another_and_no_token_is_refused);
fn one_key_follows_another_and_no_token_is_refused() {
    let app = Setup::app().variable("signing_key_lifetime_seconds", "2").start();
    let alice = actors::alice(&app);
    let login = json!({"username": alice.username, "password": alice.password, "refresh_token_in": "body"});
    let mut session = app.post("/api/login", &login.to_string()).json();
    let mut tokens: Vec<String> = Vec::new();
    let mut keys = BTreeSet::new();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while keys.len() < 4 {
        assert!(std::time::Instant::now() < deadline, "{} keys of 2 seconds each in a minute", keys.len());
        let refresh = json!({"refresh_token": session["refresh_token"]});
        let reply = app.post("/api/session/refresh", &refresh.to_string());
        assert_eq!(reply.status, 200, "{}", reply.said());
        session = reply.json();
        let token = session["token"].as_str().unwrap().to_owned();
        let kid = part(&token, 0)["kid"].as_str().unwrap().to_owned();
        let set = app.get("/.well-known/jwks.json").json();
        assert!(set["keys"].as_array().unwrap().iter().any(|key| key["kid"] == kid), "{kid} signs");
        if keys.insert(kid) {
            tokens.push(token);
        }
        for token in tokens.iter().chain([&alice.token]) {
            let reply = app.send(get("/api/authorizer").bearer(token));
            assert_eq!(reply.status, 200, "a token of {} keys ago: {}", keys.len(), reply.text());
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    let made = app.output().wait_for_events("signing_key_created", 4, |line| line["event"] == "signing_key_created");
    let ids: BTreeSet<_> = made.iter().map(|line| line["key_id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), made.len(), "each is made once");
}

case!(OwnHost, two_hosts_make_two_keys);
fn two_hosts_make_two_keys() {
    let [one, other] = [Setup::app().start(), Setup::app().start()];
    let alice = actors::alice(&one);
    let set = |app: &crate::harness::client::Client| app.get("/.well-known/jwks.json").json();
    assert_ne!(set(&one), set(&other));
    other.send(alice.posting("To the wrong host.")).is_problem(401, "invalid_token");
}
