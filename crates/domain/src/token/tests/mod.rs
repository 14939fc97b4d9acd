use jwt_simple::reexports::ct_codecs::{Base64UrlSafeNoPadding as Base64, Decoder, Encoder};
use serde_json::{Value, json};

use super::*;

mod corpus;
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
        authentication: Some(Authentication {
            methods: AuthenticationMethods::PasswordAndCode,
            at: Timestamp::from_millis(1_799_999_000_000),
        }),
        token_id: "0123456789abcdef".to_owned(),
        issued_at: Timestamp::from_millis(1_800_000_000_000),
        expires_at: Timestamp::from_millis(1_800_000_900_000),
    }
}

fn token() -> String {
    key().sign(&claims(), &rules()).unwrap()
}

fn verify_at(token: &str, now: Timestamp) -> Result<Claims, TokenError> {
    let unverified = UnverifiedToken::parse(token)?;
    let verdict = unverified.verify(&key().public_key(), &rules(), now);
    let issued = unverified.verify_issued(&[digest_of_token(token)], &rules(), now).unwrap();
    match &verdict {
        // These may be about the signature and the header, which are not looked at again when the digest is known.
        Err(TokenError::Signature | TokenError::UnknownKey | TokenError::Malformed) => {}
        _ => assert_eq!(issued, verdict, "{token}"),
    }
    verdict
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

#[test]
fn what_is_signed_verifies() {
    assert_eq!(verify(&token()), Ok(claims()));
}

/// When the rule for new names becomes stricter, existing sessions must not end.
#[test]
fn names_that_can_no_longer_be_chosen_verify() {
    for (username, name) in [("al", "Al"), ("-alice", "Alice"), (&*"a".repeat(64), &*"🔑".repeat(256))] {
        assert!(Username::parse_new(username).is_err());
        let old =
            Claims { subject: Username::parse(username).unwrap(), name: DisplayName::parse(name).unwrap(), ..claims() };
        let token = key().sign(&old, &rules()).unwrap();
        assert!(token.len() < MAX_TOKEN_BYTES / 2, "{}", token.len());
        assert_eq!(verify(&token), Ok(old));
    }
}

#[test]
fn a_token_has_the_header_and_the_claims_of_the_contract() {
    assert_eq!(segment(&token(), 0), json!({"alg": "ES256", "typ": "JWT", "kid": key().id().as_str()}));
    assert_eq!(
        segment(&token(), 1),
        json!({
            "iss": "latchkey", "aud": "latchkey", "sub": "alice", "name": "Alice ❤", "jti": "0123456789abcdef",
            "sid": "abababababababababababababababab", "amr": ["pwd", "otp", "mfa"], "auth_time": 1_799_999_000,
            "iat": 1_800_000_000, "exp": 1_800_000_900,
        })
    );
}

/// Sessions must not end when the app is updated, or when an older instance still runs beside a newer one.
#[test]
fn a_token_of_another_version_says_nothing_of_its_authentication_and_is_good() {
    let changes: [fn(&mut Value); 4] = [
        |claims| _ = claims.as_object_mut().unwrap().remove("amr"),
        |claims| _ = claims.as_object_mut().unwrap().remove("auth_time"),
        |claims| claims["amr"] = json!(["pwd", "of the future"]),
        |claims| claims["amr"] = json!([]),
    ];
    for change in changes {
        let mut changed = segment(&token(), 1);
        change(&mut changed);
        let token = corpus::signed(&segment(&token(), 0).to_string(), &changed.to_string());
        assert_eq!(verify(&token), Ok(Claims { authentication: None, ..claims() }));
    }
    use AuthenticationMethods::*;
    for methods in [Password, PasswordAndCode, Passkey] {
        let claims = Claims { authentication: Some(Authentication { methods, at: NOW }), ..claims() };
        let read = verify(&key().sign(&claims, &rules()).unwrap()).unwrap();
        assert_eq!(
            read.authentication.map(|known| (known.methods, known.at.as_secs())),
            Some((methods, NOW.as_secs()))
        );
    }
}

#[test]
fn the_clock_has_a_tolerance_of_a_minute() {
    let at = |seconds: u64| verify_at(&token(), Timestamp::from_millis(seconds * 1000 + 999)).map(|_| ());
    assert_eq!(at(1_800_000_960), Ok(()));
    assert_eq!(at(1_800_000_961), Err(TokenError::Expired));
    assert_eq!(at(1_799_999_940), Ok(()));
    assert_eq!(at(1_799_999_939), Err(TokenError::NotYetValid));
    assert_eq!(at(0), Err(TokenError::NotYetValid));
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

/// Whoever made the token: nothing is proved by the names.
#[test]
fn a_token_names_its_session_and_its_user_before_it_is_verified() {
    let named = |claims: &str| {
        let text = format!("{}.{}.", token().split('.').next().unwrap(), encode(claims));
        UnverifiedToken::parse(&text).unwrap().named()
    };
    let (session, user) = (SessionId::new([0xab; 16]), Username::parse("alice").unwrap());
    assert_eq!(UnverifiedToken::parse(&token()).unwrap().named(), Some((session.clone(), user.clone())));
    assert_eq!(named(r#"{"sid":"abababababababababababababababab","sub":"alice"}"#), Some((session, user)));
    for claims in [
        r#"{"sub":"alice"}"#,
        r#"{"sid":"abababababababababababababababab"}"#,
        r#"{"sid":"ab","sub":"alice"}"#,
        r#"{"sid":"abababababababababababababababab","sub":"Not a name"}"#,
        "{",
    ] {
        assert_eq!(named(claims), None, "{claims}");
    }
}

/// The digest is of every byte, the signature's among them, and one of another token proves nothing.
#[test]
fn only_the_very_token_that_was_issued_is_known_by_its_digest() {
    let good = token();
    let digests = [String::new(), digest_of_token(&good)];
    let issued =
        |text: &str| UnverifiedToken { text, key_id: key().id().clone() }.verify_issued(&digests, &rules(), NOW);
    assert_eq!(issued(&good), Some(Ok(claims())));
    for at in 0..good.len() {
        let mut bytes = good.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        assert_eq!(issued(std::str::from_utf8(&bytes).unwrap()), None, "byte {at}");
    }
    for other in ["", &good[1..], &good[..good.len() - 1], &format!("{good}="), &format!("{good}.")] {
        assert_eq!(issued(other), None, "{other}");
    }
    // FIPS 180-4's example for SHA-256 of "abc".
    assert_eq!(digest_of_token("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
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
