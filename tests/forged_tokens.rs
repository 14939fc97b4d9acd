//! Tokens that the app did not make. The tests hold its signing key, so that each token is valid except for one defect.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use crate::harness::client::{ask, get, post};
use crate::harness::forge::{Forge, base64url, claims, malleated, now, part, with};
use crate::harness::host::{Host, Setup};

/// Returns a host that signs with a key that the test holds, and that has published this key; the key; and the claims of a
/// valid token for a session that alice began there.
fn host() -> (Host, Forge, Value) {
    let forge = Forge::seeded(7);
    let app = Setup::app().variable("signing_key", &forge.private_pem()).start();
    assert_eq!(app.get("/.well-known/jwks.json").json()["keys"][0]["kid"], forge.key_id());
    let alice = crate::harness::actors::alice(&app);
    let claims = claims(&part(&alice.token, 1)["sid"]);
    (app, forge, claims)
}

#[track_caller]
fn are_refused(app: &Host, tokens: impl IntoIterator<Item = String>) {
    for token in tokens {
        for ask in [post("/api/messages", r#"{"text":"forged"}"#), get("/api/authorizer")] {
            let reply = app.send(ask.bearer(&token));
            let shown = token.split('.').take(2).map(decoded).collect::<Vec<_>>();
            assert_eq!(reply.status, 401, "{shown:?}: {}", reply.said());
            reply.is_problem(401, "invalid_token");
        }
    }
    app.get("/api/messages").is(200, r#"{"messages":[],"next":null}"#);
}

fn decoded(part: &str) -> String {
    use base64::Engine;
    let bytes = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(part).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

case!(OwnHost, a_forged_token_that_is_good_is_accepted);
fn a_forged_token_that_is_good_is_accepted() {
    let (app, forge, claims) = host();
    let token = forge.sign(&forge.header(), &claims);
    let reply = app.send(post("/api/messages", r#"{"text":"forged, and well"}"#).bearer(&token));
    assert_eq!(reply.status, 201, "or the other tests prove nothing: {}", reply.said());
    for differs in [json!({"exp": now() - 20}), json!({"nbf": now() + 40, "iat": now() + 40})] {
        let token = forge.sign(&forge.header(), &with(&claims, &differs));
        assert_eq!(app.send(get("/api/authorizer").bearer(&token)).status, 200, "a minute of tolerance: {differs}");
    }
}

case!(OwnHost, no_other_algorithm_is_accepted);
fn no_other_algorithm_is_accepted() {
    let (app, forge, claims) = host();
    let names = ["none", "None", "NONE", "nOnE", "", "es256", "ES256K", "ES384", "HS256", "RS256", "EdDSA", "ES256 "];
    let mut tokens = Vec::new();
    for name in names.map(Value::from).into_iter().chain([Value::Null, json!(["ES256"]), json!(7)]) {
        let signed = forge.sign(&with(&forge.header(), &json!({"alg": name})), &claims);
        tokens.push(signed[..=signed.rfind('.').unwrap()].to_owned());
        tokens.push(signed);
    }
    are_refused(&app, tokens);
}

case!(OwnHost, the_public_key_is_no_secret_of_hs256);
fn the_public_key_is_no_secret_of_hs256() {
    let (app, forge, claims) = host();
    let served = app.get("/.well-known/jwks.json");
    let key = served.json()["keys"][0].take();
    let point = [vec![4], decode(&key["x"]), decode(&key["y"])].concat();
    let mut secrets: Vec<Vec<u8>> = vec![served.body, key.to_string().into(), point, decode(&key["x"]), vec![]];
    secrets.push(forge.public_jwk().to_string().into());
    let pem = forge.public_pem();
    secrets.extend([pem.clone().into(), pem.trim().into(), pem.replace('\n', "\r\n").into(), forge.key_id().into()]);
    let header = Header { kid: Some(forge.key_id()), ..Header::new(Algorithm::HS256) };
    let sign = |secret: &Vec<u8>| {
        let token = jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(secret)).unwrap();
        assert_eq!(part(&token, 0)["alg"], "HS256");
        token
    };
    are_refused(&app, secrets.iter().map(sign));
}

fn decode(value: &Value) -> Vec<u8> {
    crate::harness::forge::from_base64url(value.as_str().unwrap())
}

case!(OwnHost, no_other_key_is_accepted);
fn no_other_key_is_accepted() {
    let (app, forge, claims) = host();
    let other = Forge::seeded(8);
    let good = forge.header();
    let own_jwk = with(&other.public_jwk(), &json!({"kid": forge.key_id(), "alg": "ES256", "use": "sig"}));
    let signed_by_other = [
        good.clone(),
        other.header(),
        with(&good, &json!({"kid": null})),
        with(&good, &json!({"jwk": own_jwk})),
        with(&other.header(), &json!({"jwk": other.public_jwk()})),
        with(&good, &json!({"kid": null, "jwk": other.public_jwk()})),
        with(&good, &json!({"jku": "http://127.0.0.1:9/jwks.json"})),
        with(&good, &json!({"x5u": "http://127.0.0.1:9/key.pem"})),
        with(&good, &json!({"x5c": [base64url("certificate")]})),
    ];
    are_refused(&app, signed_by_other.map(|header| other.sign(&header, &claims)));

    let long = "a".repeat(43);
    let key_ids = ["", "unknown", "../../keys", "jwks", "*", &long, &forge.key_id().to_lowercase()].map(Value::from);
    let changed = key_ids.into_iter().chain([Value::Null, json!(7), json!([forge.key_id()])]);
    are_refused(&app, changed.map(|id| forge.sign(&with(&good, &json!({"kid": id})), &claims)));

    let crit = [json!(["exp"]), json!(["b64"]), json!([]), json!(["urn:example"])];
    are_refused(&app, crit.map(|crit| forge.sign(&with(&good, &json!({"crit": crit, "b64": true})), &claims)));
}

case!(OwnHost, claims_are_checked_though_the_signature_is_good);
fn claims_are_checked_though_the_signature_is_good() {
    let (app, forge, claims) = host();
    let changes = [
        json!({"exp": now() - 61}),
        json!({"exp": 0}),
        json!({"exp": -1}),
        json!({"exp": "never"}),
        json!({"exp": null}),
        json!({"nbf": now() + 3600}),
        json!({"iat": now() + 3600}),
        json!({"iss": "latchkeys"}),
        json!({"iss": "Latchkey"}),
        json!({"iss": ""}),
        json!({"iss": null}),
        json!({"iss": ["latchkey"]}),
        json!({"aud": "other"}),
        json!({"aud": ["other"]}),
        json!({"aud": []}),
        json!({"aud": null}),
        json!({"sub": null}),
        json!({"sub": ""}),
        json!({"sub": "no name"}),
        json!({"sub": 7}),
        json!({"name": null}),
        json!({"name": "a\nb"}),
        json!({"name": "a".repeat(257)}),
        json!({"jti": null}),
        json!({"sid": null}),
        json!({"sid": ""}),
        json!({"sid": "0".repeat(32)}),
        json!({"sid": claims["sid"].as_str().unwrap().to_uppercase()}),
        json!({"sid": format!("{}:use", claims["sid"].as_str().unwrap())}),
        json!({"sid": [claims["sid"]]}),
        // The session is alice's, but the token names another user.
        json!({"sub": "mallory"}),
        json!({"padding": "a".repeat(4000)}),
    ];
    are_refused(&app, changes.map(|change| forge.sign(&forge.header(), &with(&claims, &change))));
    let no_objects = [json!([]), json!("alice"), Value::Null];
    are_refused(&app, no_objects.map(|claims| forge.sign(&forge.header(), &claims)));
}

case!(OwnHost, a_token_is_read_to_one_meaning);
/// A few rows of the table in crates/domain/src/token/tests/corpus.rs, sent over HTTP to the composed components.
fn a_token_is_read_to_one_meaning() {
    let (app, forge, claims) = host();
    let (header, claims) = (forge.header().to_string(), claims.to_string());
    let with = |json: &str, member: &str| format!("{},{member}}}", json.strip_suffix('}').unwrap());
    let good = forge.sign_text(&header, &claims);
    let (signed, _) = good.rsplit_once('.').unwrap();
    let headers = [r#""alg":"none""#, r#""kid":"x""#, r#""crit":null"#, r#""b64":false"#, r#""x":1,"x":1"#];
    let twice =
        [r#""sub":"mallory""#, r#""exp":9999999999"#, r#""sid":"x""#, r#""\u0073ub":"alice""#, r#""x":1,"x":1"#];
    let deep = format!("\"x\":{}{}", "[".repeat(1200), "]".repeat(1200));
    are_refused(&app, headers.map(|member| forge.sign_text(&with(&header, member), &claims)));
    are_refused(&app, twice.map(|member| forge.sign_text(&header, &with(&claims, member))));
    are_refused(
        &app,
        [
            forge.sign_text(&header, &with(&claims, &deep)),
            forge.sign_text(&format!("[{header}]"), &claims),
            forge.sign_text(&header, &good),
            format!("{good}."),
            format!("{good}="),
            format!("{signed}."),
            format!("{signed}.{}", base64url([0; 64])),
            "a".repeat(8000),
            ".".repeat(8000),
        ],
    );
}

case!(OwnHost, the_other_signature_of_a_token_ends_with_its_session);
/// A second valid signature of a token can be computed from the first (ECDSA allows -s), so the holder of one token has two.
/// The end of the session ends both.
fn the_other_signature_of_a_token_ends_with_its_session() {
    let app = Setup::app().start();
    let alice = crate::harness::actors::alice(&app);
    let other = malleated(&alice.token);
    assert_ne!(other, alice.token);
    assert_eq!(app.send(get("/api/authorizer").bearer(&other)).status, 200, "RFC 7518 allows both");
    assert_eq!(app.send(ask("POST", "/api/logout").bearer(&other)).status, 204);
    for token in [&alice.token, &other] {
        app.send(get("/api/authorizer").bearer(token)).is_problem(401, "invalid_token");
    }
}

case!(OwnHost, a_token_expires);
fn a_token_expires() {
    let (app, forge, claims) = host();
    let expired = forge.sign(&forge.header(), &with(&claims, &json!({"iat": now() - 961, "exp": now() - 61})));
    for ask in [get("/api/authorizer"), post("/api/messages", r#"{"text":"too late"}"#)] {
        let reply = app.send(ask.bearer(&expired));
        reply.is_problem(401, "invalid_token");
        let challenge = reply.header("www-authenticate");
        assert!(challenge.contains("error=\"invalid_token\", error_description=\"The token has expired.\""));
    }
}
