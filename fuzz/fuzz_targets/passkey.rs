//! Responses of authenticators. The first byte of an input says which part of a good response it alters or replaces; all other
//! parts stay good, so that what comes after the part is reached too.
#![no_main]

use std::sync::LazyLock;

use domain::{
    AppSecret, AuthenticationResponse, CredentialRecord, PASSKEY_ALGORITHMS, RegistrationResponse, RelyingParty,
    UserHandle, Username,
};
use libfuzzer_sys::fuzz_target;
use p256::ecdsa::signature::{Signer, Verifier};
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

#[expect(dead_code, reason = "the tests of the service alter more")]
#[path = "../../crates/service/tests/all/passkeys/authenticator.rs"]
mod authenticator;
use authenticator::{Authenticator, base64url};

const PAGE: &str = "http://localhost:3000";
const CHALLENGE: &str = "ada.1800000000000.seal";
const SEED: u8 = 1;
const USER_PRESENT_AND_VERIFIED: u8 = 0x05;

struct Good {
    party: RelyingParty,
    handle: UserHandle,
    registration: Value,
    assertion: Value,
    record: CredentialRecord,
    key: SigningKey,
}

static GOOD: LazyLock<Good> = LazyLock::new(|| {
    let party = RelyingParty::new("localhost", PAGE);
    let handle = AppSecret::new([7; 32]).user_handle(&Username::parse("ada").expect("a username"));
    let challenge = base64url(CHALLENGE.as_bytes());
    let mut authenticator = Authenticator::new(SEED);
    let user = json!({"id": base64url(handle.as_str().as_bytes())});
    let registration =
        authenticator.create(&json!({"challenge": challenge, "rp": {"id": "localhost"}, "user": user}), PAGE);
    let assertion = authenticator.get(&json!({"challenge": challenge, "rpId": "localhost"}), PAGE);
    let response = RegistrationResponse::parse(registration.clone()).expect("it is good");
    let record = party.register(&response, CHALLENGE).expect("it is good");
    let good = AuthenticationResponse::parse(assertion.clone()).expect("it is good");
    party.authenticate(&good, CHALLENGE, &record, &handle).expect("it is good");
    let key = SigningKey::from_slice(&[SEED; 32]).expect("a key");
    Good { party, handle, registration, assertion, record, key }
});

fuzz_target!(|input: &[u8]| {
    let Some((kind, rest)) = input.split_first() else { return };
    let good = &*GOOD;
    match kind % 6 {
        0 => whole(rest),
        1 => {
            let object = altered(&good.registration, "attestationObject", rest);
            register(&with(&good.registration, &[("attestationObject", &object)]), |record| {
                assert!(object.windows(32).any(|hash| hash == &Sha256::digest("localhost")[..]), "of another site");
                assert!(record.id().len() <= 1364);
            });
        }
        2 => {
            let data = altered(&good.registration, "clientDataJSON", rest);
            register(&with(&good.registration, &[("clientDataJSON", &data)]), |_| is_ours(&data, "webauthn.create"));
        }
        3 => {
            let data = altered(&good.assertion, "authenticatorData", rest);
            let signed = [&data[..], &Sha256::digest(bytes(&good.assertion, "clientDataJSON"))].concat();
            let signature: Signature = good.key.sign(&signed);
            let parts = [("authenticatorData", &data), ("signature", &signature.to_der().as_bytes().to_vec())];
            if authenticate(&with(&good.assertion, &parts)) {
                assert_eq!(data[..32], Sha256::digest("localhost")[..]);
                assert_eq!(data[32] & USER_PRESENT_AND_VERIFIED, USER_PRESENT_AND_VERIFIED);
            }
        }
        4 => {
            let data = altered(&good.assertion, "clientDataJSON", rest);
            let signed = [&bytes(&good.assertion, "authenticatorData")[..], &Sha256::digest(&data)].concat();
            let signature: Signature = good.key.sign(&signed);
            let parts = [("clientDataJSON", &data), ("signature", &signature.to_der().as_bytes().to_vec())];
            if authenticate(&with(&good.assertion, &parts)) {
                is_ours(&data, "webauthn.get");
            }
        }
        _ => {
            let signature = altered(&good.assertion, "signature", rest);
            if authenticate(&with(&good.assertion, &[("signature", &signature)])) {
                let digest = Sha256::digest(bytes(&good.assertion, "clientDataJSON"));
                let signed = [&bytes(&good.assertion, "authenticatorData")[..], &digest].concat();
                let read = Signature::from_der(&signature).expect("an accepted signature reads");
                assert!(good.key.verifying_key().verify(&signed, &read).is_ok(), "a forged signature is accepted");
            }
        }
    }
});

/// Any JSON as a response.
fn whole(text: &[u8]) {
    let Ok(json) = serde_json::from_slice::<Value>(text) else { return };
    if let Ok(response) = RegistrationResponse::parse(json.clone()) {
        let _ = response.challenge();
        assert!(GOOD.party.register(&response, CHALLENGE).is_err(), "nobody can guess a challenge");
    }
    if let Ok(response) = AuthenticationResponse::parse(json.clone()) {
        let _ = (response.challenge(), response.user_handle());
        assert!(!authenticate(&json), "nobody can guess a signature");
    }
}

fn register(response: &Value, accepted: impl FnOnce(&CredentialRecord)) {
    let response = RegistrationResponse::parse(response.clone()).expect("it has all members");
    let Ok(record) = GOOD.party.register(&response, CHALLENGE) else { return };
    let stored = serde_json::to_value(&record).expect("a record is JSON");
    assert!(PASSKEY_ALGORITHMS.contains(&stored["algorithm"].as_i64().and_then(|it| it.try_into().ok()).unwrap_or(0)));
    assert_eq!(serde_json::from_value::<CredentialRecord>(stored).expect("it reads"), record);
    accepted(&record);
}

/// Whether the response is accepted.
fn authenticate(response: &Value) -> bool {
    let response = AuthenticationResponse::parse(response.clone()).expect("it has all members");
    GOOD.party.authenticate(&response, CHALLENGE, &GOOD.record, &GOOD.handle).is_ok()
}

/// What client data have to say that were accepted.
fn is_ours(data: &[u8], kind: &str) {
    let data: Value = serde_json::from_slice(data).expect("it was read");
    assert_eq!([&data["type"], &data["origin"], &data["challenge"]], [kind, PAGE, &base64url(CHALLENGE.as_bytes())]);
    assert_ne!(data["crossOrigin"], true);
}

/// A part of a response, altered: each three bytes of the edits are a place and what stands there then. Edits that begin with
/// `!` are the new part themselves.
fn altered(response: &Value, part: &str, edits: &[u8]) -> Vec<u8> {
    if let [b'!', new @ ..] = edits {
        return new.to_vec();
    }
    let mut altered = bytes(response, part);
    for edit in edits.chunks_exact(3) {
        let place = usize::from(u16::from_le_bytes([edit[0], edit[1] & 0x3f]));
        let place = place % (altered.len() + 1);
        match edit[1] >> 6 {
            0 => altered.truncate(place),
            1 => altered.insert(place, edit[2]),
            _ => {
                if let Some(byte) = altered.get_mut(place) {
                    *byte = edit[2];
                }
            }
        }
    }
    altered
}

fn with(response: &Value, parts: &[(&str, &Vec<u8>)]) -> Value {
    let mut response = response.clone();
    for (part, bytes) in parts {
        response["response"][*part] = base64url(bytes).into();
    }
    response
}

fn bytes(response: &Value, part: &str) -> Vec<u8> {
    use base64::Engine;
    let text = response["response"][part].as_str().expect("it is there");
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).expect("it is base64url")
}
