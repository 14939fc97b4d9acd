//! Checks names in a manifest by the rule of Spin (`crates/serde/src/id.rs`): words as in the component model, with
//! delimiters between them.

use crate::failure::Failure;

/// Whether a name may have words in upper case.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// Each word is all in lower case or all in upper case.
    Any,
    Lower,
}

/// Checks a name whose words have `delimiter` between them, as in `kebab-case` or `snake_case`.
///
/// # Errors
///
/// The name has another form. The error describes the right form.
pub(super) fn check_name(name: &str, delimiter: char, case: Case) -> Result<(), Failure> {
    let is_word = |word: &str| {
        let digit = |c: char| c.is_ascii_digit();
        let lower = word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.chars().all(|c| c.is_ascii_lowercase() || digit(c));
        let upper = word.starts_with(|c: char| c.is_ascii_uppercase())
            && word.chars().all(|c| c.is_ascii_uppercase() || digit(c));
        lower || (upper && case == Case::Any)
    };
    if name.split(delimiter).all(is_word) {
        return Ok(());
    }
    let letters = if case == Case::Lower { "lower-case letters" } else { "letters of one case" };
    Err(Failure::new(format_args!(
        "a name is words of {letters} and digits, beginning with a letter, and with \"{delimiter}\" between them"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let is_name = |name: &str, delimiter, case| check_name(name, delimiter, case).is_ok();
        for name in ["a", "a1", "a1-b2", "A-b", "ABC-d"] {
            assert!(is_name(name, '-', Case::Any), "{name}");
        }
        for name in ["", "-", "a-", "-a", "a--b", "a_b", "1a", "a-1", "Ab", "aB", "\u{e9}", "a b"] {
            assert!(!is_name(name, '-', Case::Any), "{name}");
        }
        assert!(is_name("a_b1", '_', Case::Lower));
        for name in ["A", "a_B", "a_1", "a-b"] {
            assert!(!is_name(name, '_', Case::Lower), "{name}");
        }
    }
}
