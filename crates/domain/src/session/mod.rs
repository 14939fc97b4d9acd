use std::fmt;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::delay::is_over;
use crate::hex::{hex, unhex};
use crate::mac;
use crate::time::Timestamp;

/// The identity of a session: 128 random bits in lower-case hexadecimal. It is the claim `sid` of the session's tokens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionId(String);

/// The text is not a session id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a session id: 32 hexadecimal digits in lower case")]
pub struct SessionIdError;

impl SessionId {
    /// The number of random bytes in an id.
    pub const BYTES: usize = 16;

    /// Makes an id of random bytes.
    pub fn new(bytes: [u8; Self::BYTES]) -> Self {
        Self(hex(&bytes))
    }

    /// Reads an id from a token, an address or the store.
    ///
    /// # Errors
    /// Any text but 32 hexadecimal digits in lower case. Such an id can safely be part of a store key.
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

/// A refresh token: it names its session and its generation (the number of refreshes before it), and proves both.
///
/// It prints redacted. Its text is `SESSION.GENERATION.SECRET.TAG`, the last two in hexadecimal. SECRET is 128 random bits
/// that all tokens of the session share. TAG is an HMAC-SHA256 over SECRET and GENERATION under the session's own key. The
/// store holds the key and a hash of SECRET. So somebody who reads the store can make no token, because SECRET is missing,
/// and somebody who has a token can make no later token, because the key is missing. A token that was used before is still
/// recognised as one of the session.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken {
    session: SessionId,
    generation: u32,
    secret: [u8; RefreshFamily::SECRET_BYTES],
    tag: [u8; 32],
}

/// The text is not a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a refresh token")]
pub struct RefreshTokenError;

impl RefreshToken {
    /// The longest text that is parsed, in bytes.
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

    /// The session that the token names. Nothing is proved yet.
    pub fn session(&self) -> &SessionId {
        &self.session
    }

    /// The text for the client, which is a secret.
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
    /// The number of random bytes in a key.
    pub const KEY_BYTES: usize = 32;
    /// The number of random bytes in a secret: 128 bits, the least that OWASP ASVS 5.0 demands of a reference token (7.2.3).
    pub const SECRET_BYTES: usize = 16;

    /// Begins a session, and returns its first token too.
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

    /// The text for the store.
    pub fn store(&self) -> String {
        format!("{}.{}", hex(&self.key), hex(&self.secret_hash))
    }

    fn tag(&self, secret: &[u8; Self::SECRET_BYTES], generation: u32) -> [u8; 32] {
        mac::of(&self.key, &[&secret[..], &generation.to_be_bytes()].concat())
    }

    /// Verifies that the token was made for this session, in constant time. `None` for any other token: nothing happens to
    /// the session then, because otherwise anybody could end sessions.
    ///
    /// A rotation draws no random bytes: the successor of a token is always the same token, so two requests that present a
    /// token at the same moment get the same answer, whichever of them is noted.
    pub fn verify(&self, token: RefreshToken) -> Option<VerifiedRefreshToken> {
        let secret_hash: [u8; 32] = Sha256::digest(token.secret).into();
        let is_made =
            secret_hash.ct_eq(&self.secret_hash) & self.tag(&token.secret, token.generation).ct_eq(&token.tag);
        let generation = token.generation.checked_add(1).filter(|_| is_made.into())?;
        let tag = self.tag(&token.secret, generation);
        Some(VerifiedRefreshToken {
            generation: token.generation,
            successor: RefreshToken { generation, tag, ..token },
        })
    }
}

impl fmt::Debug for RefreshFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshFamily(redacted)")
    }
}

/// A refresh token that was made for its session. Whether it may still be used is another question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedRefreshToken {
    generation: u32,
    successor: RefreshToken,
}

impl VerifiedRefreshToken {
    /// The session of the token.
    pub fn session(&self) -> &SessionId {
        &self.successor.session
    }

    /// The next token.
    pub fn successor(&self) -> &RefreshToken {
        &self.successor
    }

    /// Decides what to do with the token. A used token may be presented again for `reuse_seconds`, because two tabs may
    /// refresh at the same moment, and a client may lose the answer. A client that sleeps then asks again much later; as long
    /// as nobody has used the successor, this is forgiven once in [`LATE_MILLIS`].
    pub fn judge(&self, last: Option<RefreshUse>, now: Timestamp, reuse_seconds: u64) -> RefreshVerdict {
        let late_at = last.and_then(|last| last.late_at);
        match last {
            Some(last) if self.generation < last.generation => RefreshVerdict::Reused,
            Some(last) if self.generation == last.generation => {
                if !is_over(last.at, now, reuse_seconds.saturating_mul(1000)) {
                    RefreshVerdict::Again
                } else if late_at.is_none_or(|late_at| is_over(late_at, now, LATE_MILLIS)) {
                    // The seconds begin anew, because the other tabs of that client wake up too.
                    RefreshVerdict::Late(RefreshUse { at: now, late_at: Some(now), ..last })
                } else {
                    RefreshVerdict::Reused
                }
            }
            _ => RefreshVerdict::First(RefreshUse { generation: self.generation, at: now, late_at }),
        }
    }
}

/// How often a session may present a used token late: once in a day, in milliseconds.
const LATE_MILLIS: u64 = 24 * 60 * 60 * 1000;

/// The last refresh of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshUse {
    /// The highest generation that was presented.
    pub generation: u32,
    /// The time at which that generation was presented first, or at which it was presented late.
    pub at: Timestamp,
    /// The time at which a token of the session, of any generation, was last presented late.
    pub late_at: Option<Timestamp>,
}

/// What to do with a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshVerdict {
    /// This use has to be recorded, and the client gets the successor.
    First(RefreshUse),
    /// The use is recorded already, and the client gets the successor.
    Again,
    /// As [`RefreshVerdict::First`]. It is worth a warning, because the token may have been stolen.
    Late(RefreshUse),
    /// A later token of the session was already used, or this one was used too long ago. So two parties have it, one of them
    /// has stolen it, and the session has to end.
    Reused,
}

/// Whether a session has to end because it was not used for more than `idle_seconds`: neither its beginning nor its last
/// refresh was noted in this time. A time that a clock noted which was ahead does not count.
pub fn is_idle(created_at: Timestamp, last: Option<RefreshUse>, now: Timestamp, idle_seconds: u64) -> bool {
    let counts_for = idle_seconds.saturating_mul(1000).saturating_add(1);
    let mut noted = [Some(created_at), last.map(|last| last.at)].into_iter().flatten();
    noted.all(|at| is_over(at, now, counts_for))
}

#[cfg(test)]
mod tests;
