use std::fmt;

use rules::ATTEMPTED_PASSWORD_MAX_BYTES;

use crate::common_passwords::is_common;
use crate::input::{self, InputError};
use crate::username::Username;

/// A password as a person typed it: it is never trimmed, folded or normalised. It prints redacted.
pub struct Password(String);

/// Why a password is not accepted as a new password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// It breaks a rule that browsers check too.
    #[error(transparent)]
    Input(#[from] InputError),
    /// It is one of the most used passwords. Upper and lower case are treated as equal.
    #[error("This password is one of the most used ones, and so one of the first to be tried. Choose another.")]
    Common,
}

impl Password {
    /// Checks a new password (NIST SP 800-63B, 3.1.1.2: length, no composition rules, a block list).
    ///
    /// # Errors
    /// The first rule of [`rules::new_password`] that is broken; the list of common passwords is checked right after the
    /// length.
    pub fn parse_new(raw: String, username: Option<&Username>) -> Result<Self, PasswordError> {
        let refuse = |broken| input::PASSWORD.refuse(broken);
        rules::new_password_length(&raw).map_err(refuse)?;
        let folded = raw.to_lowercase();
        if is_common(&folded) {
            return Err(PasswordError::Common);
        }
        rules::new_password_words(&folded, username.map(Username::as_str).unwrap_or_default()).map_err(refuse)?;
        Ok(Self(raw))
    }

    /// A password that somebody tries at login. The rules for new passwords are not checked, so that an old account stays
    /// usable when they become stricter. A password longer than [`ATTEMPTED_PASSWORD_MAX_BYTES`] is wrong in any case, and
    /// is not kept: the empty password, which no account has, takes its place, so that the check costs as much as that of
    /// any other wrong password.
    pub fn attempt(raw: String) -> Self {
        Self(if raw.len() > ATTEMPTED_PASSWORD_MAX_BYTES { String::new() } else { raw })
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use rules::Broken;

    use super::*;

    fn parse(raw: &str) -> Result<Password, PasswordError> {
        Password::parse_new(raw.to_owned(), Some(&Username::parse("alice").unwrap()))
    }

    #[test]
    fn accepts_the_edges_as_they_are() {
        for raw in ["8 chars!", " leading", "trailing ", "🔑🔑🔑🔑🔑🔑🔑🔑", &"xy".repeat(128)] {
            assert_eq!(parse(raw).unwrap().as_bytes(), raw.as_bytes());
        }
    }

    #[test]
    fn refuses_by_rule() {
        let input = |broken| PasswordError::Input(input::PASSWORD.refuse(broken));
        let too_long = "é".repeat(257);
        for (raw, error) in [
            ("", input(Broken::TooShort(8))),
            ("seven77", input(Broken::TooShort(8))),
            ("🔑🔑🔑🔑🔑🔑🔑", input(Broken::TooShort(8))),
            (&too_long, input(Broken::TooLong(256))),
            ("password", PasswordError::Common),
            ("PassWord1", PasswordError::Common),
            ("12345678", PasswordError::Common),
            ("i am ALICE!", input(Broken::ContainsUsername)),
            ("My LatchKey 7", input(Broken::ContainsProductName)),
        ] {
            assert_eq!(parse(raw).unwrap_err(), error, "{raw:?}");
        }
    }

    #[test]
    fn prints_redacted() {
        assert!(!format!("{:?}", parse("correct horse").unwrap()).contains("horse"));
    }

    #[test]
    fn an_attempt_has_an_upper_bound_alone() {
        for raw in ["", "short", "password", &"é".repeat(2048)] {
            assert_eq!(Password::attempt(raw.to_owned()).as_bytes(), raw.as_bytes());
        }
        assert_eq!(Password::attempt("x".repeat(4097)).as_bytes(), b"");
    }
}
