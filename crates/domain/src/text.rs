//! What all texts that people write have in common.

use rules::Broken;
use unicode_normalization::UnicodeNormalization;

/// Trims white space, normalises to NFC (Unicode Standard Annex 15), then checks.
///
/// # Errors
/// The rule that `rule` returns.
pub(crate) fn normalise(raw: &str, rule: impl FnOnce(&str) -> Result<(), Broken>) -> Result<String, Broken> {
    let text: String = raw.trim().nfc().collect();
    rule(&text).map(|()| text)
}
