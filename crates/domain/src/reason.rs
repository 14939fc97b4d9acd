use crate::input::{self, InputError};
use crate::text::{normalise, visible};

/// Why a message is reported, or an account suspended, as [`rules::new_reason`] allows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(String);

impl Reason {
    /// Makes plain lines ([`rules::plain_lines`]), trims, normalises and checks.
    ///
    /// # Errors
    /// The first rule of [`rules::new_reason`] that is broken, or [`rules::Broken::NothingVisible`].
    pub fn parse(raw: &str) -> Result<Self, InputError> {
        let rule = |text: &str| rules::new_reason(text).and_then(|()| visible(text));
        normalise(&rules::plain_lines(raw), rule).map(Self).map_err(|broken| input::REASON.refuse(broken))
    }
}

impl From<Reason> for String {
    fn from(Reason(text): Reason) -> Self {
        text
    }
}

#[cfg(test)]
mod tests {
    use rules::Broken;

    use super::*;

    #[test]
    fn a_reason_is_a_text_of_at_most_500_characters() {
        assert_eq!(String::from(Reason::parse(" it\r\nis spam\n").unwrap()), "it\nis spam");
        assert!(Reason::parse(&"é".repeat(500)).is_ok());
        for (raw, broken) in [
            (" \n", Broken::TooShort(1)),
            (&*"é".repeat(501), Broken::TooLong(500)),
            ("a\0", Broken::InvalidCharacter),
            ("\u{200b}", Broken::NothingVisible),
        ] {
            assert_eq!(Reason::parse(raw).map_err(|error| error.broken), Err(broken), "{raw:?}");
        }
    }
}
