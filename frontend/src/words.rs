//! What is said about a field, and what becomes of a text before it is sent.

use wire::FieldCode;

/// A field of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// A username, for a new account.
    Username,
    /// The name beside messages.
    Name,
    /// A password, for a new account.
    Password,
    /// A message.
    Text,
}

/// What is wrong with a field and what to do about it.
pub fn fault(field: Field, code: FieldCode) -> &'static str {
    use FieldCode as Code;
    match (field, code) {
        (Field::Username, Code::TooShort | Code::Missing) => "Choose a username of at least 3 characters.",
        (Field::Username, Code::TooLong) => "Choose a username of at most 32 characters.",
        (Field::Username, Code::InvalidCharacter) => "Use only the letters a to z, digits, _ and -.",
        (Field::Username, Code::InvalidStart) => "Let it start with a letter or a digit.",
        (Field::Name, Code::TooShort | Code::Missing) => "Tell us the name to show beside your messages.",
        (Field::Name, Code::TooLong) => "Choose a name of at most 64 characters.",
        (Field::Password, Code::TooShort | Code::Missing) => "Choose a password of at least 8 characters.",
        (Field::Password, Code::TooLong) => "Choose a password of at most 256 characters.",
        (Field::Password, Code::CommonPassword) => {
            "This password is one of the most used ones, and so one of the first to be tried. Choose another."
        }
        (Field::Password, Code::ContainsUsername) => "Choose a password that does not contain your username.",
        (Field::Password, Code::ContainsProductName) => "Choose a password without the word “latchkey”.",
        (Field::Password, Code::WrongPassword) => "This is not your password.",
        (Field::Text, Code::TooShort | Code::Missing) => "Write something first.",
        (Field::Text, Code::TooLong) => "This is too long: a message has at most 1000 characters.",
        (Field::Text, Code::InvalidCharacter) => "There is a character in it that can’t be shown. Remove it.",
        (Field::Name, Code::InvalidCharacter) => "There is a character in it that can’t be shown. Remove it.",
        _ => "This can’t be used. Choose another.",
    }
}

/// A message as it is sent: line breaks are line feeds, and tabs, which a message can't hold, are spaces.
pub fn outgoing(typed: &str) -> String {
    typed.replace("\r\n", "\n").replace('\r', "\n").replace('\t', "    ").trim().to_owned()
}

/// "1 new message", "2 new messages".
pub fn new_messages(count: usize) -> String {
    if count == 1 { "1 new message".to_owned() } else { format!("{count} new messages") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::rules;

    #[test]
    fn what_is_pasted_can_be_sent() {
        let text = outgoing(" fn main() {\r\n\tok();\r\n}\n");
        assert_eq!(text, "fn main() {\n    ok();\n}");
        assert_eq!(rules::text(&text), Ok(()));
    }

    #[test]
    fn counts_in_words() {
        assert_eq!((new_messages(1).as_str(), new_messages(2).as_str()), ("1 new message", "2 new messages"));
    }
}
