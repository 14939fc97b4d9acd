use std::fmt;

use rules::Broken;
use serde::{Deserialize, Serialize};

use crate::input::{self, InputError};
use crate::text::normalise;

/// The name that is shown beside a person's messages, trimmed and in NFC. It holds any name that an account can have
/// ([`rules::stored_name`]). New names have to keep to [`DisplayName::parse_new`]; when that rule becomes stricter, all
/// existing names can still be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DisplayName(String);

impl DisplayName {
    /// Reads the name of an existing account, from a record or a token: trims, normalises and checks it.
    ///
    /// # Errors
    /// The first rule of [`rules::stored_name`] that is broken.
    pub fn parse(raw: &str) -> Result<Self, InputError> {
        Self::checked(raw, rules::stored_name)
    }

    /// Reads the name that somebody chooses for a new account: trims, normalises and checks it.
    ///
    /// # Errors
    /// The first rule of [`rules::new_name`] that is broken.
    pub fn parse_new(raw: &str) -> Result<Self, InputError> {
        Self::checked(raw, rules::new_name)
    }

    fn checked(raw: &str, rule: impl FnOnce(&str) -> Result<(), Broken>) -> Result<Self, InputError> {
        normalise(raw, rule).map(Self).map_err(|broken| input::NAME.refuse(broken))
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
    type Error = InputError;

    fn try_from(raw: String) -> Result<Self, InputError> {
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
        assert_eq!(String::from(DisplayName::parse_new("  Ada Lovelace ").unwrap()), "Ada Lovelace");
        assert_eq!(DisplayName::parse_new("e\u{301}").unwrap().as_str(), "\u{e9}");
        assert_eq!(DisplayName::parse_new(&"🔑".repeat(64)).unwrap().as_str().chars().count(), 64);
        assert!(DisplayName::parse_new(&"e\u{301}".repeat(64)).is_ok(), "counted after NFC");
    }

    #[test]
    fn refuses_by_rule() {
        let too_long = "🔑".repeat(65);
        for (raw, error) in [
            ("", Broken::TooShort(1)),
            (" \u{3000} ", Broken::TooShort(1)),
            (&too_long, Broken::TooLong(64)),
            ("a\nb", Broken::InvalidCharacter),
            ("a\0", Broken::InvalidCharacter),
            ("a\u{85}b", Broken::InvalidCharacter),
            ("a\u{7f}", Broken::InvalidCharacter),
        ] {
            assert_eq!(DisplayName::parse_new(raw).map_err(|error| error.broken), Err(error), "{raw:?}");
        }
    }

    #[test]
    fn what_no_longer_could_be_chosen_is_read() {
        let longest = "🔑".repeat(256);
        assert_eq!(serde_json::from_value::<DisplayName>(longest.clone().into()).unwrap().as_str(), longest);
        for raw in ["", " ", "a\nb", "a\0", &"🔑".repeat(257)] {
            assert!(serde_json::from_value::<DisplayName>(raw.into()).is_err(), "{raw:?}");
        }
    }
}
