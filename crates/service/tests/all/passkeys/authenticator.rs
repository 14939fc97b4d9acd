//! An authenticator in software, with the browser in front of it. The black-box suite has it too, so this file uses nothing of
//! ours.

use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(crate) const USER_PRESENT: u8 = 0x01;
pub(crate) const USER_VERIFIED: u8 = 0x04;
pub(crate) const BACKUP_ELIGIBLE: u8 = 0x08;
pub(crate) const BACKED_UP: u8 = 0x10;
const ATTESTED: u8 = 0x40;

/// What a browser and an authenticator put into a response. A test may alter any of it.
#[derive(Clone)]
pub(crate) struct Ceremony {
    pub(crate) kind: &'static str,
    pub(crate) challenge: String,
    pub(crate) origin: String,
    pub(crate) cross_origin: bool,
    pub(crate) rp_id: String,
    pub(crate) flags: u8,
    pub(crate) counter: u32,
    /// The number of the algorithm in COSE.
    pub(crate) algorithm: i8,
    pub(crate) id: Vec<u8>,
    /// In base64url.
    pub(crate) handle: Option<String>,
    pub(crate) key: SigningKey,
}

/// One passkey.
#[derive(Clone)]
pub(crate) struct Authenticator {
    key: SigningKey,
    id: Vec<u8>,
    handle: Option<String>,
    /// 0 in one that does not count.
    pub(crate) counter: u32,
}

impl Authenticator {
    pub(crate) fn new(seed: u8) -> Self {
        Self { key: SigningKey::from_slice(&[seed; 32]).unwrap(), id: vec![seed; 16], handle: None, counter: 0 }
    }

    /// What it would answer to the options of a page.
    pub(crate) fn ceremony(&mut self, kind: &'static str, options: &Value, origin: &str) -> Ceremony {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        if kind == "webauthn.create" {
            self.handle = Some(text(&options["user"]["id"]));
        }
        if self.counter > 0 {
            self.counter += 1;
        }
        let rp_id = if kind == "webauthn.create" { &options["rp"]["id"] } else { &options["rpId"] };
        Ceremony {
            kind,
            challenge: text(&options["challenge"]),
            origin: origin.to_owned(),
            cross_origin: false,
            rp_id: text(rp_id),
            flags: USER_PRESENT | USER_VERIFIED,
            counter: self.counter,
            algorithm: -7,
            id: self.id.clone(),
            handle: self.handle.clone(),
            key: self.key.clone(),
        }
    }

    /// `RegistrationResponseJSON`.
    pub(crate) fn create(&mut self, options: &Value, origin: &str) -> Value {
        self.ceremony("webauthn.create", options, origin).registration()
    }

    /// `AuthenticationResponseJSON`.
    pub(crate) fn get(&mut self, options: &Value, origin: &str) -> Value {
        self.ceremony("webauthn.get", options, origin).assertion()
    }
}

impl Ceremony {
    fn client_data(&self) -> Vec<u8> {
        let data = json!({
            "type": self.kind, "challenge": self.challenge, "origin": self.origin, "crossOrigin": self.cross_origin,
        });
        data.to_string().into_bytes()
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        [&Sha256::digest(&self.rp_id)[..], &[flags], &self.counter.to_be_bytes()].concat()
    }

    pub(crate) fn registration(&self) -> Value {
        let point = self.key.verifying_key().to_sec1_point(false);
        let (x, y) = point.as_bytes()[1..].split_at(32);
        // CBOR: a map of kty EC2, the algorithm, the curve P-256, and the point.
        let algorithm = (-1 - self.algorithm).try_into().unwrap_or(u8::MAX) | 0x20;
        let key =
            [&[0xa5, 0x01, 0x02, 0x03, algorithm, 0x20, 0x01, 0x21, 0x58, 0x20], x, &[0x22, 0x58, 0x20], y].concat();
        let length = u16::try_from(self.id.len()).unwrap().to_be_bytes();
        let data = [&self.data(self.flags | ATTESTED)[..], &[0; 16], &length, &self.id, &key].concat();
        let length = u16::try_from(data.len()).unwrap().to_be_bytes();
        let head = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59";
        let object = [&head[..], &length, &data].concat();
        json!({
            "id": base64url(&self.id), "rawId": base64url(&self.id), "type": "public-key",
            "authenticatorAttachment": "platform", "clientExtensionResults": {"credProps": {"rk": true}},
            "response": {
                "clientDataJSON": base64url(&self.client_data()), "attestationObject": base64url(&object),
                "transports": ["internal", "of the future"],
            },
        })
    }

    pub(crate) fn assertion(&self) -> Value {
        let data = self.data(self.flags);
        let signed = [&data[..], &Sha256::digest(self.client_data())].concat();
        let signature: Signature = self.key.sign(&signed);
        json!({
            "id": base64url(&self.id), "rawId": base64url(&self.id), "type": "public-key",
            "authenticatorAttachment": "platform", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": base64url(&self.client_data()), "authenticatorData": base64url(&data),
                "signature": base64url(signature.to_der().as_bytes()), "userHandle": self.handle,
            },
        })
    }
}

pub(crate) fn base64url(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().enumerate().fold(0, |word, (at, byte)| word | u32::from(*byte) << (16 - 8 * at));
        let digits = (0..=chunk.len()).map(|at| char::from(DIGITS[(word >> (18 - 6 * at)) as usize & 63]));
        text.extend(digits);
    }
    text
}
