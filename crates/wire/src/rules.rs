//! What the fields of a request have to look like, so that a form can say it before anything is sent. The server decides:
//! it also normalises texts to NFC before it counts, and knows a list of common passwords that is not sent to browsers.

use crate::FieldCode;

/// Fewest characters of a username.
pub const USERNAME_MIN_CHARS: usize = 3;
/// Most characters of a username.
pub const USERNAME_MAX_CHARS: usize = 32;
/// Most characters of a name, trimmed.
pub const NAME_MAX_CHARS: usize = 64;
/// Fewest characters of a password.
pub const PASSWORD_MIN_CHARS: usize = 8;
/// Most characters of a password.
pub const PASSWORD_MAX_CHARS: usize = 256;
/// Most characters of a message, trimmed.
pub const TEXT_MAX_CHARS: usize = 1000;

const PRODUCT_NAME: &str = "latchkey";

/// A username: 3 to 32 of `a-z 0-9 _ -` in any case, a letter or a digit first.
///
/// # Errors
/// The first rule that is broken.
pub fn username(raw: &str) -> Result<(), FieldCode> {
    if !raw.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')) {
        return Err(FieldCode::InvalidCharacter);
    }
    match raw.len() {
        n if n < USERNAME_MIN_CHARS => Err(FieldCode::TooShort),
        n if n > USERNAME_MAX_CHARS => Err(FieldCode::TooLong),
        _ if raw.starts_with(['_', '-']) => Err(FieldCode::InvalidStart),
        _ => Ok(()),
    }
}

/// A name, in NFC: 1 to 64 characters after trimming, no control characters.
///
/// # Errors
/// The first rule that is broken.
pub fn name(raw: &str) -> Result<(), FieldCode> {
    check(raw, NAME_MAX_CHARS, None)
}

/// A message, in NFC: 1 to 1000 characters after trimming, no control characters but line feeds.
///
/// # Errors
/// The first rule that is broken.
pub fn text(raw: &str) -> Result<(), FieldCode> {
    check(raw, TEXT_MAX_CHARS, Some('\n'))
}

/// A password for a new account with this username: 8 to 256 characters, with neither the username nor the product's name.
///
/// # Errors
/// The first rule that is broken.
pub fn password(raw: &str, for_username: &str) -> Result<(), FieldCode> {
    match raw.chars().count() {
        n if n < PASSWORD_MIN_CHARS => return Err(FieldCode::TooShort),
        n if n > PASSWORD_MAX_CHARS => return Err(FieldCode::TooLong),
        _ => {}
    }
    if contains(raw, PRODUCT_NAME) {
        return Err(FieldCode::ContainsProductName);
    }
    if username(for_username).is_ok() && contains(raw, for_username) {
        return Err(FieldCode::ContainsUsername);
    }
    Ok(())
}

/// In any case, and without the tables of Unicode, which are not worth their size here: of all letters that are not ASCII two
/// become so in lower case, and the server folds those too.
fn contains(text: &str, ascii: &str) -> bool {
    text.as_bytes().windows(ascii.len()).any(|part| part.eq_ignore_ascii_case(ascii.as_bytes()))
}

fn check(raw: &str, max_chars: usize, allowed: Option<char>) -> Result<(), FieldCode> {
    let trimmed = raw.trim();
    if trimmed.chars().any(|c| c.is_control() && Some(c) != allowed) {
        return Err(FieldCode::InvalidCharacter);
    }
    match trimmed.chars().count() {
        0 => Err(FieldCode::TooShort),
        n if n > max_chars => Err(FieldCode::TooLong),
        _ => Ok(()),
    }
}
