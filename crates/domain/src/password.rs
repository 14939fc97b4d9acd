use std::fmt;

use rules::ATTEMPTED_PASSWORD_MAX_BYTES;
use unicode_normalization::UnicodeNormalization;

use crate::common_passwords::is_common;
use crate::input::{self, InputError};
use crate::username::Username;

/// A password: a text that is never trimmed or folded. It prints redacted.
///
/// New ones are normalised as the profile OpaqueString of RFC 8265 (section 4.2.2) demands, because keyboards and systems
/// write the same letter in different ways: spaces outside ASCII become U+0020, then the text becomes NFC. Unlike that
/// profile, any character is allowed, so that no existing password is refused.
pub struct Password(String);

/// A password that somebody tries.
#[derive(Debug)]
pub struct PasswordAttempt {
    /// The normalised text.
    pub password: Password,
    /// The text as it was typed, if that is another one. The hash of an account that was made before passwords were
    /// normalised may be of this text.
    pub raw: Option<Password>,
}

/// Why a password is not accepted as a new password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// It breaks a rule that browsers check too.
    #[error(transparent)]
    Input(#[from] InputError),
    /// It is one of the most used passwords. Upper and lower case are treated as equal.
    #[error("This password is one of the most used ones, and so one of the first to be tried. Choose another.")]
    Common,
}

impl Password {
    /// Normalises and checks a new password (NIST SP 800-63B, 3.1.1.2: length, no composition rules, a block list).
    ///
    /// # Errors
    /// The first rule of [`rules::new_password`] that is broken; the list of common passwords is checked right after the
    /// length.
    pub fn parse_new(raw: String, username: Option<&Username>) -> Result<Self, PasswordError> {
        let refuse = |broken| input::PASSWORD.refuse(broken);
        let text = normalise(&raw);
        rules::new_password_length(&text).map_err(refuse)?;
        let folded = text.to_lowercase();
        if is_common(&folded) {
            return Err(PasswordError::Common);
        }
        rules::new_password_words(&folded, username.map(Username::as_str).unwrap_or_default()).map_err(refuse)?;
        Ok(Self(text))
    }

    /// A password that somebody tries at login. The rules for new passwords are not checked, so that an old account stays
    /// usable when they become stricter. A password longer than [`ATTEMPTED_PASSWORD_MAX_BYTES`] is wrong in any case, and
    /// is not kept: the empty password, which no account has, takes its place, so that the check costs as much as that of
    /// any other wrong password.
    pub fn attempt(raw: String) -> PasswordAttempt {
        let raw = if raw.len() > ATTEMPTED_PASSWORD_MAX_BYTES { String::new() } else { raw };
        let text = normalise(&raw);
        let differs = text != raw;
        PasswordAttempt { password: Self(text), raw: differs.then_some(Self(raw)) }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

fn normalise(raw: &str) -> String {
    raw.chars().map(|c| if is_other_space(c) { ' ' } else { c }).nfc().collect()
}

/// Whether a character is a space outside ASCII: all of Unicode's category Zs but U+0020.
fn is_other_space(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use rules::Broken;

    use super::*;

    fn parse(raw: &str) -> Result<Password, PasswordError> {
        Password::parse_new(raw.to_owned(), Some(&Username::parse("alice").unwrap()))
    }

    #[test]
    fn accepts_the_edges_as_they_are() {
        for raw in ["8 chars!", " leading", "trailing ", "🔑🔑🔑🔑🔑🔑🔑🔑", &"xy".repeat(128)] {
            assert_eq!(parse(raw).unwrap().as_bytes(), raw.as_bytes());
        }
    }

    #[test]
    fn refuses_by_rule() {
        let input = |broken| PasswordError::Input(input::PASSWORD.refuse(broken));
        let too_long = "é".repeat(257);
        for (raw, error) in [
            ("", input(Broken::TooShort(8))),
            ("seven77", input(Broken::TooShort(8))),
            ("🔑🔑🔑🔑🔑🔑🔑", input(Broken::TooShort(8))),
            (&too_long, input(Broken::TooLong(256))),
            ("password", PasswordError::Common),
            ("PassWord1", PasswordError::Common),
            ("12345678", PasswordError::Common),
            ("i am ALICE!", input(Broken::ContainsUsername)),
            ("My LatchKey 7", input(Broken::ContainsProductName)),
        ] {
            assert_eq!(parse(raw).unwrap_err(), error, "{raw:?}");
        }
    }

    #[test]
    fn prints_redacted() {
        assert_eq!(format!("{:?}", parse("correct horse").unwrap()), "Password(redacted)");
    }

    /// The attempted password, and the raw text if it is tried too.
    fn attempt(raw: &str) -> (String, Option<String>) {
        let text = |password: Password| String::from_utf8(password.as_bytes().to_vec()).unwrap();
        let PasswordAttempt { password, raw } = Password::attempt(raw.to_owned());
        (text(password), raw.map(text))
    }

    #[test]
    fn an_attempt_has_an_upper_bound_alone() {
        for raw in ["", "short", "password", &"é".repeat(2048)] {
            assert_eq!(attempt(raw), (raw.to_owned(), None));
        }
        for raw in ["x".repeat(4097), "e\u{301}".repeat(1366)] {
            assert_eq!(attempt(&raw), (String::new(), None));
        }
    }

    /// RFC 8265, section 4.2.2.
    #[test]
    fn one_password_however_its_characters_are_written() {
        for (raw, normalised) in [
            ("cafe\u{301} au lait", "caf\u{e9} au lait"),
            ("m\u{1ead}t kh\u{1ea9}u", "m\u{1ead}t kh\u{1ea9}u"),
            ("ma\u{323}\u{302}t khau", "m\u{1ead}t khau"),
            ("ma\u{302}\u{323}t khau", "m\u{1ead}t khau"),
            ("\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af} 12345", "\u{d55c}\u{ae00} 12345"),
            ("\u{212b}ngstrom \u{2126}", "\u{c5}ngstrom \u{3a9}"),
            ("a\u{a0}b\u{1680}c\u{2000}d\u{200a}e", "a b c d e"),
            ("a\u{202f}b\u{205f}c\u{3000}d_____", "a b c d_____"),
            // Not spaces of Unicode, or other letters and not the same ones.
            ("a\u{200b}b\tc\u{2028}d\u{feff}e", "a\u{200b}b\tc\u{2028}d\u{feff}e"),
            ("\u{fb01}ve \u{ff11}\u{ff12}\u{ff13}\u{ff14}", "\u{fb01}ve \u{ff11}\u{ff12}\u{ff13}\u{ff14}"),
        ] {
            assert_eq!(parse(raw).unwrap().as_bytes(), normalised.as_bytes(), "{raw:?}");
            let also = (raw != normalised).then(|| raw.to_owned());
            assert_eq!(attempt(raw), (normalised.to_owned(), also), "{raw:?}");
            assert_eq!(attempt(normalised), (normalised.to_owned(), None), "{raw:?}");
        }
    }

    #[test]
    fn rules_are_for_the_normalised_text() {
        let input = |broken| PasswordError::Input(input::PASSWORD.refuse(broken));
        assert_eq!(parse(&"e\u{301}".repeat(7)).unwrap_err(), input(Broken::TooShort(8)));
        assert_eq!(parse(&"e\u{301}".repeat(256)).unwrap().as_bytes(), "é".repeat(256).as_bytes());
        assert_eq!(parse(&"e\u{301}".repeat(257)).unwrap_err(), input(Broken::TooLong(256)));
        assert_eq!(parse("start\u{2003}re\u{212a}12").unwrap().as_bytes(), b"start reK12");
        assert_eq!(parse("Friend\u{a0}of\u{3000}Emily").unwrap_err(), PasswordError::Common);
        let username = Username::parse("alice").unwrap();
        let raw = "\u{212a}elvin and others".to_owned();
        let kelvin = Username::parse("kelvin").unwrap();
        assert!(Password::parse_new(raw.clone(), Some(&username)).is_ok());
        assert_eq!(Password::parse_new(raw, Some(&kelvin)).unwrap_err(), input(Broken::ContainsUsername));
    }
}
