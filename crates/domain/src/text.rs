//! What the texts that people write have in common.

use unicode_normalization::UnicodeNormalization;

/// What is wrong with a text.
pub(crate) enum Fault {
    Empty,
    TooLong,
    Control,
}

/// Trims white space, normalises to NFC (Unicode Standard Annex 15), then counts characters (code points).
///
/// # Errors
/// Nothing left, more than `max_chars` left, or a control character other than the `allowed` one.
pub(crate) fn normalise(raw: &str, max_chars: usize, allowed: Option<char>) -> Result<String, Fault> {
    let trimmed = raw.trim();
    if trimmed.chars().any(|c| c.is_control() && Some(c) != allowed) {
        return Err(Fault::Control);
    }
    let text: String = trimmed.nfc().collect();
    match text.chars().count() {
        0 => Err(Fault::Empty),
        n if n > max_chars => Err(Fault::TooLong),
        _ => Ok(text),
    }
}
