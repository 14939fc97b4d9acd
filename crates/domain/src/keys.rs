//! The facade over the signature scheme: ES256 (ECDSA on P-256 with SHA-256, RFC 7518 section 3.4).

use std::fmt;

use jwt_simple::prelude::*;

/// The identity of a key: its RFC 7638 thumbprint (SHA-256, base64url without padding, 43 characters).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyId(String);

/// Why a key could not be read or used. The message never contains any part of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text is not a thumbprint.
    #[error("not a key id: 43 characters of base64url")]
    Id,
    /// The text is not a P-256 private key in PKCS#8 PEM.
    #[error("not a P-256 private key in PKCS#8 PEM")]
    Private,
    /// The text is not a bundle of 1 to 4 different private keys.
    #[error("not 1 to 4 different P-256 private keys in PKCS#8 PEM, of 16 KiB at most")]
    Bundle,
    /// The text is not a public P-256 JWK for ES256.
    #[error("not a public P-256 key as a JWK")]
    Public,
    /// The signature could not be made.
    #[error("the key did not sign")]
    Sign,
}

impl KeyId {
    const CHARS: usize = 43;

    /// Takes a `kid` from a token or a stored key.
    ///
    /// # Errors
    /// [`KeyError::Id`] for anything but 43 characters of base64url, so that it can be part of a store key.
    pub fn parse(raw: &str) -> Result<Self, KeyError> {
        let valid =
            raw.len() == Self::CHARS && raw.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        valid.then(|| Self(raw.to_owned())).ok_or(KeyError::Id)
    }

    /// The thumbprint.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A key that signs tokens. It prints redacted.
pub struct SigningKey {
    pub(crate) pair: ES256KeyPair,
    id: KeyId,
}

impl SigningKey {
    /// Bytes of a seed.
    pub const SEED_BYTES: usize = 32;
    /// The largest number of keys in a bundle.
    const MAX_BUNDLED: usize = 4;
    const MAX_BUNDLE_BYTES: usize = 16 * 1024;

    /// Makes a key from 32 random bytes.
    ///
    /// # Errors
    /// [`KeyError::Private`] for the one seed in 2^32 that is not a P-256 scalar. The caller then draws another seed.
    pub fn from_seed(seed: &[u8; Self::SEED_BYTES]) -> Result<Self, KeyError> {
        ES256KeyPair::from_bytes(seed).map(Self::identified).map_err(|_| KeyError::Private)
    }

    /// Reads a key from PKCS#8 PEM (RFC 5958).
    ///
    /// # Errors
    /// [`KeyError::Private`] for anything else.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        ES256KeyPair::from_pem(pem).map(Self::identified).map_err(|_| KeyError::Private)
    }

    /// Reads keys from PKCS#8 PEM with one or several blocks, each of which is a different key.
    ///
    /// # Errors
    /// [`KeyError::Bundle`] for any other text, for too many bytes or keys, or when the same key occurs twice.
    pub fn from_pem_bundle(bundle: &str) -> Result<Vec<Self>, KeyError> {
        const END: &str = "-----END PRIVATE KEY-----";
        if bundle.len() > Self::MAX_BUNDLE_BYTES || bundle.matches(END).count() > Self::MAX_BUNDLED {
            return Err(KeyError::Bundle);
        }
        let mut keys: Vec<Self> = Vec::new();
        for block in bundle.trim_end().split_inclusive(END) {
            let key = Self::from_pem(block.trim_start()).map_err(|_| KeyError::Bundle)?;
            if keys.iter().any(|other| other.id == key.id) {
                return Err(KeyError::Bundle);
            }
            keys.push(key);
        }
        if keys.is_empty() { Err(KeyError::Bundle) } else { Ok(keys) }
    }

    /// The key as PKCS#8 PEM, which is a secret.
    ///
    /// # Errors
    /// [`KeyError::Private`] when the key can't be encoded.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        self.pair.to_pem().map_err(|_| KeyError::Private)
    }

    fn identified(pair: ES256KeyPair) -> Self {
        let id = pair.jwk_thumbprint();
        Self { pair: pair.with_key_id(&id), id: KeyId(id) }
    }

    /// The identity of the key. Every token that the key signs carries it as `kid`.
    pub fn id(&self) -> &KeyId {
        &self.id
    }

    /// The public key that verifies what this key signs.
    pub fn public_key(&self) -> PublicKey {
        PublicKey { key: self.pair.public_key().with_key_id(self.id.as_str()), id: self.id.clone() }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, redacted)", self.id)
    }
}

/// A key that verifies tokens.
#[derive(Clone, Debug)]
pub struct PublicKey {
    pub(crate) key: ES256PublicKey,
    id: KeyId,
}

impl PublicKey {
    /// Reads a public JWK (RFC 7517), whose `kid` has to be its own thumbprint.
    ///
    /// # Errors
    /// [`KeyError::Public`] for any other kind of key, including a private one, and when `kid` is not the key's thumbprint.
    pub fn from_jwk(jwk: &str) -> Result<Self, KeyError> {
        let key = ES256PublicKey::from_jwk(jwk).map_err(|_| KeyError::Public)?;
        let id = KeyId(key.jwk_thumbprint());
        match key.key_id() {
            Some(named) if *named == id.0 => Ok(Self { key, id }),
            _ => Err(KeyError::Public),
        }
    }

    /// The key as a public JWK with `kid`, `alg` and `use`.
    pub fn to_jwk(&self) -> String {
        self.key.to_jwk()
    }

    /// Its identity.
    pub fn id(&self) -> &KeyId {
        &self.id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SigningKey {
        SigningKey::from_seed(&[7; 32]).unwrap()
    }

    #[test]
    fn a_key_survives_pem_and_jwk() {
        let again = SigningKey::from_pem(&key().to_pem().unwrap()).unwrap();
        assert_eq!(again.id(), key().id());
        let public = PublicKey::from_jwk(&key().public_key().to_jwk()).unwrap();
        assert_eq!(public.id(), key().id());
        assert_eq!(KeyId::parse(key().id().as_str()).unwrap(), *key().id());
    }

    #[test]
    fn a_public_jwk_names_its_use_and_holds_nothing_private() {
        let jwk: serde_json::Value = serde_json::from_str(&key().public_key().to_jwk()).unwrap();
        assert_eq!((jwk["kty"].as_str(), jwk["crv"].as_str()), (Some("EC"), Some("P-256")));
        assert_eq!((jwk["alg"].as_str(), jwk["use"].as_str()), (Some("ES256"), Some("sig")));
        assert_eq!(jwk["kid"].as_str(), Some(key().id().as_str()));
        assert!(jwk.get("d").is_none());
    }

    /// RFC 7638, section 3.2: the required members of an EC key, in this order, without white space.
    #[test]
    fn the_thumbprint_is_that_of_rfc_7638() {
        use sha2::Digest;
        let jwk: serde_json::Value = serde_json::from_str(&key().public_key().to_jwk()).unwrap();
        let members = format!(r#"{{"crv":"P-256","kty":"EC","x":{},"y":{}}}"#, jwk["x"], jwk["y"]);
        let digest = sha2::Sha256::digest(members);
        let expected = Base64UrlSafeNoPadding::encode_to_string(digest).unwrap();
        assert_eq!(key().id().as_str(), expected);
    }

    #[test]
    fn refuses_what_is_no_key() {
        for pem in ["", "secret", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
            assert_eq!(SigningKey::from_pem(pem).unwrap_err(), KeyError::Private);
        }
        assert_eq!(SigningKey::from_seed(&[0; 32]).unwrap_err(), KeyError::Private);
        assert_eq!(SigningKey::from_seed(&[255; 32]).unwrap_err(), KeyError::Private);
        let private = key().pair.to_jwk();
        let foreign = key().public_key().to_jwk().replace(key().id().as_str(), &"A".repeat(43));
        let unnamed = key().public_key().to_jwk().replace("\"kid\"", "\"other\"");
        for jwk in ["", "{}", &private, &foreign, &unnamed] {
            assert_eq!(PublicKey::from_jwk(jwk).unwrap_err(), KeyError::Public, "{jwk}");
        }
        for id in ["", "short", &"a".repeat(44), &format!("{}/", "a".repeat(42)), &format!("{}é", "a".repeat(41))] {
            assert_eq!(KeyId::parse(id).unwrap_err(), KeyError::Id);
        }
    }

    /// The key of RFC 7515, appendix A.3. Another library computed its thumbprint and PEM.
    const RFC_7515_PEM: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjpsQnnGQmL+YBIff
H1136cspYG6+0iY7X1fCE9+E9LKhRANCAAR/zc4ncPbEXUGDy+5v20t7WAczNXvp
7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt
-----END PRIVATE KEY-----
";
    const RFC_7515_ID: &str = "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U";

    #[test]
    fn an_id_is_43_characters_of_base64url() {
        let id = format!("aZ09-_{}", "x".repeat(37));
        assert_eq!(KeyId::parse(&id).map(|id| id.to_string()), Ok(id.clone()));
        for raw in ["", &id[1..], &format!("{id}x"), &id.replace('-', "."), &id.replace('_', ":")] {
            assert_eq!(KeyId::parse(raw), Err(KeyError::Id), "{raw:?}");
        }
    }

    #[test]
    fn a_known_key_has_its_known_id() {
        assert_eq!(SigningKey::from_pem(RFC_7515_PEM).unwrap().id().as_str(), RFC_7515_ID);
    }

    #[test]
    fn a_bundle_is_one_key_or_a_few_in_their_order() {
        let pem = |seed| SigningKey::from_seed(&[seed; 32]).unwrap().to_pem().unwrap();
        let ids = |bundle: &str| SigningKey::from_pem_bundle(bundle).map(|keys| keys.into_iter().map(|key| key.id));
        let one = |seed| SigningKey::from_seed(&[seed; 32]).unwrap().id;
        assert!(ids(&pem(7)).unwrap().eq([one(7)]));
        assert!(ids(pem(7).trim_end()).unwrap().eq([one(7)]));
        for between in ["", "\n", "\r\n\n  "] {
            let four = [pem(4), pem(3), pem(2), pem(1)].join(between);
            assert!(ids(&format!("\n{four}\n\n")).unwrap().eq([one(4), one(3), one(2), one(1)]), "{between:?}");
        }
        let largest = format!("{:16384}", pem(7));
        assert!(largest.len() == 16 * 1024 && ids(&largest).unwrap().eq([one(7)]));
        let five = [pem(1), pem(2), pem(3), pem(4), pem(5)].concat();
        let broken = pem(1) + "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        let long = format!("{:16385}", pem(1));
        for bundle in ["", "  ", "secret", &five, &broken, &long, &pem(1).repeat(2), &(pem(1) + "and a comment")] {
            assert!(matches!(SigningKey::from_pem_bundle(bundle), Err(KeyError::Bundle)), "{bundle:.40}");
        }
    }

    #[test]
    fn prints_redacted() {
        let printed = format!("{:?}", key());
        assert!(printed.ends_with("redacted)"), "{printed}");
    }
}
