//! Recovery codes, which somebody keeps on paper for the day when the authenticator app or the password is lost.

use subtle::ConstantTimeEq;

use crate::digest::digest;
use crate::username::Username;

/// The digits of Crockford's base 32, which has no letters that look like others.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const BITS_PER_DIGIT: usize = 5;
const DIGITS: usize = 8 * RecoveryCode::BYTES / BITS_PER_DIGIT;
/// Codes are written in groups of this many digits.
const GROUP: usize = 4;

/// A recovery code: 80 random bits. It is good once.
///
/// The store keeps a SHA-256 of it. A hash that is slow, as for passwords, would add nothing: those have to be slow since people
/// choose passwords that can be guessed, and nobody tries 2^80 codes. The username is hashed with the code, so that whoever
/// reads the store has to guess for each account anew.
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// The number of random bytes in a code.
    pub const BYTES: usize = 10;
    /// How many codes an account gets at once.
    pub const COUNT: usize = 10;

    /// Makes a code of random bytes.
    pub fn new(bytes: [u8; Self::BYTES]) -> Self {
        let bits = bytes.iter().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
        let digit = |place: usize| ALPHABET.get((bits >> (BITS_PER_DIGIT * place) & 31) as usize);
        Self((0..DIGITS).rev().filter_map(digit).map(|digit| char::from(*digit)).collect())
    }

    /// The code in groups, as it is shown to its owner once.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (place, digit) in self.0.chars().enumerate() {
            if place > 0 && place % GROUP == 0 {
                text.push('-');
            }
            text.push(digit);
        }
        text
    }

    /// Reads a code as somebody types it from paper: in any case, with or without the groups, and with the letters that look like
    /// one of its digits.
    pub fn parse(typed: &str) -> Option<Self> {
        let seen = typed.chars().filter(|c| !c.is_whitespace() && !matches!(*c, '-' | '\u{2010}'..='\u{2015}'));
        let read = |c: char| match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            digit => digit,
        };
        let code: String = seen.map(read).take(DIGITS + 1).collect();
        (code.len() == DIGITS && code.bytes().all(|b| ALPHABET.contains(&b))).then_some(Self(code))
    }

    /// What the store keeps of the code.
    pub fn digest(&self, username: &Username) -> String {
        digest(format!("recovery code {username} {}", self.0).as_bytes())
    }

    /// Takes the code from those that an account has left. Returns whether it was one of them. All are compared, in constant time.
    #[must_use]
    pub fn take_from(&self, digests: &mut Vec<String>, username: &Username) -> bool {
        let (digest, before) = (self.digest(username), digests.len());
        digests.retain(|stored| !bool::from(stored.as_bytes().ct_eq(digest.as_bytes())));
        digests.len() < before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alice() -> Username {
        Username::parse("alice").unwrap()
    }

    #[test]
    fn all_bits_are_in_the_text() {
        for (bytes, text) in [
            ([0; 10], "0000-0000-0000-0000"),
            ([0xff; 10], "zzzz-zzzz-zzzz-zzzz"),
            ([0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf], "0123-4567-89ab-cdef"),
            ([0x84, 0x65, 0x3a, 0x56, 0xd7, 0xc6, 0x75, 0xbe, 0x77, 0xdf], "ghjk-mnpq-rstv-wxyz"),
        ] {
            assert_eq!(RecoveryCode::new(bytes).text(), text);
        }
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = RecoveryCode::new([0x08; 10]);
        assert_eq!(code.text(), "1040-g208-1040-g208");
        for typed in [
            "1040-g208-1040-g208",
            "1040G2081040G208",
            " lo4O g2o8 I04O G2O8\n",
            "1040\u{2013}g208\u{2010}1040\u{2014}g208",
        ] {
            assert_eq!(RecoveryCode::parse(typed).unwrap().text(), code.text(), "{typed}");
        }
        for typed in
            ["", "1040-g208-1040-g20", "1040-g208-1040-g2088", "1040-g208-1040-gu08", "1040_g208_1040_g208", "é"]
        {
            assert!(RecoveryCode::parse(typed).is_none(), "{typed}");
        }
    }

    #[test]
    fn a_code_is_good_once_and_for_its_account() {
        let codes = [1, 2, 3].map(|n| RecoveryCode::new([n; 10]));
        let mut digests: Vec<_> = codes.iter().map(|code| code.digest(&alice())).collect();
        let [first, second, third] = digests.clone().try_into().unwrap();
        assert!(!RecoveryCode::new([4; 10]).take_from(&mut digests, &alice()));
        assert!(!codes[1].take_from(&mut digests, &Username::parse("bob").unwrap()));
        assert_eq!(digests, [&*first, &*second, &*third]);
        assert!(codes[1].take_from(&mut digests, &alice()));
        assert_eq!(digests, [&*first, &*third]);
        assert!(!codes[1].take_from(&mut digests, &alice()));
        assert!(!first.contains(&codes[0].0) && first.len() == 32, "{first}");
    }
}
