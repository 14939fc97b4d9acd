//! The codes of an authenticator app: TOTP (RFC 6238) in the form that every app knows, with SHA-1, six digits and steps of 30
//! seconds.

use hmac_sha1_compact::HMAC;
use jwt_simple::reexports::ct_codecs::{Base32NoPadding, Decoder, Encoder};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::time::Timestamp;
use crate::username::Username;

const STEP_SECONDS: u64 = 30;
/// How many steps the clock of an app may be before or behind ours: the one that RFC 6238 (section 5.2) recommends.
const DRIFT: u64 = 1;
const DIGITS: usize = 6;
/// A code is below 10 to the power of its digits.
const CODES: u32 = 1_000_000;
/// How apps name what their codes are for.
const ISSUER: &str = "Latchkey";

/// The key that an account and an authenticator app share. It can't be kept as a hash, because every code is computed of it.
#[derive(Clone)]
pub struct TotpKey([u8; TotpKey::BYTES]);

impl TotpKey {
    /// The number of random bytes in a key: the 160 bits that RFC 4226 (section 4) recommends.
    pub const BYTES: usize = 20;

    /// Makes a key of random bytes.
    pub fn new(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// The text that somebody copies into an app: 32 characters of base 32 (RFC 4648, section 6).
    pub fn to_base32(&self) -> String {
        // Encoding into a new string does not fail.
        Base32NoPadding::encode_to_string(self.0).unwrap_or_default()
    }

    /// Reads what [`TotpKey::to_base32`] writes.
    pub fn from_base32(text: &str) -> Option<Self> {
        let bytes = Base32NoPadding::decode_to_vec(text, None).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// The address that an app reads as a QR code. No character of a username has to be escaped in it.
    pub fn uri(&self, username: &Username) -> String {
        let secret = self.to_base32();
        format!(
            "otpauth://totp/{ISSUER}:{username}?secret={secret}&issuer={ISSUER}&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}"
        )
    }

    /// The code of a step (RFC 4226, section 5.3).
    fn code(&self, step: u64) -> u32 {
        let mac = HMAC::mac(&step.to_be_bytes(), &self.0);
        let [.., last] = mac;
        let four = mac.get(usize::from(last & 0xf)..).and_then(|rest| rest.first_chunk::<4>());
        (u32::from_be_bytes(four.copied().unwrap_or_default()) & 0x7fff_ffff) % CODES
    }
}

/// A code of six digits that somebody has typed.
#[derive(Clone, Copy)]
pub struct TotpCode(u32);

impl TotpCode {
    /// Reads six digits. Blanks are passed over, because apps show the digits in two groups.
    pub fn parse(typed: &str) -> Option<Self> {
        let digits: String = typed.chars().filter(|c| !c.is_whitespace()).take(DIGITS + 1).collect();
        let is_code = digits.len() == DIGITS && digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse().ok().filter(|_| is_code).map(Self)
    }
}

/// The authenticator app of an account. The store keeps it as `KEY.STEP`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Totp {
    key: TotpKey,
    /// The step of the last code that was accepted.
    last_step: u64,
}

impl Totp {
    /// Takes a key with the first code of the app, which proves that the app has the key.
    pub fn begin(key: TotpKey, code: TotpCode, now: Timestamp) -> Option<Self> {
        let mut totp = Self { key, last_step: 0 };
        totp.accept(code, now).then_some(totp)
    }

    /// Accepts a code of this step, of the one before or of the next one, if it is of a later step than the last code that was
    /// accepted: so a code is good once (RFC 6238, section 5.2), and somebody who has seen it typed can't use it.
    #[must_use]
    pub fn accept(&mut self, code: TotpCode, now: Timestamp) -> bool {
        let step = now.as_secs() / STEP_SECONDS;
        // Every step is computed, whichever matches.
        let matching = (step.saturating_sub(DRIFT)..=step + DRIFT)
            .filter(|step| bool::from(self.key.code(*step).ct_eq(&code.0)) && *step > self.last_step)
            .max();
        self.last_step = matching.unwrap_or(self.last_step);
        matching.is_some()
    }
}

impl TryFrom<String> for Totp {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let read =
            |(key, step): (&str, &str)| Some(Self { key: TotpKey::from_base32(key)?, last_step: step.parse().ok()? });
        text.split_once('.').and_then(read).ok_or("no authenticator app")
    }
}

impl From<Totp> for String {
    fn from(totp: Totp) -> Self {
        format!("{}.{}", totp.key.to_base32(), totp.last_step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of the RFCs.
    fn key() -> TotpKey {
        TotpKey::new(*b"12345678901234567890")
    }

    fn code(digits: &str) -> TotpCode {
        TotpCode::parse(digits).unwrap()
    }

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    /// RFC 4226, appendix D.
    #[test]
    fn has_the_codes_of_rfc_4226() {
        let codes: Vec<_> = (0..10).map(|step| key().code(step)).collect();
        let expected = [755_224, 287_082, 359_152, 969_429, 338_314, 254_676, 287_922, 162_583, 399_871, 520_489];
        assert_eq!(codes, expected);
    }

    /// RFC 6238, appendix B, for SHA-1: of its eight digits, the last six.
    #[test]
    fn has_the_codes_of_rfc_6238() {
        for (seconds, digits) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert!(Totp::begin(key(), code(digits), at(seconds)).is_some(), "{seconds}");
        }
    }

    /// 050471 is the code of the half minute that begins at 1,111,111,110.
    #[test]
    fn a_clock_may_differ_by_one_step_and_no_more() {
        for (seconds, is_good) in [
            (1_111_111_079, false),
            (1_111_111_080, true),
            (1_111_111_110, true),
            (1_111_111_139, true),
            (1_111_111_169, true),
            (1_111_111_170, false),
        ] {
            assert_eq!(Totp::begin(key(), code("050471"), at(seconds)).is_some(), is_good, "{seconds}");
        }
    }

    #[test]
    fn a_code_is_good_once_and_none_before_it_is() {
        let (before, this) = (code("081804"), code("050471"));
        let mut totp = Totp::begin(key(), before, at(1_111_111_109)).unwrap();
        assert!(!totp.accept(before, at(1_111_111_109)));
        assert!(totp.accept(this, at(1_111_111_111)));
        for again in [this, before] {
            assert!(!totp.accept(again, at(1_111_111_111)));
        }
        let mut later = Totp::begin(key(), this, at(1_111_111_111)).unwrap();
        assert!(!later.accept(before, at(1_111_111_111)), "of an earlier step, though never used");
    }

    #[test]
    fn what_is_stored_reads_again() {
        let totp = Totp::begin(key(), code("050471"), at(1_111_111_111)).unwrap();
        let stored = serde_json::to_value(&totp).unwrap();
        assert_eq!(stored, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ.37037037");
        let mut read: Totp = serde_json::from_value(stored).unwrap();
        assert!(!read.accept(code("050471"), at(1_111_111_111)), "the code was used");
        for other in ["", ".", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ.", "x.1"] {
            assert!(serde_json::from_value::<Totp>(other.into()).is_err(), "{other}");
        }
    }

    #[test]
    fn six_digits_are_a_code() {
        for typed in ["005924", "005 924", " 005924\n", "0 0 5 9 2 4"] {
            assert_eq!(code(typed).0, 5924, "{typed:?}");
        }
        for typed in ["", "00592", "0059244", "00592a", "+05924", "-05924", "\u{665}05924"] {
            assert!(TotpCode::parse(typed).is_none(), "{typed:?}");
        }
    }

    #[test]
    fn a_key_is_read_as_it_was_shown() {
        let text = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        assert_eq!(key().to_base32(), text);
        assert_eq!(TotpKey::from_base32(text).unwrap().to_base32(), text);
        for other in ["", &text[1..], &text.to_lowercase(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1", &text.repeat(2)] {
            assert!(TotpKey::from_base32(other).is_none(), "{other}");
        }
        assert_eq!(
            key().uri(&Username::parse("a_-9").unwrap()),
            format!("otpauth://totp/Latchkey:a_-9?secret={text}&issuer=Latchkey&algorithm=SHA1&digits=6&period=30")
        );
    }
}
