use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::{Fault, normalise};

/// The name that is shown beside a person's messages: 1 to 64 characters of any script, trimmed, NFC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DisplayName(String);

/// Why a text is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DisplayNameError {
    /// Nothing but white space.
    #[error("A name has at least 1 character.")]
    Empty,
    /// More than [`DisplayName::MAX_CHARS`] characters.
    #[error("A name has at most 64 characters.")]
    TooLong,
    /// A control character, a line break among them.
    #[error("A name holds no control characters.")]
    ControlCharacter,
}

impl DisplayName {
    /// Most characters (code points, after trimming and NFC).
    pub const MAX_CHARS: usize = 64;

    /// Trims, normalises and checks.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn parse(raw: &str) -> Result<Self, DisplayNameError> {
        normalise(raw, Self::MAX_CHARS, None).map(Self).map_err(|fault| match fault {
            Fault::Empty => DisplayNameError::Empty,
            Fault::TooLong => DisplayNameError::TooLong,
            Fault::Control => DisplayNameError::ControlCharacter,
        })
    }

    /// The normalised name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DisplayName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for DisplayName {
    type Error = DisplayNameError;

    fn try_from(raw: String) -> Result<Self, DisplayNameError> {
        Self::parse(&raw)
    }
}

impl From<DisplayName> for String {
    fn from(name: DisplayName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trims_normalises_and_counts_characters() {
        assert_eq!(DisplayName::parse("  Ada Lovelace ").unwrap().as_str(), "Ada Lovelace");
        assert_eq!(DisplayName::parse("e\u{301}").unwrap().as_str(), "\u{e9}");
        assert_eq!(DisplayName::parse(&"🔑".repeat(64)).unwrap().as_str().chars().count(), 64);
        assert!(DisplayName::parse(&"e\u{301}".repeat(64)).is_ok(), "counted after NFC");
    }

    #[test]
    fn refuses_by_rule() {
        let too_long = "🔑".repeat(65);
        for (raw, error) in [
            ("", DisplayNameError::Empty),
            (" \u{3000} ", DisplayNameError::Empty),
            (&too_long, DisplayNameError::TooLong),
            ("a\nb", DisplayNameError::ControlCharacter),
            ("a\0", DisplayNameError::ControlCharacter),
            ("a\u{85}b", DisplayNameError::ControlCharacter),
            ("a\u{7f}", DisplayNameError::ControlCharacter),
        ] {
            assert_eq!(DisplayName::parse(raw), Err(error), "{raw:?}");
        }
    }
}
