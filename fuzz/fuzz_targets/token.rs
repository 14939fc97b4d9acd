//! Access tokens. An input of one line is the text of a token, in which `{TOKEN}` stands for a good token. In an input of
//! more lines the first line is a header and the rest is a payload, in which `{KID}` stands for the id of the key. The
//! target signs both with the real key, so that the fuzzer reaches the code behind the check of the signature.
#![no_main]

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use domain::{
    Authentication, AuthenticationMethods, Claims, DisplayName, MAX_TOKEN_BYTES, PublicKey, SessionId, SigningKey,
    Timestamp, TokenRules, UnverifiedToken, Username,
};
use libfuzzer_sys::fuzz_target;
use p256::ecdsa::signature::Signer;
use serde_json::Value;

const SEED: [u8; 32] = [7; 32];
const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const TOLERANCE_SECONDS: u64 = 60;

struct Signed {
    key: SigningKey,
    public: PublicKey,
    raw: p256::ecdsa::SigningKey,
    rules: TokenRules,
    token: String,
}

static SIGNED: LazyLock<Signed> = LazyLock::new(|| {
    let key = SigningKey::from_seed(&SEED).expect("a key");
    let rules = TokenRules { issuer: "latchkey".to_owned(), audience: "latchkey".to_owned() };
    let claims = Claims {
        subject: Username::parse("ada").expect("a name"),
        name: DisplayName::parse("Ada").expect("a name"),
        session: SessionId::new([1; 16]),
        authentication: Some(Authentication { methods: AuthenticationMethods::PasswordAndCode, at: NOW }),
        token_id: "1".to_owned(),
        issued_at: NOW,
        expires_at: NOW.plus_secs(900),
    };
    let token = key.sign(&claims, &rules).expect("it signs");
    Signed {
        public: key.public_key(),
        raw: p256::ecdsa::SigningKey::from_slice(&SEED).expect("a key"),
        key,
        rules,
        token,
    }
});

fuzz_target!(|text: &str| {
    let signed = &*SIGNED;
    let text = text.replace("{KID}", signed.key.id().as_str());
    match text.split_once('\n') {
        None => {
            let token = text.replace("{TOKEN}", &signed.token);
            assert_eq!(verify(&token).is_some(), token == signed.token, "it was not signed: {token}");
        }
        Some((header, payload)) => {
            let token = sign(header, payload);
            if let Some(claims) = verify(&token) {
                check(header, payload, &claims);
                let again = signed.key.sign(&claims, &signed.rules).expect("it signs");
                assert!(again.len() > MAX_TOKEN_BYTES || verify(&again) == Some(claims), "claims that do not survive");
            }
        }
    }
});

fn sign(header: &str, payload: &str) -> String {
    let text = format!("{}.{}", BASE64.encode(header), BASE64.encode(payload));
    let signature: p256::ecdsa::Signature = SIGNED.raw.sign(text.as_bytes());
    format!("{text}.{}", BASE64.encode(signature.to_bytes()))
}

fn verify(token: &str) -> Option<Claims> {
    let unverified = UnverifiedToken::parse(token).ok()?;
    assert!(token.len() <= MAX_TOKEN_BYTES);
    unverified.verify(&SIGNED.public, &SIGNED.rules, NOW).ok()
}

/// Checks the claims of an accepted token against what another parser reads.
fn check(header: &str, payload: &str, claims: &Claims) {
    let header: Value = serde_json::from_str(header).expect("a header is JSON");
    assert_eq!(header["alg"], "ES256");
    assert_eq!(header["kid"], SIGNED.key.id().as_str());
    assert!(header.get("crit").is_none_or(Value::is_null));
    let payload: Value = serde_json::from_str(payload).expect("a payload is JSON");
    assert_eq!(payload["iss"], "latchkey");
    let audience = &payload["aud"];
    assert!(audience == "latchkey" || audience.as_array().is_some_and(|list| list.contains(&"latchkey".into())));
    let now = NOW.as_secs();
    for name in ["exp", "iat", "nbf"] {
        assert!(payload.get(name).is_none_or(Value::is_u64), "{name} is no whole number");
    }
    // The clock of the library ends in 2106.
    let seconds = |name: &str| payload[name].as_u64().map(|seconds| seconds.min(u32::MAX.into()));
    assert!(seconds("exp").is_some_and(|exp| exp + TOLERANCE_SECONDS >= now), "it has expired");
    for name in ["iat", "nbf"] {
        assert!(seconds(name).is_none_or(|time| time <= now + TOLERANCE_SECONDS), "{name} lies in the future");
    }
    assert_eq!(seconds("exp"), Some(claims.expires_at.as_secs()));
    assert_eq!(seconds("iat"), Some(claims.issued_at.as_secs()));
    let text = |name: &str| payload[name].as_str().expect("a text");
    assert_eq!(Username::parse(text("sub")).as_ref(), Ok(&claims.subject));
    assert_eq!(DisplayName::parse(text("name")).as_ref(), Ok(&claims.name));
    if let Some(Authentication { methods, at }) = claims.authentication {
        assert_eq!((&payload["amr"], seconds("auth_time")), (&Value::from(methods.amr()), Some(at.as_secs())));
    }
    assert_eq!((claims.session.as_str(), claims.token_id.as_str()), (text("sid"), text("jti")));
}
