//! What all texts that people write have in common.

use icu_properties::props::{BinaryProperty, DefaultIgnorableCodePoint, EnumeratedProperty, GeneralCategory};
use icu_properties::props::{GeneralCategoryGroup, NoncharacterCodePoint};
use rules::Broken;
use unicode_normalization::UnicodeNormalization;

/// What has no picture of its own: marks, spaces, and the controls of Unicode. Characters that are not assigned are not among
/// them, because a later version of Unicode may assign them.
const WITHOUT_PICTURE: GeneralCategoryGroup = GeneralCategoryGroup::Mark
    .union(GeneralCategoryGroup::Separator)
    .union(GeneralCategoryGroup::Control)
    .union(GeneralCategoryGroup::Format);

/// Trims white space, normalises to NFC (Unicode Standard Annex 15), then checks.
///
/// # Errors
/// The rule that `rule` returns.
pub(crate) fn normalise(raw: &str, rule: impl FnOnce(&str) -> Result<(), Broken>) -> Result<String, Broken> {
    let text: String = raw.trim().nfc().collect();
    rule(&text).map(|()| text)
}

/// A new text has a character that is seen.
///
/// # Errors
/// [`Broken::NothingVisible`]
pub(crate) fn visible(text: &str) -> Result<(), Broken> {
    if text.chars().any(is_seen) { Ok(()) } else { Err(Broken::NothingVisible) }
}

/// Whether a character is there to be ignored where a program does not know what it is for, and so is not seen: joiners,
/// fillers, controls of direction, variation selectors, tags.
pub(crate) fn is_ignorable(c: char) -> bool {
    DefaultIgnorableCodePoint::for_char(c)
}

fn is_seen(c: char) -> bool {
    // Symbols and letters whose picture is empty, and the place of an object that a text can't hold. No property tells.
    let is_blank = matches!(c, '\u{2800}' | '\u{fffc}' | '\u{13441}' | '\u{13442}' | '\u{1d159}');
    let has_picture = !WITHOUT_PICTURE.contains(GeneralCategory::for_char(c)) && !NoncharacterCodePoint::for_char(c);
    has_picture && !is_ignorable(c) && !is_blank
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_no_text() {
        for text in [
            "\u{200b}",
            "\u{ad}",
            "\u{34f}",
            "\u{61c}\u{200e}\u{200f}\u{202e}",
            "\u{115f}\u{1160}",
            "\u{17b4}",
            "\u{180b}\u{180e}",
            "\u{200c}\u{200d}",
            "\u{2028}",
            "\u{2060}\u{2063}\u{206a}",
            "\u{2800} \u{2800}",
            "\u{3164}",
            "\u{fe0e}\u{fe0f}",
            "\u{feff}",
            "\u{ffa0}",
            "\u{fff9}\u{fffa}\u{fffb}\u{fffc}",
            "\u{fffe}\u{fdd0}\u{10ffff}",
            "\u{301}\u{20e3}",
            "\u{3164}\u{301}",
            "\u{93e}",
            "\u{16fe4}",
            "\u{13430}\u{13441}",
            "\u{1d159}",
            "\u{1d173}",
            "\u{e0041}\u{e007f}",
            "\u{e0100}",
        ] {
            assert_eq!(visible(text), Err(Broken::NothingVisible), "{text:?}");
        }
    }

    #[test]
    fn one_character_that_is_seen_is_enough() {
        for text in [
            "\u{200b}.\u{200b}",
            // Persian and Hindi write with joiners.
            "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}",
            "\u{915}\u{94d}\u{200d}\u{937}",
            "\u{1100}",
            // A family, a keycap, a heart in colour, the flags of Norway and of Scotland.
            "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
            "1\u{fe0f}\u{20e3}",
            "\u{2764}\u{fe0f}",
            "\u{1f1f3}\u{1f1f4}",
            "\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
            "\u{1f3fd}",
            "\u{fffd}",
            // Not assigned yet, and for private use.
            "\u{378}",
            "\u{f8ff}",
        ] {
            assert_eq!(visible(text), Ok(()), "{text:?}");
        }
    }
}
