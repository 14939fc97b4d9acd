//! Tickets: short texts that the app gives out and takes back, and need not store.

use subtle::ConstantTimeEq;

use crate::app_secret::AppSecret;
use crate::hex::hex;
use crate::mac::mac;
use crate::time::Timestamp;

/// What a ticket is for. One that was sealed for something else does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The password was right, and the second factor is missing.
    SecondFactor,
    /// Somebody is about to confirm the key of an authenticator app.
    TotpSetUp,
    /// An admin lets somebody set a new password.
    Reset,
    /// An admin lets somebody create an account.
    Invitation,
    /// A ceremony in which a passkey is registered.
    PasskeyRegistration,
    /// A ceremony in which a passkey logs in.
    PasskeyLogin,
    /// A ceremony in which somebody who is logged in gives a passkey again.
    PasskeyConfirmation,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::SecondFactor => "second factor",
            Self::TotpSetUp => "totp set-up",
            Self::Reset => "reset",
            Self::Invitation => "invitation",
            Self::PasskeyRegistration => "passkey registration",
            Self::PasskeyLogin => "passkey login",
            Self::PasskeyConfirmation => "passkey confirmation",
        }
    }
}

/// The longest ticket that is read, in bytes.
const MAX_BYTES: usize = 512;

impl AppSecret {
    /// Seals a text by an HMAC until a time: `TEXT.MILLISECONDS.SEAL`. Whoever has the ticket can read the text.
    pub fn seal(&self, purpose: Purpose, text: &str, expires_at: Timestamp) -> String {
        let millis = expires_at.as_millis().to_string();
        let seal = hex(&mac(self.bytes(), &["ticket", purpose.as_str(), text, &millis]));
        format!("{text}.{millis}.{seal}")
    }

    /// The text of a ticket, and when it expires. `None` when it is forged, expired, or of another purpose.
    pub fn open(&self, purpose: Purpose, ticket: &str, now: Timestamp) -> Option<(String, Timestamp)> {
        if ticket.len() > MAX_BYTES {
            return None;
        }
        let (rest, _) = ticket.rsplit_once('.')?;
        let (text, millis) = rest.rsplit_once('.')?;
        let expires_at = Timestamp::from_millis(millis.parse().ok()?);
        // Only the exact text that was issued is good, so that the same number written in another way is refused.
        let is_ours: bool = self.seal(purpose, text, expires_at).as_bytes().ct_eq(ticket.as_bytes()).into();
        (is_ours && now < expires_at).then(|| (text.to_owned(), expires_at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn secret() -> AppSecret {
        AppSecret::new([7; 32])
    }

    #[test]
    fn a_ticket_is_good_until_it_expires_for_what_it_is_for() {
        let until = NOW.plus_secs(300);
        for text in ["alice.3", "", "a.b.c"] {
            let ticket = secret().seal(Purpose::Reset, text, until);
            let last = Timestamp::from_millis(until.as_millis() - 1);
            assert_eq!(secret().open(Purpose::Reset, &ticket, last), Some((text.to_owned(), until)));
            assert_eq!(secret().open(Purpose::Reset, &ticket, until), None);
            assert_eq!(secret().open(Purpose::Invitation, &ticket, NOW), None);
            assert_eq!(AppSecret::new([8; 32]).open(Purpose::Reset, &ticket, NOW), None);
        }
    }

    #[test]
    fn the_purposes_differ() {
        use Purpose::*;
        let all = [SecondFactor, TotpSetUp, Reset, Invitation, PasskeyRegistration, PasskeyLogin, PasskeyConfirmation];
        let seals: std::collections::BTreeSet<_> =
            all.map(|purpose| secret().seal(purpose, "a", NOW)).into_iter().collect();
        assert_eq!(seals.len(), all.len());
    }

    #[test]
    fn a_forged_one_does_not_open() {
        let until = NOW.plus_secs(300);
        let ticket = secret().seal(Purpose::Reset, "alice.3", until);
        let long = secret().seal(Purpose::Reset, &"a".repeat(500), until);
        for forged in [
            "",
            ".",
            "..",
            &ticket.replacen("alice", "bob", 1),
            &ticket.replacen(".18", ".19", 1),
            &ticket.replacen(".18", ".018", 1),
            &ticket.replacen(".18", ".+18", 1),
            &ticket.to_uppercase(),
            &format!("{ticket}0"),
            &ticket[..ticket.len() - 1],
            &long,
        ] {
            assert_eq!(secret().open(Purpose::Reset, forged, NOW), None, "{forged}");
        }
    }
}
