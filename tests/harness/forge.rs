//! A signing key of the test, which the test can give to a host, and tokens that the host did not make.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};
use serde_json::{Value, json};

/// Base64url without padding.
pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn from_base64url(text: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// One part of a token, decoded as JSON: index 0 is the header, index 1 the claims.
pub(crate) fn part(token: &str, index: usize) -> Value {
    serde_json::from_slice(&from_base64url(token.split('.').nth(index).unwrap())).unwrap()
}

/// Seconds since the start of 1970 (UTC).
pub(crate) fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

/// A P-256 key.
pub(crate) struct Forge(SigningKey);

impl Forge {
    pub(crate) fn seeded(seed: u8) -> Self {
        Self(SigningKey::from_slice(&[seed; 32]).unwrap())
    }

    /// The key in PKCS#8 PEM, as the variable `signing_key` expects it.
    pub(crate) fn private_pem(&self) -> String {
        self.0.to_pkcs8_pem(LineEnding::LF).unwrap().to_string()
    }

    pub(crate) fn public_pem(&self) -> String {
        self.0.verifying_key().to_public_key_pem(LineEnding::LF).unwrap()
    }

    /// The public key as a JWK, without `kid`.
    pub(crate) fn public_jwk(&self) -> Value {
        let point = self.0.verifying_key().as_affine().to_sec1_point(false);
        json!({"kty": "EC", "crv": "P-256", "x": base64url(point.x().unwrap()), "y": base64url(point.y().unwrap())})
    }

    /// The RFC 7638 thumbprint.
    pub(crate) fn key_id(&self) -> String {
        let jwk: Jwk = serde_json::from_value(self.public_jwk()).unwrap();
        jwk.thumbprint(ThumbprintHash::SHA256).unwrap()
    }

    /// The header of a valid token.
    pub(crate) fn header(&self) -> Value {
        json!({"alg": "ES256", "typ": "JWT", "kid": self.key_id()})
    }

    /// A token with exactly this header and these claims, signed with ES256 whatever the header says.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        self.sign_text(&header.to_string(), &claims.to_string())
    }

    /// The same with texts that need not be JSON.
    pub(crate) fn sign_text(&self, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", base64url(header), base64url(claims));
        let signature: Signature = self.0.sign(signed.as_bytes());
        format!("{signed}.{}", base64url(signature.to_bytes()))
    }
}

/// The same token with the other signature that ECDSA allows for it: s is negated.
pub(crate) fn malleated(token: &str) -> String {
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (r, s) = Signature::from_slice(&from_base64url(signature)).unwrap().split_scalars();
    let other = Signature::from_scalars(r.to_bytes(), (-s).to_bytes()).unwrap();
    format!("{signed}.{}", base64url(other.to_bytes()))
}

/// The claims of a valid token for a session of alice.
pub(crate) fn claims(session: &Value) -> Value {
    json!({
        "iss": "latchkey", "aud": "latchkey", "sub": "alice", "name": "Alice", "jti": "forged", "sid": session,
        "iat": now(), "exp": now() + 600,
    })
}

/// A copy of a JSON object: members of `changes` replace those of the object, and a null removes one.
pub(crate) fn with(object: &Value, changes: &Value) -> Value {
    let mut object = object.as_object().unwrap().clone();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => object.remove(name),
            value => object.insert(name.clone(), value.clone()),
        };
    }
    Value::Object(object)
}
