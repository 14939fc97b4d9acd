//! Texts that are shown: what is wrong with a field, and how many messages are new. And the text of a message as it is sent.

use rules::{
    NAME_MAX_CHARS, PASSWORD_MAX_CHARS, PASSWORD_MIN_CHARS, PRODUCT_NAME, REASON_MAX_CHARS, TEXT_MAX_CHARS,
    USERNAME_MAX_CHARS, USERNAME_MIN_CHARS,
};
use wire::{FieldCode, fields};

use crate::texts;

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

/// What is wrong with a field and what to do about it.
pub fn fault(field: Field, code: FieldCode) -> String {
    use FieldCode as Code;
    let sentence = match (field, code) {
        (Field::Username, Code::TooShort | Code::Missing) => {
            return texts::username_at_least(&USERNAME_MIN_CHARS.to_string());
        }
        (Field::Username, Code::TooLong) => return texts::username_at_most(&USERNAME_MAX_CHARS.to_string()),
        (Field::Username, Code::InvalidCharacter) => texts::username_characters(),
        (Field::Username, Code::InvalidStart) => texts::username_start(),
        (Field::Name, Code::TooShort | Code::Missing) => texts::enter_a_name(),
        (Field::Name, Code::TooLong) => return texts::name_at_most(&NAME_MAX_CHARS.to_string()),
        (Field::Password, Code::TooShort | Code::Missing) => {
            return texts::password_at_least(&PASSWORD_MIN_CHARS.to_string());
        }
        (Field::Password, Code::TooLong) => return texts::password_at_most(&PASSWORD_MAX_CHARS.to_string()),
        (Field::Password, Code::CommonPassword) => texts::common_password(),
        (Field::Password, Code::ContainsUsername) => texts::leave_username_out_of_password(),
        (Field::Password, Code::ContainsProductName) => {
            return texts::leave_word_out_of_password(PRODUCT_NAME);
        }
        (Field::Password, Code::WrongPassword) => texts::password_not_right(),
        (_, Code::WrongCode) => texts::code_not_right(),
        (Field::Text, Code::TooShort | Code::Missing) => texts::write_something(),
        (Field::Text, Code::TooLong) => {
            return texts::text_too_long(&TEXT_MAX_CHARS.to_string());
        }
        (Field::Reason, Code::TooShort | Code::Missing) => texts::write_a_few_words(),
        (Field::Reason, Code::TooLong) => return texts::reason_too_long(&REASON_MAX_CHARS.to_string()),
        (Field::Text | Field::Name | Field::Reason, Code::InvalidCharacter) => texts::character_not_shown(),
        (Field::Text | Field::Name | Field::Reason, Code::NothingVisible) => texts::would_be_invisible(),
        (Field::Username | Field::Name, Code::Reserved) => texts::name_reserved(),
        (Field::Text, _) => texts::cant_be_posted(),
        _ => texts::cant_be_used(),
    };
    sentence.to_owned()
}

/// The limits of a field, as they are said beside it. A message has none there: its characters are counted.
pub fn hint(field: Field) -> String {
    match field {
        Field::Username => texts::username_hint(&USERNAME_MIN_CHARS.to_string(), &USERNAME_MAX_CHARS.to_string()),
        Field::Name => texts::name_hint(&NAME_MAX_CHARS.to_string()),
        Field::Password => texts::password_hint(&PASSWORD_MIN_CHARS.to_string()),
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
    if count == 1 { texts::new_message().to_owned() } else { texts::new_messages(&count.to_string()) }
}

/// A program and a system as the API names them: "Firefox on Linux".
pub fn client(words: &str) -> String {
    let name = |name: &str| match name {
        "Unknown browser" => texts::unknown_browser().to_owned(),
        "Unknown program" => texts::unknown_program().to_owned(),
        name => name.to_owned(),
    };
    match words.split_once(" on ") {
        Some((program, system)) => texts::client_on(&name(program), system),
        None => name(words),
    }
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
