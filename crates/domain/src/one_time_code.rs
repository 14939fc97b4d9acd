use crate::recovery_code::RecoveryCode;
use crate::totp::TotpCode;

/// What somebody types where a second factor is asked for: a recovery code stands in for the authenticator app.
pub enum OneTimeCode {
    /// A code of the authenticator app.
    Totp(TotpCode),
    /// A recovery code.
    Recovery(RecoveryCode),
}

/// The text can't be a code, whatever the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("A code of an authenticator app has 6 digits, and a recovery code 16 letters and digits.")]
pub struct CodeError;

impl OneTimeCode {
    /// Reads a code of either kind. They are told apart by their length.
    ///
    /// # Errors
    /// Any text that is neither.
    pub fn parse(typed: &str) -> Result<Self, CodeError> {
        let totp = TotpCode::parse(typed).map(Self::Totp);
        totp.or_else(|| RecoveryCode::parse(typed).map(Self::Recovery)).ok_or(CodeError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_apart() {
        assert!(matches!(OneTimeCode::parse("005 924"), Ok(OneTimeCode::Totp(_))));
        assert!(matches!(OneTimeCode::parse("0000-1111-2222-3333"), Ok(OneTimeCode::Recovery(_))));
        for neither in ["", "12345", "1234567", "0000-1111-2222"] {
            assert!(OneTimeCode::parse(neither).is_err(), "{neither}");
        }
    }
}
