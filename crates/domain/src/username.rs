use std::fmt;

use serde::{Deserialize, Serialize};

/// The name that an account is known by: 3 to 32 of `a-z 0-9 _ -`, a letter or a digit first.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Username(String);

/// Why a text is no username.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsernameError {
    /// Fewer than [`Username::MIN_CHARS`] characters.
    #[error("A username has at least 3 characters.")]
    TooShort,
    /// More than [`Username::MAX_CHARS`] characters.
    #[error("A username has at most 32 characters.")]
    TooLong,
    /// A character other than `a-z A-Z 0-9 _ -`.
    #[error("A username consists of the letters a to z, digits, \"_\" and \"-\".")]
    InvalidCharacter,
    /// `_` or `-` at the start.
    #[error("A username starts with a letter or a digit.")]
    InvalidStart,
}

impl Username {
    /// Fewest characters.
    pub const MIN_CHARS: usize = 3;
    /// Most characters: a username is part of store keys, which have 255 bytes on the smallest host.
    pub const MAX_CHARS: usize = 32;

    /// Folds upper case and checks every rule.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn parse(raw: &str) -> Result<Self, UsernameError> {
        let folded = raw.to_ascii_lowercase();
        if !folded.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-')) {
            return Err(UsernameError::InvalidCharacter);
        }
        match folded.len() {
            n if n < Self::MIN_CHARS => Err(UsernameError::TooShort),
            n if n > Self::MAX_CHARS => Err(UsernameError::TooLong),
            _ if folded.starts_with(['_', '-']) => Err(UsernameError::InvalidStart),
            _ => Ok(Self(folded)),
        }
    }

    /// The folded name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Username {
    type Error = UsernameError;

    fn try_from(raw: String) -> Result<Self, UsernameError> {
        Self::parse(&raw)
    }
}

impl From<Username> for String {
    fn from(username: Username) -> Self {
        username.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_the_edges_and_folds_upper_case() {
        let longest = "a".repeat(32);
        for (raw, folded) in [("abc", "abc"), ("0_-", "0_-"), ("AliCE", "alice"), (&longest, &longest)] {
            assert_eq!(Username::parse(raw).unwrap().as_str(), folded);
        }
    }

    #[test]
    fn refuses_by_rule() {
        use UsernameError::*;
        let too_long = "a".repeat(33);
        for (raw, error) in [
            ("", TooShort),
            ("ab", TooShort),
            (&too_long, TooLong),
            ("_abc", InvalidStart),
            ("-abc", InvalidStart),
            ("al ice", InvalidCharacter),
            (" alice", InvalidCharacter),
            ("alice\n", InvalidCharacter),
            ("alicé", InvalidCharacter),
            ("al/ice", InvalidCharacter),
            ("al:ice", InvalidCharacter),
            ("al\0ice", InvalidCharacter),
            ("\u{212A}elvin", InvalidCharacter),
        ] {
            assert_eq!(Username::parse(raw), Err(error), "{raw:?}");
        }
    }
}
