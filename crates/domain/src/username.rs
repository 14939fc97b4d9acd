use std::fmt;

use rules::Broken;
use serde::{Deserialize, Serialize};

use crate::input::{self, InputError};
use crate::text::is_ignorable;

/// The name of an account, in lower case. It holds any name that an account can have ([`rules::stored_username`]), so it can
/// be part of a store key or a header. New names have to keep to [`Username::parse_new`]; when that rule becomes stricter,
/// all existing names can still be read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Username(String);

impl Username {
    /// Reads the name of an account that may exist, from a record, a token or a login. Upper case is folded.
    ///
    /// # Errors
    /// The first rule of [`rules::stored_username`] that is broken.
    pub fn parse(raw: &str) -> Result<Self, InputError> {
        Self::checked(raw, rules::stored_username)
    }

    /// Reads the name of an account as somebody types or pastes it at a login. The site shows a username as `@name`, and what
    /// is copied brings blanks, line ends and characters along that nobody sees. None of these is part of a username.
    ///
    /// # Errors
    /// The first rule of [`rules::stored_username`] that is broken.
    pub fn parse_typed(raw: &str) -> Result<Self, InputError> {
        let seen: String = raw.chars().filter(|c| !is_ignorable(*c)).collect();
        let typed = seen.trim_matches(|c: char| c.is_whitespace() || c.is_control());
        // Keyboards for Chinese and Japanese write the second one.
        Self::parse(typed.strip_prefix(['@', '\u{ff20}']).unwrap_or(typed))
    }

    /// Reads the name for a new account. Upper case is folded.
    ///
    /// # Errors
    /// The first rule of [`rules::new_username`] that is broken.
    pub fn parse_new(raw: &str) -> Result<Self, InputError> {
        Self::checked(raw, rules::new_username)
    }

    fn checked(raw: &str, rule: impl FnOnce(&str) -> Result<(), Broken>) -> Result<Self, InputError> {
        rule(raw).map(|()| Self(raw.to_ascii_lowercase())).map_err(|broken| input::USERNAME.refuse(broken))
    }

    /// The name in lower case.
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
    type Error = InputError;

    fn try_from(raw: String) -> Result<Self, InputError> {
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
            let username = Username::parse_new(raw).unwrap();
            assert_eq!((username.as_str(), &*String::from(username.clone())), (folded, folded));
        }
    }

    #[test]
    fn refuses_by_rule() {
        use Broken::*;
        let too_long = "a".repeat(33);
        for (raw, error) in [
            ("", TooShort(3)),
            ("ab", TooShort(3)),
            (&too_long, TooLong(32)),
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
            assert_eq!(Username::parse_new(raw).map_err(|error| error.broken), Err(error), "{raw:?}");
        }
    }

    #[test]
    fn at_a_login_it_is_read_as_it_is_copied() {
        for raw in [
            "alice",
            "@Alice",
            "\u{ff20}alice",
            " alice\r\n",
            "\t@alice\u{a0}",
            "\u{200b}alice\u{feff}",
            "\u{2068}@alice\u{2069}",
            "al\u{ad}ice\0",
        ] {
            assert_eq!(Username::parse_typed(raw).unwrap().as_str(), "alice", "{raw:?}");
        }
        for raw in ["", "@", "@@alice", "alice@", "@ alice", "al ice", "alice\nbob", "alicé", "\u{ff41}lice"] {
            assert!(Username::parse_typed(raw).is_err(), "{raw:?}");
        }
        assert!(Username::parse("@alice").is_err());
    }

    #[test]
    fn what_no_longer_could_be_chosen_is_read_and_folded() {
        let longest = "a".repeat(64);
        for (raw, folded) in [("a", "a"), ("AL", "al"), ("_alice", "_alice"), ("-", "-"), (&longest, &longest)] {
            assert_eq!(serde_json::from_value::<Username>(raw.into()).unwrap().as_str(), folded);
        }
        for raw in ["", "al:ice", "al/ice", "al\0ice", "alice\n", "alicé", &"a".repeat(65)] {
            assert!(serde_json::from_value::<Username>(raw.into()).is_err(), "{raw:?}");
        }
    }
}
