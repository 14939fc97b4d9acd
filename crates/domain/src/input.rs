use std::fmt;

use rules::{Broken, PRODUCT_NAME};

/// Why a text that somebody typed is refused. It prints as a sentence for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputError {
    /// The rule that the text breaks.
    pub broken: Broken,
    of: &'static Input,
}

/// A kind of text, with the words that the messages about its rules use.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Input {
    noun: &'static str,
    /// The message for a character that is not allowed.
    characters: &'static str,
}

pub(crate) const USERNAME: &Input =
    &Input { noun: "A username", characters: "A username consists of the letters a to z, digits, \"_\" and \"-\"." };
pub(crate) const NAME: &Input = &Input {
    noun: "A name",
    characters: "A name holds no control characters, and none that turn the direction of writing.",
};
pub(crate) const MESSAGE: &Input =
    &Input { noun: "A message", characters: "A message holds no control characters other than line breaks (U+000A)." };
pub(crate) const REASON: &Input =
    &Input { noun: "A reason", characters: "A reason holds no control characters other than line breaks (U+000A)." };
/// Any character is allowed in a password, so there is no message about characters.
pub(crate) const PASSWORD: &Input = &Input { noun: "A password", characters: "" };

impl Input {
    pub(crate) fn refuse(&'static self, broken: Broken) -> InputError {
        InputError { broken, of: self }
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Input { noun, characters } = self.of;
        let plural = |chars: usize| if chars == 1 { "" } else { "s" };
        match self.broken {
            Broken::TooShort(min) => write!(f, "{noun} has at least {min} character{}.", plural(min)),
            Broken::TooLong(max) => write!(f, "{noun} has at most {max} character{}.", plural(max)),
            Broken::InvalidCharacter => f.write_str(characters),
            Broken::InvalidStart => write!(f, "{noun} starts with a letter or a digit."),
            Broken::NothingVisible => write!(f, "{noun} has at least one character that can be seen."),
            Broken::Reserved => write!(f, "{noun} does not look like one that the site itself uses."),
            Broken::ContainsUsername => write!(f, "{noun} does not contain the username."),
            Broken::ContainsProductName => write!(f, "{noun} does not contain the word \"{PRODUCT_NAME}\"."),
        }
    }
}

impl std::error::Error for InputError {}

#[cfg(test)]
mod tests {
    use crate::{DisplayName, MessageText, Password, Username};

    #[test]
    fn each_rule_is_said_in_a_sentence() {
        let long = "é".repeat(1001);
        let username = |raw: &str| Username::parse_new(raw).unwrap_err().to_string();
        let name = |raw: &str| DisplayName::parse_new(raw).unwrap_err().to_string();
        let message = |raw: &str| MessageText::parse(raw).unwrap_err().to_string();
        let password = |raw: &str| {
            let owner = Username::parse("alice").unwrap();
            Password::parse_new(raw.to_owned(), Some(&owner)).unwrap_err().to_string()
        };
        for (said, expected) in [
            (username("ab"), "A username has at least 3 characters."),
            (username(&"a".repeat(33)), "A username has at most 32 characters."),
            (username("a b"), "A username consists of the letters a to z, digits, \"_\" and \"-\"."),
            (username("_abc"), "A username starts with a letter or a digit."),
            (name(""), "A name has at least 1 character."),
            (name(&long), "A name has at most 64 characters."),
            (name("a\0"), "A name holds no control characters, and none that turn the direction of writing."),
            (name("\u{200b}"), "A name has at least one character that can be seen."),
            (name("Deleted User"), "A name does not look like one that the site itself uses."),
            (message(""), "A message has at least 1 character."),
            (message(&long), "A message has at most 1000 characters."),
            (message("a\0"), "A message holds no control characters other than line breaks (U+000A)."),
            (password(""), "A password has at least 8 characters."),
            (password(&long), "A password has at most 256 characters."),
            (password("I am alice!"), "A password does not contain the username."),
            (password("My latchkey"), "A password does not contain the word \"latchkey\"."),
        ] {
            assert_eq!(said, expected);
        }
    }
}
