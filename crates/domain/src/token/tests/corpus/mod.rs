//! Tokens of attackers. Each case has a name, a way to make the token, and the expected result.
//!
//! Most are signed by the real key, so that the fault in their name is their only fault. An attacker without that key gets
//! no further than the header, and one with the key could also make a good token. The table still makes sure that every
//! token has exactly one meaning, whoever wrote it. Each accepted case states its reason.

use std::collections::{BTreeMap, BTreeSet};

use p256::ecdsa::Signature;

use super::*;

mod claims;
mod encodings;
mod headers;
mod signatures;

/// The expected result for a token.
enum Expected {
    Refused(TokenError),
    /// The token is accepted, for this reason. Its claims equal [`super::claims`], except for the times.
    Accepted(&'static str),
}

use Expected::{Accepted, Refused};

struct Case {
    name: String,
    token: String,
    expected: Expected,
}

fn case(name: impl Into<String>, token: impl Into<String>, expected: Expected) -> Case {
    Case { name: name.into(), token: token.into(), expected }
}

fn table() -> Vec<Case> {
    [headers::cases(), signatures::cases(), encodings::cases(), claims::cases()].into_iter().flatten().collect()
}

#[test]
fn the_table_holds() {
    let (mut names, mut counts, mut wrong) = (BTreeSet::new(), BTreeMap::new(), Vec::new());
    for Case { name, token, expected } in table() {
        let verdict = verify(&token);
        let right = match (&expected, &verdict) {
            (Refused(error), Err(verdict)) => error == verdict,
            (Accepted(reason), Ok(read)) => {
                let Claims { issued_at, expires_at, .. } = read.clone();
                !reason.is_empty() && *read == Claims { issued_at, expires_at, ..claims() }
            }
            _ => false,
        };
        if !right {
            wrong.push(format!("{name}: {verdict:?}"));
        }
        *counts.entry(verdict.err().map_or("accepted", TokenError::reason)).or_insert(0) += 1;
        assert!(names.insert(name.clone()), "{name} is there twice");
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), names.len(), wrong.join("\n"));
    println!("{} cases: {counts:?}", names.len());
    assert!(names.len() >= 700, "only {} cases", names.len());
}

/// The header of a good token as JSON.
fn header() -> String {
    segment(&token(), 0).to_string()
}

/// The claims of a good token as JSON.
fn body() -> String {
    segment(&token(), 1).to_string()
}

/// A token of exactly these texts, signed by the real key.
pub(super) fn signed(header: &str, claims: &str) -> String {
    signed_by(7, header, claims)
}

/// The same, signed by the key of another seed.
fn signed_by(seed: u8, header: &str, claims: &str) -> String {
    attach(seed, format!("{}.{}", encode(header), encode(claims)))
}

/// A text followed by its signature.
fn attach(seed: u8, signed: String) -> String {
    let signature = signature(seed, signed.as_bytes());
    format!("{signed}.{}", Base64::encode_to_string(signature.to_bytes()).unwrap())
}

fn signature(seed: u8, signed: &[u8]) -> Signature {
    use p256::ecdsa::{SigningKey as P256, signature::Signer};
    P256::from_slice(&[seed; 32]).unwrap().sign(signed)
}

/// The text of a JSON object with more members in front of its own.
fn in_front(members: &str, object: &str) -> String {
    format!("{{{members},{}", &object[1..])
}

/// The same with the new members behind its own.
fn behind(object: &str, members: &str) -> String {
    format!("{},{members}}}", &object[..object.len() - 1])
}

/// A JSON object with this text as the value of one member, or without that member when there is no text.
fn changed(object: &str, name: &str, text: impl Into<Option<&'static str>>) -> String {
    let mut value: Value = serde_json::from_str(object).unwrap();
    value.as_object_mut().unwrap().remove(name);
    let rest = value.to_string();
    text.into().map_or_else(|| rest.clone(), |text| behind(&rest, &format!("{name:?}:{text}")))
}
