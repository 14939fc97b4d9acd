use std::fmt;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::hex::{hex, unhex};
use crate::mac;
use crate::time::Timestamp;

/// The identity of a session: 128 random bits in lower-case hexadecimal. It is the claim `sid` of the session's tokens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionId(String);

/// The text is no session id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a session id: 32 hexadecimal digits in lower case")]
pub struct SessionIdError;

impl SessionId {
    /// Random bytes of an id.
    pub const BYTES: usize = 16;

    /// Of random bytes.
    pub fn new(bytes: [u8; Self::BYTES]) -> Self {
        Self(hex(&bytes))
    }

    /// Takes an id from a token, an address or the store.
    ///
    /// # Errors
    /// Anything but 32 hexadecimal digits in lower case, so that it can be part of a store key.
    pub fn parse(raw: &str) -> Result<Self, SessionIdError> {
        let valid = raw.len() == 2 * Self::BYTES && raw.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        valid.then(|| Self(raw.to_owned())).ok_or(SessionIdError)
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A refresh token: which session, the how-manieth of it, and the proof.
///
/// It prints redacted. Its text is `SESSION.GENERATION.SECRET.TAG`, the last two in hexadecimal: SECRET is 128 random bits
/// that all tokens of the session share, TAG is an HMAC-SHA256 over SECRET and GENERATION under the session's own key. The
/// store holds the key and a hash of SECRET. So whoever reads the store can make no token, for want of SECRET, and whoever
/// has a token can make no later one, for want of the key; and an old token is known for what it is.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken {
    session: SessionId,
    generation: u32,
    secret: [u8; RefreshFamily::SECRET_BYTES],
    tag: [u8; 32],
}

/// The text is no refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a refresh token")]
pub struct RefreshTokenError;

impl RefreshToken {
    /// Longest text that is looked at.
    pub const MAX_BYTES: usize = 160;

    /// Reads what [`RefreshToken::text`] writes, and nothing else.
    ///
    /// # Errors
    /// Any other text.
    pub fn parse(raw: &str) -> Result<Self, RefreshTokenError> {
        if raw.len() > Self::MAX_BYTES {
            return Err(RefreshTokenError);
        }
        let mut parts = raw.split('.');
        let mut part = || parts.next().ok_or(RefreshTokenError);
        let (session, generation, secret, tag) = (part()?, part()?, part()?, part()?);
        let canonical = generation == "0" || !generation.starts_with('0');
        if parts.next().is_some() || !canonical || !generation.bytes().all(|b| b.is_ascii_digit()) {
            return Err(RefreshTokenError);
        }
        Ok(Self {
            session: SessionId::parse(session).map_err(|_| RefreshTokenError)?,
            generation: generation.parse().map_err(|_| RefreshTokenError)?,
            secret: unhex(secret).ok_or(RefreshTokenError)?,
            tag: unhex(tag).ok_or(RefreshTokenError)?,
        })
    }

    /// The session that it claims to be of.
    pub fn session(&self) -> &SessionId {
        &self.session
    }

    /// What is handed to the client: a secret.
    pub fn text(&self) -> String {
        format!("{}.{}.{}.{}", self.session, self.generation, hex(&self.secret), hex(&self.tag))
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RefreshToken({}, redacted)", self.generation)
    }
}

/// What the store knows of the refresh tokens of one session. It prints redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshFamily {
    key: [u8; Self::KEY_BYTES],
    secret_hash: [u8; 32],
}

impl RefreshFamily {
    /// Random bytes of a key.
    pub const KEY_BYTES: usize = 32;
    /// Random bytes of a secret: more than 64, which is the least that OWASP ASVS 5.0 asks of a reference token (7.2.3: 128
    /// bits).
    pub const SECRET_BYTES: usize = 16;

    /// Of a session that begins, with its first token.
    pub fn begin(
        session: SessionId,
        key: [u8; Self::KEY_BYTES],
        secret: [u8; Self::SECRET_BYTES],
    ) -> (Self, RefreshToken) {
        let family = Self { key, secret_hash: Sha256::digest(secret).into() };
        let token = RefreshToken { session, generation: 0, secret, tag: family.tag(&secret, 0) };
        (family, token)
    }

    /// Reads what [`RefreshFamily::store`] writes.
    pub fn read(stored: &str) -> Option<Self> {
        let (key, secret_hash) = stored.split_once('.')?;
        Some(Self { key: unhex(key)?, secret_hash: unhex(secret_hash)? })
    }

    /// For the store.
    pub fn store(&self) -> String {
        format!("{}.{}", hex(&self.key), hex(&self.secret_hash))
    }

    fn tag(&self, secret: &[u8; Self::SECRET_BYTES], generation: u32) -> [u8; 32] {
        mac::of(&self.key, &[&secret[..], &generation.to_be_bytes()].concat())
    }

    /// Whether a token was made for this session, in constant time. It says nothing of whether it may be used.
    fn made(&self, token: &RefreshToken) -> bool {
        let secret_hash: [u8; 32] = Sha256::digest(token.secret).into();
        bool::from(secret_hash.ct_eq(&self.secret_hash) & self.tag(&token.secret, token.generation).ct_eq(&token.tag))
    }

    /// What to do with a token that is presented.
    ///
    /// The store can not compare and swap. So nothing is drawn at a rotation: the successor of a token is always the same
    /// one, and two requests that present a token at the same moment get the same answer.
    pub fn judge(&self, token: &RefreshToken, last: Option<RefreshUse>, now: Timestamp) -> RefreshVerdict {
        if !self.made(token) {
            return RefreshVerdict::Foreign;
        }
        let used = match last {
            Some(last) if token.generation < last.generation => return RefreshVerdict::Reused,
            Some(last) if token.generation == last.generation => {
                if now.millis_since(last.at) > GRACE_MILLIS {
                    return RefreshVerdict::Reused;
                }
                last
            }
            _ => RefreshUse { generation: token.generation, at: now },
        };
        let Some(generation) = token.generation.checked_add(1) else { return RefreshVerdict::Foreign };
        let tag = self.tag(&token.secret, generation);
        RefreshVerdict::Good { used, successor: RefreshToken { generation, tag, ..token.clone() } }
    }
}

impl fmt::Debug for RefreshFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshFamily(redacted)")
    }
}

/// For how long a token may be presented again, for two tabs that refresh at the same moment and for a client that lost
/// the answer.
pub const GRACE_MILLIS: u64 = 10_000;

/// The last refresh of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshUse {
    /// The highest generation that was presented.
    pub generation: u32,
    /// When it was presented first.
    pub at: Timestamp,
}

/// What to do with a refresh token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefreshVerdict {
    /// Note the use, and hand out the successor.
    Good {
        /// To be noted, unless it is already.
        used: RefreshUse,
        /// The next token.
        successor: RefreshToken,
    },
    /// It was used before, and not just now: one of two who have it has stolen it. The session ends.
    Reused,
    /// It was never made for this session. Nothing happens, or anybody could end sessions.
    Foreign,
}

#[cfg(test)]
mod tests;
