use crate::input::{self, InputError};
use crate::text::{normalise, visible};

/// The text of a message to be posted, in any script, as [`rules::new_text`] allows it: trimmed, in NFC, with line feeds as
/// its line breaks, and with a character that is seen. The store holds it as plain text, and reading does not check it again,
/// so a stricter rule removes no message from the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageText(String);

impl MessageText {
    /// Makes plain lines ([`rules::plain_lines`]), trims, normalises and checks.
    ///
    /// # Errors
    /// The first rule of [`rules::new_text`] that is broken, or [`rules::Broken::NothingVisible`].
    pub fn parse(raw: &str) -> Result<Self, InputError> {
        let rule = |text: &str| rules::new_text(text).and_then(|()| visible(text));
        normalise(&rules::plain_lines(raw), rule).map(Self).map_err(|broken| input::MESSAGE.refuse(broken))
    }

    /// The normalised text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<MessageText> for String {
    fn from(text: MessageText) -> Self {
        text.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use rules::Broken;
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    #[test]
    fn keeps_line_breaks_and_counts_characters() {
        for raw in ["\n two\nlines \n", "two\r\nlines\r\n", "two\rlines"] {
            let text = MessageText::parse(raw).unwrap();
            assert_eq!((text.as_str(), &*String::from(text.clone())), ("two\nlines", "two\nlines"), "{raw:?}");
        }
        assert_eq!(MessageText::parse("\ta\tb").unwrap().as_str(), "a    b");
        // A tab counts as the four characters that are stored.
        let tabs = |count: usize| format!("a{}b", "\t".repeat(count));
        assert!(MessageText::parse(&tabs(249)).is_ok() && MessageText::parse(&tabs(250)).is_err());
        let longest = format!(" {} ", "é".repeat(1000));
        assert_eq!(MessageText::parse(&longest).unwrap().as_str().chars().count(), 1000);
    }

    #[test]
    fn refuses_by_rule() {
        let too_long = "é".repeat(1001);
        for (raw, error) in [
            ("", Broken::TooShort(1)),
            ("\n \n", Broken::TooShort(1)),
            (&too_long, Broken::TooLong(1000)),
            ("a\u{b}b", Broken::InvalidCharacter),
            ("a\u{85}b", Broken::InvalidCharacter),
            ("\u{3164}\n\u{2800}", Broken::NothingVisible),
            ("a\u{1b}[2J", Broken::InvalidCharacter),
        ] {
            assert_eq!(MessageText::parse(raw).map_err(|error| error.broken), Err(error), "{raw:?}");
        }
    }

    /// No text that the rule allows is longer in JSON than a body may be: for each character, all texts that NFC makes it of are
    /// compared, with every code point escaped.
    #[test]
    fn the_longest_message_fits_into_a_body() {
        let escaped = |c: char| "\\u0000".len() * c.len_utf16();
        let mut longest_of_part = BTreeMap::new();
        for c in '\0'..=char::MAX {
            let mut parts = std::iter::once(c).nfd();
            if let (Some(part), None) = (parts.next(), parts.next()) {
                let longest = longest_of_part.entry(part).or_insert_with(|| escaped(part));
                *longest = escaped(c).max(*longest);
            }
        }
        let stored = ('\0'..=char::MAX).filter(|c| std::iter::once(*c).nfc().eq([*c]));
        let longest = stored.map(|c| std::iter::once(c).nfd().map(|part| longest_of_part[&part]).sum::<usize>()).max();
        // The rest is for the name of the field, braces, and spaces.
        let with_the_rest = longest.unwrap() * rules::TEXT_MAX_CHARS + 4096;
        assert!(with_the_rest <= rules::BODY_MAX_BYTES, "{longest:?} bytes for a character");
    }
}
