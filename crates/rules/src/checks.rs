use std::ops::RangeInclusive;

use crate::limits::{
    NAME_MAX_CHARS, NAME_MIN_CHARS, PASSWORD_MAX_CHARS, PASSWORD_MIN_CHARS, PRODUCT_NAME, REASON_MAX_CHARS,
    REASON_MIN_CHARS, RESERVED_USERNAMES, SHORT_USERNAME_CHARS, STORED_NAME_MAX_CHARS, STORED_USERNAME_MAX_CHARS,
    TEXT_MAX_CHARS, TEXT_MIN_CHARS, USERNAME_MAX_CHARS, USERNAME_MIN_CHARS,
};

/// The rule that a text breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// It has fewer characters (Unicode code points) than this number.
    TooShort(usize),
    /// It has more characters (Unicode code points) than this number.
    TooLong(usize),
    /// It has a character that is not allowed.
    InvalidCharacter,
    /// Its first character is not allowed there.
    InvalidStart,
    /// It has characters, but none that anybody sees.
    NothingVisible,
    /// The site itself uses it.
    Reserved,
    /// A password that contains the username.
    ContainsUsername,
    /// A password that contains [`PRODUCT_NAME`].
    ContainsProductName,
}

/// A username for a new account: [`USERNAME_MIN_CHARS`] to [`USERNAME_MAX_CHARS`] characters of `a-z 0-9 _ -` in any case.
/// The first one is a letter or a digit. It neither contains [`PRODUCT_NAME`] nor is one of [`RESERVED_USERNAMES`], so that
/// nobody seems to speak for the site.
///
/// # Errors
/// The first rule that is broken.
pub fn new_username(raw: &str) -> Result<(), Broken> {
    username(raw, USERNAME_MIN_CHARS..=USERNAME_MAX_CHARS)?;
    if raw.starts_with(['_', '-']) {
        return Err(Broken::InvalidStart);
    }
    let letters = raw.replace(['_', '-'], "").to_ascii_lowercase();
    let is_reserved = letters.contains(PRODUCT_NAME) || RESERVED_USERNAMES.contains(&letters.as_str());
    if is_reserved { Err(Broken::Reserved) } else { Ok(()) }
}

/// Any username: 1 to [`STORED_USERNAME_MAX_CHARS`] characters of `a-z 0-9 _ -` in any case. None of these characters ends a
/// part of a store key or of an address, and none looks like a letter of another script.
///
/// # Errors
/// The first rule that is broken.
pub fn stored_username(raw: &str) -> Result<(), Broken> {
    username(raw, 1..=STORED_USERNAME_MAX_CHARS)
}

/// A display name for a new account: [`NAME_MIN_CHARS`] to [`NAME_MAX_CHARS`] characters after trimming. Control characters
/// are not allowed.
///
/// # Errors
/// The first rule that is broken.
pub fn new_name(raw: &str) -> Result<(), Broken> {
    trimmed(raw, NAME_MIN_CHARS..=NAME_MAX_CHARS, None)
}

/// Any display name: [`NAME_MIN_CHARS`] to [`STORED_NAME_MAX_CHARS`] characters after trimming. Control characters are not
/// allowed.
///
/// # Errors
/// The first rule that is broken.
pub fn stored_name(raw: &str) -> Result<(), Broken> {
    trimmed(raw, NAME_MIN_CHARS..=STORED_NAME_MAX_CHARS, None)
}

/// A message to be posted: [`TEXT_MIN_CHARS`] to [`TEXT_MAX_CHARS`] characters after trimming. Line feeds are the only
/// control characters that are allowed.
///
/// # Errors
/// The first rule that is broken.
pub fn new_text(raw: &str) -> Result<(), Broken> {
    trimmed(raw, TEXT_MIN_CHARS..=TEXT_MAX_CHARS, Some('\n'))
}

/// The reason of a report or of a suspension: [`REASON_MIN_CHARS`] to [`REASON_MAX_CHARS`] characters after trimming, of
/// which line feeds are the only control characters.
///
/// # Errors
/// The first rule that is broken.
pub fn new_reason(raw: &str) -> Result<(), Broken> {
    trimmed(raw, REASON_MIN_CHARS..=REASON_MAX_CHARS, Some('\n'))
}

/// A new password for the account with this username: [`new_password_length`], then [`new_password_words`].
///
/// # Errors
/// The first rule that is broken.
pub fn new_password(raw: &str, username: &str) -> Result<(), Broken> {
    new_password_length(raw)?;
    new_password_words(raw, username)
}

/// The length of a new password: [`PASSWORD_MIN_CHARS`] to [`PASSWORD_MAX_CHARS`] characters of any kind.
///
/// # Errors
/// [`Broken::TooShort`] or [`Broken::TooLong`].
pub fn new_password_length(raw: &str) -> Result<(), Broken> {
    length(raw.chars().count(), PASSWORD_MIN_CHARS..=PASSWORD_MAX_CHARS)
}

/// A new password contains neither [`PRODUCT_NAME`] nor the username. The username does not count when it is not valid, or
/// when it is an old one that is shorter than a new one may be. One of [`SHORT_USERNAME_CHARS`] or fewer counts only where it
/// is a word of its own, because many words contain it by chance: `cannot` contains `ann`.
///
/// The case of ASCII letters is ignored. The tables of Unicode are not used, because they are too large for a browser. Only
/// two letters outside ASCII become ASCII letters in lower case, and the server folds those before it calls this function.
///
/// # Errors
/// [`Broken::ContainsProductName`] or [`Broken::ContainsUsername`].
pub fn new_password_words(raw: &str, username: &str) -> Result<(), Broken> {
    if contains(raw, PRODUCT_NAME) {
        return Err(Broken::ContainsProductName);
    }
    let contains_username = if username.len() > SHORT_USERNAME_CHARS { contains } else { contains_word };
    if username.len() >= USERNAME_MIN_CHARS && stored_username(username).is_ok() && contains_username(raw, username) {
        return Err(Broken::ContainsUsername);
    }
    Ok(())
}

fn username(raw: &str, chars: RangeInclusive<usize>) -> Result<(), Broken> {
    if !raw.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')) {
        return Err(Broken::InvalidCharacter);
    }
    length(raw.len(), chars)
}

fn trimmed(raw: &str, chars: RangeInclusive<usize>, allowed: Option<char>) -> Result<(), Broken> {
    let text = raw.trim();
    if text.chars().any(|c| c.is_control() && Some(c) != allowed) {
        return Err(Broken::InvalidCharacter);
    }
    length(text.chars().count(), chars)
}

fn length(chars: usize, allowed: RangeInclusive<usize>) -> Result<(), Broken> {
    match chars {
        n if n < *allowed.start() => Err(Broken::TooShort(*allowed.start())),
        n if n > *allowed.end() => Err(Broken::TooLong(*allowed.end())),
        _ => Ok(()),
    }
}

fn contains(text: &str, ascii: &str) -> bool {
    text.as_bytes().windows(ascii.len()).any(|part| part.eq_ignore_ascii_case(ascii.as_bytes()))
}

/// Whether `ascii` stands in a text as a word or a number of its own: it does not begin or end between two letters or
/// between two digits. All characters outside ASCII count as letters.
fn contains_word(text: &str, ascii: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphabetic() || !c.is_ascii();
    let goes_on = |one: Option<char>, next: Option<char>| match (one, next) {
        (Some(one), Some(next)) => is_letter(one) && is_letter(next) || one.is_ascii_digit() && next.is_ascii_digit(),
        _ => false,
    };
    let (text, word) = (text.to_ascii_lowercase(), ascii.to_ascii_lowercase());
    text.match_indices(&word).any(|(at, word)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        !goes_on(before, word.chars().next()) && !goes_on(word.chars().next_back(), after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_can_be_stored() {
        for raw in ["", "ab", "abc", "_abc", "AliCE", "0_-", "a b", "\u{212A}elvin", &"x".repeat(32), &"x".repeat(33)] {
            assert!(new_username(raw).is_err() || stored_username(raw).is_ok(), "{raw:?}");
            assert!(new_name(raw).is_err() || stored_name(raw).is_ok(), "{raw:?}");
        }
    }

    #[test]
    fn nobody_speaks_for_the_site() {
        for raw in
            ["admin", "Administrator", "security-team", "sup_port", "latchkey", "latch-key", "the_LatchKey_staff"]
        {
            assert_eq!((new_username(raw), stored_username(raw)), (Err(Broken::Reserved), Ok(())), "{raw:?}");
        }
        for raw in ["badminton", "admin2", "stafford", "latch", "keys"] {
            assert_eq!(new_username(raw), Ok(()), "{raw:?}");
        }
    }

    #[test]
    fn the_stored_form_is_wider_and_has_bounds() {
        for raw in ["a", "al", "_", "-abc", &"x".repeat(33), &"x".repeat(64)] {
            assert_eq!((stored_username(raw), new_username(raw).is_err()), (Ok(()), true), "{raw:?}");
        }
        for (raw, broken) in [
            ("", Broken::TooShort(1)),
            (&*"x".repeat(65), Broken::TooLong(64)),
            ("alice:sessions", Broken::InvalidCharacter),
            ("../alice", Broken::InvalidCharacter),
            ("al\r\nice", Broken::InvalidCharacter),
            ("al\0ice", Broken::InvalidCharacter),
            // The first letter is Cyrillic and looks like a Latin `a`.
            ("\u{430}lice", Broken::InvalidCharacter),
        ] {
            assert_eq!(stored_username(raw), Err(broken), "{raw:?}");
        }
        assert_eq!((new_name(&"é".repeat(65)), stored_name(&"é".repeat(256))), (Err(Broken::TooLong(64)), Ok(())));
        for (raw, broken) in [
            (" ", Broken::TooShort(1)),
            (&*"é".repeat(257), Broken::TooLong(256)),
            ("a\nb", Broken::InvalidCharacter),
            ("a\0", Broken::InvalidCharacter),
        ] {
            assert_eq!(stored_name(raw), Err(broken), "{raw:?}");
        }
    }

    #[test]
    fn an_old_username_of_few_letters_rules_out_no_password() {
        assert_eq!(new_password("a bridge of arches", "a"), Ok(()));
        assert_eq!(new_password("a bridge of _ADA arches", "_ada"), Err(Broken::ContainsUsername));
        assert_eq!(new_password("a bridge of arches", "not a name"), Ok(()));
    }

    #[test]
    fn a_username_of_three_letters_may_be_part_of_a_word() {
        for (password, username) in [
            ("cannot guess this planet", "ann"),
            ("Joanna und Hannes", "Ann"),
            ("\u{e9}ann\u{e9}es longues", "ann"),
            ("sixty-one 61239", "123"),
            ("planet of the apes", "lan"),
        ] {
            assert_eq!(new_password(password, username), Ok(()), "{password} {username}");
        }
        for (password, username) in [
            ("my name is Ann", "ann"),
            ("ann cannot say", "ann"),
            ("cannot, says ANN!", "ann"),
            ("ann12345", "ann"),
            ("2020ann!", "ann"),
            ("_ann_ann_", "ann"),
            ("number 123", "123"),
            ("key123key", "123"),
            ("what a-b is", "a-b"),
            ("cannot-anna", "anna"),
            ("cannote this", "anno"),
        ] {
            assert_eq!(new_password(password, username), Err(Broken::ContainsUsername), "{password} {username}");
        }
    }
}
