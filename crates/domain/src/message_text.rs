use crate::input::{self, InputError};
use crate::text::normalise;

/// The text of a message to be posted, in any script, as [`rules::new_text`] allows it: trimmed, in NFC, with its line
/// breaks. The store holds it as plain text, and reading does not check it again, so a stricter rule removes no message from
/// the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageText(String);

impl MessageText {
    /// Trims, normalises and checks.
    ///
    /// # Errors
    /// The first rule of [`rules::new_text`] that is broken.
    pub fn parse(raw: &str) -> Result<Self, InputError> {
        normalise(raw, rules::new_text).map(Self).map_err(|broken| input::MESSAGE.refuse(broken))
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
    use rules::Broken;

    use super::*;

    #[test]
    fn keeps_line_breaks_and_counts_characters() {
        let text = MessageText::parse("\n two\nlines \n").unwrap();
        assert_eq!((text.as_str(), String::from(text.clone())), ("two\nlines", "two\nlines".to_owned()));
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
            ("a\r\nb", Broken::InvalidCharacter),
            ("a\tb", Broken::InvalidCharacter),
            ("a\u{1b}[2J", Broken::InvalidCharacter),
        ] {
            assert_eq!(MessageText::parse(raw).map_err(|error| error.broken), Err(error), "{raw:?}");
        }
    }
}
