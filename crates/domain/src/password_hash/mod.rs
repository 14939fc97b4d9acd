//! The facade over password hashing: PBKDF2-HMAC-SHA512 (RFC 8018) in PHC strings. It is computed in slices, so that the
//! caller can let other work run between two slices.

use std::borrow::Cow;
use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use pbkdf2::password_hash::phc;
use sha2::{Digest, Sha512};
use subtle::ConstantTimeEq;

use crate::password::Password;

/// The largest number of rounds between two pauses. They take about 2 ms of one core in WebAssembly, which is how long
/// another request may have to wait.
pub const SLICE_ROUNDS: u32 = 2_500;

const IDENT: &str = "pbkdf2-sha512";
/// No more than the 64 bytes of one SHA-512 block, so that PBKDF2 computes a single block.
const HASH_BYTES: usize = 32;

/// A number of PBKDF2 rounds within bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Iterations(u32);

/// The number of rounds is out of bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IterationsError {
    /// The number is lower than [`Iterations::RECOMMENDED`].
    #[error("at least 220000, lower only when stage is \"test\"")]
    TooFew,
    /// The number is 0, or higher than [`Iterations::MAX`].
    #[error("between 1 and 10000000")]
    OutOfRange,
}

impl Iterations {
    /// OWASP's figure for PBKDF2-HMAC-SHA512 (Password Storage Cheat Sheet, March 2026).
    pub const RECOMMENDED: Self = Self(220_000);
    /// About ten seconds of one core. This limits the cost of a number that is stored or configured.
    pub const MAX: u32 = 10_000_000;

    /// Checks a number that an operator configured.
    ///
    /// # Errors
    /// The number is out of bounds, or lower than recommended without `lower_is_allowed`, which is for tests only.
    pub fn parse(rounds: u32, lower_is_allowed: bool) -> Result<Self, IterationsError> {
        match rounds {
            1..=Self::MAX if lower_is_allowed || rounds >= Self::RECOMMENDED.0 => Ok(Self(rounds)),
            1..Self::MAX => Err(IterationsError::TooFew),
            _ => Err(IterationsError::OutOfRange),
        }
    }

    /// The plain number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// Random bytes that make equal passwords hash differently.
#[derive(Clone, Copy, Debug)]
pub struct Salt(pub [u8; Salt::BYTES]);

impl Salt {
    /// Bytes of a salt.
    pub const BYTES: usize = 16;
}

/// The key for HMAC. HMAC pads a key that is shorter than a block with zeros, so a password that ends in NUL would give the
/// same hash as the password without the NUL. Therefore a password that ends in NUL is hashed first, as HMAC itself does
/// with a key that is longer than a block.
fn key(password: &[u8]) -> Cow<'_, [u8]> {
    match password {
        [.., 0] => Sha512::digest(password).to_vec().into(),
        _ => password.into(),
    }
}

/// A PBKDF2 computation that is under way.
pub struct Derivation {
    prf: Hmac<Sha512>,
    /// U of the last round that ran (RFC 8018, section 5.2).
    last: [u8; 64],
    /// T so far: the exclusive-or of all U.
    block: [u8; 64],
    left: u32,
}

impl Derivation {
    /// Begins the computation and runs its first round.
    pub fn new(password: &Password, salt: &[u8], iterations: Iterations) -> Self {
        // HMAC takes keys of any length, so this error can't occur; if it did, the zero key would apply, to which no
        // password is hashed.
        let key = key(password.as_bytes());
        let prf = Hmac::<Sha512>::new_from_slice(&key).unwrap_or_else(|_| Hmac::new(&[0; 128].into()));
        let first: [u8; 64] =
            prf.clone().chain_update(salt).chain_update(1_u32.to_be_bytes()).finalize().into_bytes().into();
        Self { prf, last: first, block: first, left: iterations.0 - 1 }
    }

    /// Runs at most `rounds` more rounds, and returns how many it ran; 0 when the computation is complete.
    pub fn advance(&mut self, rounds: u32) -> u32 {
        let rounds = rounds.min(self.left);
        for _ in 0..rounds {
            self.last = self.prf.clone().chain_update(self.last).finalize().into_bytes().into();
            for (sum, byte) in self.block.iter_mut().zip(self.last) {
                *sum ^= byte;
            }
        }
        self.left -= rounds;
        rounds
    }

    fn output(&self) -> [u8; HASH_BYTES] {
        let mut output = [0; HASH_BYTES];
        output.iter_mut().zip(self.block).for_each(|(to, from)| *to = from);
        output
    }

    /// The hash to store. Call it only when [`Derivation::advance`] has returned 0.
    pub fn finish(self, salt: Salt, iterations: Iterations) -> PasswordHash {
        PasswordHash { iterations, salt: salt.0.to_vec(), hash: self.output() }
    }
}

/// A stored password hash. It prints redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash {
    iterations: Iterations,
    salt: Vec<u8>,
    hash: [u8; HASH_BYTES],
}

/// The stored text is not a hash that this code wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a PBKDF2-HMAC-SHA512 hash of 32 bytes in PHC form")]
pub struct PasswordHashError;

impl PasswordHash {
    /// Reads `$pbkdf2-sha512$i=220000,l=32$SALT$HASH` (PHC string format).
    ///
    /// # Errors
    /// Any other algorithm, parameter or length, and a number of rounds out of bounds, because that number decides how long
    /// a login runs.
    pub fn parse(phc: &str) -> Result<Self, PasswordHashError> {
        let parsed = phc::PasswordHash::new(phc).map_err(|_| PasswordHashError)?;
        let rounds = parsed.params.get_decimal("i").ok_or(PasswordHashError)?;
        let hash = Self {
            iterations: Iterations::parse(rounds, true).map_err(|_| PasswordHashError)?,
            salt: parsed.salt.ok_or(PasswordHashError)?.to_vec(),
            hash: parsed.hash.ok_or(PasswordHashError)?.as_bytes().try_into().map_err(|_| PasswordHashError)?,
        };
        // Only the exact text that this code would write is accepted: no other algorithm or version, and no parameters that
        // nothing reads.
        if hash.to_phc()? == phc { Ok(hash) } else { Err(PasswordHashError) }
    }

    /// The hash as a PHC string.
    ///
    /// # Errors
    /// None for a hash that this code made.
    pub fn to_phc(&self) -> Result<String, PasswordHashError> {
        let mut params = phc::ParamsString::new();
        params.add_decimal("i", self.iterations.0).map_err(|_| PasswordHashError)?;
        params.add_decimal("l", HASH_BYTES as u32).map_err(|_| PasswordHashError)?;
        let hash = phc::PasswordHash {
            algorithm: phc::Ident::new(IDENT).map_err(|_| PasswordHashError)?,
            version: None,
            params,
            salt: Some(phc::Salt::new(&self.salt).map_err(|_| PasswordHashError)?),
            hash: Some(phc::Output::new(&self.hash).map_err(|_| PasswordHashError)?),
        };
        Ok(hash.to_string())
    }

    /// Whether the hash should be computed again, because it has fewer rounds than configured.
    pub fn is_obsolete(&self, configured: Iterations) -> bool {
        self.iterations < configured
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PasswordHash(i={}, redacted)", self.iterations.0)
    }
}

/// The check of a password. It runs as many rounds for an account that does not exist as for one that does, so that neither
/// its time nor its work reveals which usernames exist.
pub struct Verification {
    attempt: Derivation,
    expected: Option<[u8; HASH_BYTES]>,
    /// The rounds that are left when the stored hash has fewer than configured.
    padding: Derivation,
}

impl Verification {
    /// Checks against the hash of the account, or against a decoy when there is no account.
    pub fn new(attempt: &Password, stored: Option<&PasswordHash>, configured: Iterations) -> Self {
        const DECOY_SALT: [u8; Salt::BYTES] = *b"latchkey-decoy-0";
        let iterations = stored.map_or(configured, |hash| hash.iterations);
        let missing = configured.0.saturating_sub(iterations.0);
        let salt = stored.map_or(DECOY_SALT.as_slice(), |hash| &hash.salt);
        Self {
            attempt: Derivation::new(attempt, salt, iterations),
            expected: stored.map(|hash| hash.hash),
            padding: Derivation { left: missing, ..Derivation::new(attempt, &DECOY_SALT, Iterations(1)) },
        }
    }

    /// Runs at most `rounds` more rounds, and returns how many it ran; 0 when the check is complete.
    pub fn advance(&mut self, rounds: u32) -> u32 {
        let ran = self.attempt.advance(rounds);
        ran + self.padding.advance(rounds - ran)
    }

    /// Whether the password is that of the account, compared in constant time. It is false while rounds are left.
    pub fn finish(self) -> bool {
        let output = self.attempt.output();
        self.attempt.left == 0 && self.expected.is_some_and(|expected| bool::from(expected.ct_eq(&output)))
    }
}

#[cfg(test)]
mod tests;
