//! The metadata by which verifiers that know the issuer of a token find its keys.

use serde_json::json;

use crate::world::{World, bearer};

const PATHS: [&str; 2] = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"];

#[test]
fn an_issuer_that_is_a_url_is_found_by_it() {
    for (issuer, keys) in [
        ("https://id.example", "https://id.example/.well-known/jwks.json"),
        // The issuer stays as it is, because verifiers compare it with the claim byte for byte.
        ("https://id.example/", "https://id.example/.well-known/jwks.json"),
        ("https://example.com/id", "https://example.com/id/.well-known/jwks.json"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000/.well-known/jwks.json"),
    ] {
        let world = World::new();
        world.set("token_issuer", issuer);
        for path in PATHS {
            let (answer, work) = world.data.work_of(|| world.get(path));
            assert_eq!((answer.status(), work), (200, (0, 0)), "{}: {work:?} calls of the store", answer.said());
            let metadata = json!({
                "issuer": issuer,
                "jwks_uri": keys,
                "response_types_supported": ["none"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["ES256"],
            });
            assert_eq!(answer.json(), metadata, "{issuer}");
            assert_eq!(answer.header("cache-control"), Some("public, max-age=600"), "{}", answer.said());
        }
    }
}

#[test]
fn an_issuer_that_is_no_url_is_not_found_and_the_answer_says_why() {
    let world = World::new();
    world.sign_up("alice");
    for issuer in ["latchkey", "https://id.example?tenant=1", "http://id.example"] {
        world.set("token_issuer", issuer);
        for path in PATHS {
            let answer = world.get(path);
            answer.is_refused(404, "not_found", &[]);
            assert!(answer.text().contains("variable token_issuer"), "{}", answer.said());
        }
        let token = world.log_in("alice").json()["token"].as_str().unwrap().to_owned();
        assert_eq!(
            world.send(bearer(&token, "GET", "/api/account", "")).status(),
            200,
            "{issuer} is good enough for tokens"
        );
    }
}
