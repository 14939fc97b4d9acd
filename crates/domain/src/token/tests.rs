use jwt_simple::reexports::ct_codecs::{Base64UrlSafeNoPadding as Base64, Decoder, Encoder};
use p256::ecdsa::Signature;
use serde_json::{Value, json};

use super::*;

mod vectors;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_500);

fn key() -> SigningKey {
    SigningKey::from_seed(&[7; 32]).unwrap()
}

fn rules() -> TokenRules {
    TokenRules { issuer: "latchkey".to_owned(), audience: "latchkey".to_owned() }
}

fn claims() -> Claims {
    Claims {
        subject: Username::parse("alice").unwrap(),
        name: DisplayName::parse("Alice ❤").unwrap(),
        session: SessionId::new([0xab; 16]),
        token_id: "0123456789abcdef".to_owned(),
        issued_at: Timestamp::from_millis(1_800_000_000_000),
        expires_at: Timestamp::from_millis(1_800_000_900_000),
    }
}

fn token() -> String {
    key().sign(&claims(), &rules()).unwrap()
}

fn verify_at(token: &str, now: Timestamp) -> Result<Claims, TokenError> {
    UnverifiedToken::parse(token)?.verify(&key().public_key(), &rules(), now)
}

fn verify(token: &str) -> Result<Claims, TokenError> {
    verify_at(token, NOW)
}

fn segment(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&Base64::decode_to_vec(part, None).unwrap()).unwrap()
}

fn encode(json: &str) -> String {
    Base64::encode_to_string(json).unwrap()
}

/// A token with the header and claims given, signed by the real key.
fn forged(header: &Value, claims: &Value) -> String {
    use p256::ecdsa::{SigningKey as P256, signature::Signer};
    let signed = format!("{}.{}", encode(&header.to_string()), encode(&claims.to_string()));
    let signature: Signature = P256::from_slice(&[7; 32]).unwrap().sign(signed.as_bytes());
    format!("{signed}.{}", Base64::encode_to_string(signature.to_bytes()).unwrap())
}

fn with_header(change: impl Fn(&mut Value)) -> String {
    let mut header = segment(&token(), 0);
    change(&mut header);
    forged(&header, &segment(&token(), 1))
}

fn with_claims(change: impl Fn(&mut Value)) -> String {
    let mut claims = segment(&token(), 1);
    change(&mut claims);
    forged(&segment(&token(), 0), &claims)
}

#[test]
fn what_is_signed_verifies() {
    assert_eq!(verify(&token()), Ok(claims()));
    assert_eq!(verify(&with_header(|_| ())), Ok(claims()));
}

#[test]
fn a_token_has_the_header_and_the_claims_of_the_contract() {
    assert_eq!(segment(&token(), 0), json!({"alg": "ES256", "typ": "JWT", "kid": key().id().as_str()}));
    assert_eq!(
        segment(&token(), 1),
        json!({
            "iss": "latchkey", "aud": "latchkey", "sub": "alice", "name": "Alice ❤", "jti": "0123456789abcdef",
            "sid": "abababababababababababababababab",
            "iat": 1_800_000_000, "nbf": 1_800_000_000, "exp": 1_800_000_900,
        })
    );
}

#[test]
fn headers_that_are_refused() {
    for alg in ["none", "None", "NONE", "nOnE", "", "es256", "ES256 ", "HS256", "RS256", "ES384", "EdDSA"] {
        assert_eq!(verify(&with_header(|h| h["alg"] = alg.into())), Err(TokenError::Algorithm), "{alg:?}");
    }
    for kid in [json!(""), json!("../keys/signing"), json!("a".repeat(44)), json!("ключ")] {
        assert_eq!(verify(&with_header(|h| h["kid"] = kid.clone())), Err(TokenError::UnknownKey), "{kid}");
    }
    assert_eq!(verify(&with_header(|h| h["kid"] = "A".repeat(43).into())), Err(TokenError::UnknownKey));
    assert_eq!(verify(&with_header(|h| _ = h.as_object_mut().unwrap().remove("kid"))), Err(TokenError::UnknownKey));
    for crit in [json!(["b64"]), json!(["exp"]), json!([])] {
        assert_eq!(verify(&with_header(|h| h["crit"] = crit.clone())), Err(TokenError::CriticalHeader), "{crit}");
    }
    for (member, value) in [("alg", json!(null)), ("alg", json!(5)), ("alg", json!(["ES256"])), ("kid", json!(5))] {
        assert_eq!(verify(&with_header(|h| h[member] = value.clone())), Err(TokenError::Malformed), "{member} {value}");
    }
}

#[test]
fn keys_in_the_header_are_not_used() {
    let mallory = SigningKey::from_seed(&[8; 32]).unwrap();
    let jwk: Value = serde_json::from_str(&mallory.public_key().to_jwk()).unwrap();
    assert!(verify(&with_header(|h| h["jwk"] = jwk.clone())).is_err());
    // Ignored: the signature is by our own key.
    assert_eq!(verify(&with_header(|h| h["jku"] = "https://mallory.example/keys".into())), Ok(claims()));
    let foreign = mallory.sign(&claims(), &rules()).unwrap();
    assert_eq!(verify(&foreign), Err(TokenError::UnknownKey));
    // Mallory's signature under our key's name.
    let good = token();
    let signed = good.rsplit_once('.').unwrap().0;
    let signature = foreign.rsplit('.').next().unwrap();
    assert_eq!(verify(&format!("{signed}.{signature}")), Err(TokenError::Signature));
}

#[test]
fn a_mac_made_with_the_public_key_is_refused() {
    let public = key().public_key();
    for secret in [public.key.to_pem().unwrap().into_bytes(), public.key.to_bytes(), public.to_jwk().into_bytes()] {
        let mac = HS256Key::from_bytes(&secret).with_key_id(key().id().as_str());
        let token = mac.authenticate(jwt_simple::claims::Claims::create(Duration::from_secs(60))).unwrap();
        assert_eq!(verify(&token), Err(TokenError::Algorithm));
    }
}

#[test]
fn claims_that_are_refused() {
    use TokenError::{Audience, Issuer, Malformed, NotYetValid};
    let missing = TokenError::Claims;
    for (member, value, error) in [
        ("iss", json!("other"), Issuer),
        ("iss", json!(null), Issuer),
        ("aud", json!("other"), Audience),
        ("aud", json!(["other"]), Audience),
        ("aud", json!(null), Malformed),
        ("exp", json!(null), Malformed),
        ("exp", json!("1800000900"), Malformed),
        ("nbf", json!(1_800_000_100), NotYetValid),
        ("iat", json!(1_800_000_100), NotYetValid),
        ("sub", json!(null), missing),
        ("sub", json!("no such user name"), missing),
        ("jti", json!(null), missing),
        ("name", json!(""), missing),
        ("name", json!(5), Malformed),
    ] {
        assert_eq!(verify(&with_claims(|c| c[member] = value.clone())).unwrap_err(), error, "{member} {value}");
    }
    for (member, error) in
        [("exp", missing), ("iss", Issuer), ("aud", Audience), ("sub", missing), ("jti", missing), ("name", Malformed)]
    {
        let without = with_claims(|c| _ = c.as_object_mut().unwrap().remove(member));
        assert_eq!(verify(&without).unwrap_err(), error, "without {member}");
    }
    assert_eq!(verify(&with_claims(|c| c["aud"] = json!(["other", "latchkey"]))), Ok(claims()));
}

#[test]
fn the_clock_has_a_tolerance_of_five_seconds() {
    let at = |seconds: u64| verify_at(&token(), Timestamp::from_millis(seconds * 1000 + 999)).map(|_| ());
    assert_eq!(at(1_800_000_905), Ok(()));
    assert_eq!(at(1_800_000_906), Err(TokenError::Expired));
    assert_eq!(at(1_799_999_995), Ok(()));
    assert_eq!(at(1_799_999_994), Err(TokenError::NotYetValid));
    assert_eq!(at(0), Err(TokenError::NotYetValid));
}

#[test]
fn texts_that_are_no_token() {
    let good = token();
    let parts: Vec<&str> = good.split('.').collect();
    let [head, body, tag] = parts[..] else { panic!() };
    for text in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        "...".to_owned(),
        head.to_owned(),
        format!("{head}.{body}"),
        format!("{head}.{body}.{tag}."),
        format!("{head}.{body}.{tag}.{tag}"),
        format!("{head}=.{body}.{tag}"),
        format!("{head}.{body}.{tag}=="),
        format!(" {good}"),
        format!("{good} "),
        format!("{good}\n"),
        good.replace('_', "/").replace('-', "+") + "+",
        format!("{}.{body}.{tag}", encode("[]")),
        format!("{}.{body}.{tag}", encode("{\"alg\":\"ES256\"")),
        format!("{}.{body}.{tag}", encode("{\"alg\":\"ES256\",\"alg\":\"none\"}")),
    ] {
        assert_eq!(verify(&text), Err(TokenError::Malformed), "{text:?}");
    }
    assert_eq!(verify(&format!("{head}.{body}.")), Err(TokenError::Signature));
    assert_eq!(verify(&format!("{body}.{head}.{tag}")), Err(TokenError::Malformed), "swapped parts");
    assert_eq!(verify(&format!("{head}.{tag}.{body}")), Err(TokenError::Signature), "swapped parts");
    assert_eq!(verify(&"a".repeat(MAX_TOKEN_BYTES + 1)), Err(TokenError::TooLong));
}

#[test]
fn a_changed_byte_anywhere_is_refused() {
    let good = token();
    for at in 0..good.len() {
        let mut bytes = good.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        assert!(verify(std::str::from_utf8(&bytes).unwrap()).is_err(), "byte {at}");
    }
}

#[test]
fn reasons_can_be_read_back() {
    use TokenError::*;
    let all =
        [TooLong, Malformed, Algorithm, CriticalHeader, UnknownKey, Signature, Expired, NotYetValid, Issuer, Audience];
    for error in all {
        assert_eq!(TokenError::from_reason(error.reason()), error);
    }
    assert_eq!(TokenError::from_reason("claims"), Claims);
    assert_eq!(TokenError::from_reason("anything"), Malformed);
}
