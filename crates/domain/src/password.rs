use std::fmt;

use crate::common_passwords::is_common;
use crate::username::Username;

/// A password that a person chose: 8 to 256 characters, kept as it was typed. It prints redacted.
pub struct Password(String);

/// Why a password is not accepted for a new account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer than [`Password::MIN_CHARS`] characters.
    #[error("A password has at least 8 characters.")]
    TooShort,
    /// More than [`Password::MAX_CHARS`] characters.
    #[error("A password has at most 256 characters.")]
    TooLong,
    /// One of the most used ones, in any case.
    #[error("This password is one of the most used ones, and so one of the first to be tried. Choose another.")]
    Common,
    /// The username is part of it.
    #[error("A password does not contain the username.")]
    ContainsUsername,
    /// The product's name is part of it.
    #[error("A password does not contain the word \"latchkey\".")]
    ContainsProductName,
}

const PRODUCT_NAME: &str = "latchkey";

impl Password {
    /// Fewest characters (code points).
    pub const MIN_CHARS: usize = 8;
    /// Most characters (code points): bounds the work of a hash.
    pub const MAX_CHARS: usize = 256;

    /// Checks a password for a new account (NIST SP 800-63B, 3.1.1.2: length, no composition rules, a block list).
    /// It is never trimmed, folded or normalised.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn parse(raw: String, username: Option<&Username>) -> Result<Self, PasswordError> {
        match raw.chars().count() {
            n if n < Self::MIN_CHARS => return Err(PasswordError::TooShort),
            n if n > Self::MAX_CHARS => return Err(PasswordError::TooLong),
            _ => {}
        }
        let folded = raw.to_lowercase();
        if is_common(&folded) {
            return Err(PasswordError::Common);
        }
        if folded.contains(PRODUCT_NAME) {
            return Err(PasswordError::ContainsProductName);
        }
        if username.is_some_and(|username| folded.contains(username.as_str())) {
            return Err(PasswordError::ContainsUsername);
        }
        Ok(Self(raw))
    }

    /// A password that somebody tries at login: no rule is checked, so that an old account stays usable when the rules
    /// become stricter.
    pub fn attempt(raw: String) -> Self {
        Self(raw)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(raw: &str) -> Result<Password, PasswordError> {
        Password::parse(raw.to_owned(), Some(&Username::parse("alice").unwrap()))
    }

    #[test]
    fn accepts_the_edges_as_they_are() {
        for raw in ["8 chars!", " leading", "trailing ", "🔑🔑🔑🔑🔑🔑🔑🔑", &"xy".repeat(128)] {
            assert_eq!(parse(raw).unwrap().as_bytes(), raw.as_bytes());
        }
    }

    #[test]
    fn refuses_by_rule() {
        let too_long = "é".repeat(257);
        for (raw, error) in [
            ("", PasswordError::TooShort),
            ("seven77", PasswordError::TooShort),
            ("🔑🔑🔑🔑🔑🔑🔑", PasswordError::TooShort),
            (&too_long, PasswordError::TooLong),
            ("password", PasswordError::Common),
            ("PassWord1", PasswordError::Common),
            ("12345678", PasswordError::Common),
            ("i am ALICE!", PasswordError::ContainsUsername),
            ("My LatchKey 7", PasswordError::ContainsProductName),
        ] {
            assert_eq!(parse(raw).unwrap_err(), error, "{raw:?}");
        }
    }

    #[test]
    fn prints_redacted() {
        assert!(!format!("{:?}", parse("correct horse").unwrap()).contains("horse"));
    }
}
