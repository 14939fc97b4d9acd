use serde::{Deserialize, Serialize};

use crate::text::{Fault, normalise};

/// What a message says: 1 to 1000 characters of any script, trimmed, NFC, line breaks kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MessageText(String);

/// Why a text is no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageTextError {
    /// Nothing but white space.
    #[error("A message has at least 1 character.")]
    Empty,
    /// More than [`MessageText::MAX_CHARS`] characters.
    #[error("A message has at most 1000 characters.")]
    TooLong,
    /// A control character other than a line feed.
    #[error("A message holds no control characters other than line breaks (U+000A).")]
    ControlCharacter,
}

impl MessageText {
    /// Most characters (code points, after trimming and NFC).
    pub const MAX_CHARS: usize = 1000;

    /// Trims, normalises and checks.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn parse(raw: &str) -> Result<Self, MessageTextError> {
        normalise(raw, Self::MAX_CHARS, Some('\n')).map(Self).map_err(|fault| match fault {
            Fault::Empty => MessageTextError::Empty,
            Fault::TooLong => MessageTextError::TooLong,
            Fault::Control => MessageTextError::ControlCharacter,
        })
    }

    /// The normalised text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for MessageText {
    type Error = MessageTextError;

    fn try_from(raw: String) -> Result<Self, MessageTextError> {
        Self::parse(&raw)
    }
}

impl From<MessageText> for String {
    fn from(text: MessageText) -> Self {
        text.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_line_breaks_and_counts_characters() {
        assert_eq!(MessageText::parse("\n two\nlines \n").unwrap().as_str(), "two\nlines");
        let longest = format!(" {} ", "é".repeat(1000));
        assert_eq!(MessageText::parse(&longest).unwrap().as_str().chars().count(), 1000);
    }

    #[test]
    fn refuses_by_rule() {
        let too_long = "é".repeat(1001);
        for (raw, error) in [
            ("", MessageTextError::Empty),
            ("\n \n", MessageTextError::Empty),
            (&too_long, MessageTextError::TooLong),
            ("a\r\nb", MessageTextError::ControlCharacter),
            ("a\tb", MessageTextError::ControlCharacter),
            ("a\u{1b}[2J", MessageTextError::ControlCharacter),
        ] {
            assert_eq!(MessageText::parse(raw), Err(error), "{raw:?}");
        }
    }
}
