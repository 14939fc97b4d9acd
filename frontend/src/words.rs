//! Texts that are shown: what is wrong with a field, and how many messages are new. And the text of a message as it is sent.

use rules::{
    NAME_MAX_CHARS, PASSWORD_MAX_CHARS, PASSWORD_MIN_CHARS, PRODUCT_NAME, REASON_MAX_CHARS, TEXT_MAX_CHARS,
    USERNAME_MAX_CHARS, USERNAME_MIN_CHARS,
};
use wire::{FieldCode, fields};

/// A field of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The username of a new account.
    Username,
    /// The name that is shown beside messages.
    Name,
    /// A new password.
    Password,
    /// The text of a message.
    Text,
    /// Why something is reported, or somebody suspended.
    Reason,
}

impl Field {
    /// The field that the API calls so. A password is called by several names.
    pub fn of(name: &str) -> Self {
        match name {
            fields::USERNAME => Self::Username,
            fields::NAME => Self::Name,
            fields::TEXT => Self::Text,
            fields::REASON => Self::Reason,
            _ => Self::Password,
        }
    }
}

/// What somebody is told who can't sign up without an invitation, or by the one that they have.
pub const NEEDS_INVITATION: &str = "You need an invitation to sign up here, and each works once. Ask for a new link.";

/// What is wrong with a field and what to do about it.
pub fn fault(field: Field, code: FieldCode) -> String {
    use FieldCode as Code;
    let sentence = match (field, code) {
        (Field::Username, Code::TooShort | Code::Missing) => return at_least("a username", USERNAME_MIN_CHARS),
        (Field::Username, Code::TooLong) => return at_most("a username", USERNAME_MAX_CHARS),
        (Field::Username, Code::InvalidCharacter) => "Use only a to z, 0 to 9, _ and -.",
        (Field::Username, Code::InvalidStart) => "Start with a letter or a digit.",
        (Field::Name, Code::TooShort | Code::Missing) => "Enter a name.",
        (Field::Name, Code::TooLong) => return at_most("a name", NAME_MAX_CHARS),
        (Field::Password, Code::TooShort | Code::Missing) => return at_least("a password", PASSWORD_MIN_CHARS),
        (Field::Password, Code::TooLong) => return at_most("a password", PASSWORD_MAX_CHARS),
        (Field::Password, Code::CommonPassword) => "This password is too common. Choose another.",
        (Field::Password, Code::ContainsUsername) => "Leave your username out of your password.",
        (Field::Password, Code::ContainsProductName) => {
            return format!("Leave the word “{PRODUCT_NAME}” out of your password.");
        }
        (Field::Password, Code::WrongPassword) => "That password is not right.",
        (_, Code::WrongCode) => "That code is not right. Try the one your app shows now.",
        (Field::Text, Code::TooShort | Code::Missing) => "Write something first.",
        (Field::Text, Code::TooLong) => {
            return format!("This is too long: a message has at most {TEXT_MAX_CHARS} characters.");
        }
        (Field::Reason, Code::TooShort | Code::Missing) => "Write a few words.",
        (Field::Reason, Code::TooLong) => return format!("Write at most {REASON_MAX_CHARS} characters."),
        (Field::Text | Field::Name | Field::Reason, Code::InvalidCharacter) => {
            "Contains a character that can’t be displayed. Remove it."
        }
        (Field::Text | Field::Name | Field::Reason, Code::NothingVisible) => {
            "This would be invisible. Write something else."
        }
        (Field::Username | Field::Name, Code::Reserved) => "This name is reserved. Choose another.",
        (Field::Text, _) => "This message can’t be posted.",
        _ => "This can’t be used. Choose another.",
    };
    sentence.to_owned()
}

fn at_least(what: &str, chars: usize) -> String {
    format!("Choose {what} of at least {chars} characters.")
}

fn at_most(what: &str, chars: usize) -> String {
    format!("Choose {what} of at most {chars} characters.")
}

/// The limits of a field, as they are said beside it. A message has none there: its characters are counted.
pub fn hint(field: Field) -> String {
    match field {
        Field::Username => format!(
            "{USERNAME_MIN_CHARS} to {USERNAME_MAX_CHARS} characters: a to z, 0 to 9, _ and -. You can’t change it later."
        ),
        Field::Name => format!("Shown next to your messages. Up to {NAME_MAX_CHARS} characters."),
        Field::Password => {
            format!("At least {PASSWORD_MIN_CHARS} characters. Don’t reuse one from another site.")
        }
        Field::Text | Field::Reason => String::new(),
    }
}

/// The text of a message as the server will store it, so that its characters can be counted before it is sent.
pub fn outgoing(typed: &str) -> String {
    rules::plain_lines(typed).trim().to_owned()
}

/// The text of a message as it is shown: of several empty lines in a row, one.
pub fn without_gaps(text: &str) -> String {
    let mut lines: Vec<&str> = text.split('\n').collect();
    lines.dedup_by(|line, before| line.trim().is_empty() && before.trim().is_empty());
    lines.join("\n")
}

/// The number of new messages as "1 new message" or "2 new messages".
pub fn new_messages(count: usize) -> String {
    if count == 1 { "1 new message".to_owned() } else { format!("{count} new messages") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pasted_can_be_sent() {
        let text = outgoing(" fn main() {\r\n\tok();\r\n}\n");
        assert_eq!(text, "fn main() {\n    ok();\n}");
        assert_eq!(rules::new_text(&text), Ok(()));
    }

    #[test]
    fn empty_lines_take_no_room_from_others() {
        for (text, shown) in [
            ("a\n\n\n\nb", "a\n\nb"),
            ("a\n \n\u{3000}\n\nb\n\n\n\nc", "a\n \nb\n\nc"),
            ("a\n\nb\nc\n  d", "a\n\nb\nc\n  d"),
            ("", ""),
        ] {
            assert_eq!(without_gaps(text), shown);
        }
    }

    #[test]
    fn counts_in_words() {
        assert_eq!((new_messages(1).as_str(), new_messages(2).as_str()), ("1 new message", "2 new messages"));
    }

    #[test]
    fn limits_are_said_in_sentences() {
        for (said, expected) in [
            (fault(Field::Username, FieldCode::TooShort), "Choose a username of at least 3 characters."),
            (fault(Field::Username, FieldCode::TooLong), "Choose a username of at most 32 characters."),
            (fault(Field::Name, FieldCode::TooLong), "Choose a name of at most 64 characters."),
            (fault(Field::Password, FieldCode::Missing), "Choose a password of at least 8 characters."),
            (fault(Field::Password, FieldCode::TooLong), "Choose a password of at most 256 characters."),
            (fault(Field::Password, FieldCode::ContainsProductName), "Leave the word “latchkey” out of your password."),
            (fault(Field::Text, FieldCode::TooLong), "This is too long: a message has at most 1000 characters."),
            (hint(Field::Username), "3 to 32 characters: a to z, 0 to 9, _ and -. You can’t change it later."),
            (hint(Field::Name), "Shown next to your messages. Up to 64 characters."),
            (hint(Field::Password), "At least 8 characters. Don’t reuse one from another site."),
        ] {
            assert_eq!(said, expected);
        }
    }
}
