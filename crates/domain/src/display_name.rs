use std::fmt;

use icu_properties::props::{BidiControl, BinaryProperty, EnumeratedProperty, GeneralCategory};
use rules::{Broken, DELETED_USER, NAME_MAX_MARKS};
use serde::{Deserialize, Serialize};
use unicode_security::skeleton;

use crate::input::{self, InputError};
use crate::text::{is_ignorable, normalise, visible};

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

    /// Reads the name that somebody chooses for a new account: trims, normalises and checks it, and takes off the marks of a
    /// letter after the first [`NAME_MAX_MARKS`]. No language needs more, and a pile of them reaches other lines.
    ///
    /// # Errors
    /// The first rule that is broken: [`rules::new_name`], then those that need the tables of Unicode.
    pub fn parse_new(raw: &str) -> Result<Self, InputError> {
        Self::checked(raw, |name| {
            rules::new_name(name)?;
            visible(name)?;
            if name.chars().any(BidiControl::for_char) {
                return Err(Broken::InvalidCharacter);
            }
            if letters_as_they_look(name) == letters_as_they_look(DELETED_USER) {
                Err(Broken::Reserved)
            } else {
                Ok(())
            }
        })
        .map(|name| Self(with_few_marks(&name.0)))
    }

    fn checked(raw: &str, rule: impl FnOnce(&str) -> Result<(), Broken>) -> Result<Self, InputError> {
        normalise(raw, rule).map(Self).map_err(|broken| input::NAME.refuse(broken))
    }

    /// The normalised name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Marks that have a width of their own are not counted, because they are written beside the letter; and what nobody sees
/// between two marks does not part them.
fn with_few_marks(name: &str) -> String {
    let mut marks = 0;
    let is_kept = |c: &char| {
        match GeneralCategory::for_char(*c) {
            GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark => marks += 1,
            _ if is_ignorable(*c) => {}
            _ => marks = 0,
        }
        marks <= NAME_MAX_MARKS
    };
    name.chars().filter(is_kept).collect()
}

/// The letters and digits of a name in a form that is the same for all names that look alike (UTS 39, section 4), in lower
/// case. Letters are compared before and after they are made lower case, because an `I` looks like an `l` and an `i` does not.
fn letters_as_they_look(name: &str) -> String {
    let lower = skeleton(name).collect::<String>().to_lowercase();
    skeleton(&lower).filter(|c| c.is_alphanumeric()).collect()
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
            ("\u{200b}", Broken::NothingVisible),
            ("\u{202e}nimda", Broken::InvalidCharacter),
            ("a\u{2067}b\u{2069}", Broken::InvalidCharacter),
            ("\u{200f}a", Broken::InvalidCharacter),
        ] {
            assert_eq!(DisplayName::parse_new(raw).map_err(|error| error.broken), Err(error), "{raw:?}");
        }
    }

    #[test]
    fn a_letter_keeps_at_most_four_marks() {
        for name in [
            "Z\u{335}\u{322}\u{346}\u{315}",
            "Z\u{335}\u{322}\u{346}\u{315}Z\u{335}\u{322}\u{346}\u{315}",
            "Tr\u{1ecb}nh Th\u{1ecb} Ho\u{e0}",
            // Hebrew with points, Thai, Tibetan, and Burmese with five marks, of which two have a width.
            "\u{5e9}\u{5b8}\u{5bc}\u{5c1}",
            "\u{e19}\u{e49}\u{e33}\u{e1b}\u{e39}\u{e48}",
            "\u{f67}\u{f71}\u{f74}\u{f83}",
            "\u{1019}\u{103c}\u{103d}\u{103e}\u{1031}\u{1038}",
            "\u{1f469}\u{200d}\u{2764}\u{fe0f}\u{200d}\u{1f468}",
        ] {
            assert_eq!(DisplayName::parse_new(name).unwrap().as_str(), name);
        }
        for (name, kept) in [
            ("Z\u{351}\u{351}\u{351}\u{351}\u{352}a", "Z\u{351}\u{351}\u{351}\u{351}a"),
            (
                "Z\u{351}\u{351}\u{200d}\u{351}\u{351}\u{2060}\u{352}o\u{351}",
                "Z\u{351}\u{351}\u{200d}\u{351}\u{351}\u{2060}o\u{351}",
            ),
            ("a\u{20dd}\u{20dd}\u{20dd}\u{20dd}\u{20dd}", "a\u{20dd}\u{20dd}\u{20dd}\u{20dd}"),
            ("a\u{34f}\u{335}\u{34f}\u{315}\u{34f}", "a\u{34f}\u{335}\u{34f}\u{315}"),
        ] {
            assert_eq!(DisplayName::parse_new(name).unwrap().as_str(), kept);
            assert_eq!(DisplayName::parse(kept).unwrap().as_str(), kept, "still normalised");
        }
    }

    #[test]
    fn nobody_looks_like_a_deleted_user() {
        for name in [
            "deleted user",
            "Deleted User",
            "DELETED  USER",
            "deleted\u{a0}user.",
            "deleted\u{200b}user",
            "(deleted_user)",
            "d\u{435}l\u{435}t\u{435}d us\u{435}r",
            "de1eted user",
            "deIeted user",
            "DEIETED USER",
            "\u{500}eleted user",
            "\u{1d41d}\u{1d41e}\u{1d425}\u{1d41e}\u{1d42d}\u{1d41e}\u{1d41d} user",
            "\u{ff44}\u{ff45}\u{ff4c}\u{ff45}\u{ff54}\u{ff45}\u{ff44} user",
            "del\u{e9}ted us\u{e9}r",
        ] {
            assert_eq!(DisplayName::parse_new(name).map_err(|error| error.broken), Err(Broken::Reserved), "{name:?}");
        }
        for name in ["deleted users", "undeleted user", "user", "Dele Teduser-Smith", "Ada"] {
            assert!(DisplayName::parse_new(name).is_ok(), "{name:?}");
        }
    }

    #[test]
    fn what_no_longer_could_be_chosen_is_read() {
        for name in ["\u{200b}", "\u{202e}nimda", "deleted user", "a\u{327}\u{327}\u{327}\u{327}\u{327}"] {
            assert_eq!(serde_json::from_value::<DisplayName>(name.into()).unwrap().as_str(), name);
        }
        let longest = "🔑".repeat(256);
        assert_eq!(serde_json::from_value::<DisplayName>(longest.clone().into()).unwrap().as_str(), longest);
        for raw in ["", " ", "a\nb", "a\0", &"🔑".repeat(257)] {
            assert!(serde_json::from_value::<DisplayName>(raw.into()).is_err(), "{raw:?}");
        }
    }
}
