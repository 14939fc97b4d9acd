//! Keys with which a client repeats a request that must not be done twice (draft-ietf-httpapi-idempotency-key-header-07).

use crate::digest::digest;
use crate::time::Timestamp;
use crate::username::Username;

/// What a client sends in `Idempotency-Key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Reads the value of the header: 1 to 128 visible ASCII characters, with or without quotation marks around them.
    pub fn parse(raw: &str) -> Option<Self> {
        const MAX_BYTES: usize = 128;
        let key = raw.strip_prefix('"').map_or(Some(raw), |rest| rest.strip_suffix('"'))?;
        let is_key = key.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'));
        (is_key && (1..=MAX_BYTES).contains(&key.len())).then(|| Self(key.to_owned()))
    }

    /// What stands for this key of a user in the store. Another user may use the same key for something else.
    pub fn digest(&self, username: &Username) -> String {
        digest(format!("{username} {}", self.0).as_bytes())
    }
}

/// Which request has used a key first: the position on the board that it took, and when. The store holds it in one number, so
/// that a single increment claims the key.
///
/// Whoever finds the key free adds the difference between the number that it has read and its own. The key is its own if the
/// sum is its own number. Otherwise another request came between, and it takes back what it has added. While two have added
/// and one has not taken it back yet, the sum is a time in the future, from which nobody concludes anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUse {
    at_secs: u64,
    position: u64,
}

/// What is known of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Nobody has used it within a day.
    Free,
    /// A request has claimed it.
    Used {
        /// Of its message on the board.
        position: u64,
        /// How long ago.
        millis: u64,
    },
    /// Several requests are claiming it at this moment.
    Unclear,
}

impl KeyUse {
    /// How long a key stays used: a day.
    pub const LIFETIME_MILLIS: u64 = 24 * 60 * 60 * 1000;
    /// A time that is further in the future is a sum of two.
    const AHEAD_MILLIS: u64 = 60_000;
    /// The time 0: 2026-01-01T00:00:00Z.
    const EPOCH_SECS: u64 = 1_767_225_600;
    const POSITION_BITS: u32 = 33;
    const MAX_SECS: u64 = 1 << (63 - Self::POSITION_BITS);

    /// The use of a key by a request that has this position. `None` after more positions or years than the number can hold:
    /// 2^33, or 34.
    pub fn new(position: u64, now: Timestamp) -> Option<Self> {
        let at_secs = now.as_secs().checked_sub(Self::EPOCH_SECS)?;
        (at_secs < Self::MAX_SECS && position >> Self::POSITION_BITS == 0).then_some(Self { at_secs, position })
    }

    /// The number for the store.
    pub fn number(self) -> i64 {
        i64::try_from(self.at_secs << Self::POSITION_BITS | self.position).unwrap_or(i64::MAX)
    }

    /// What a number of the store says; 0 for a key that is not there.
    pub fn read(number: i64, now: Timestamp) -> KeyState {
        let Ok(bits) = u64::try_from(number) else { return KeyState::Unclear };
        let at = Timestamp::from_millis((Self::EPOCH_SECS + (bits >> Self::POSITION_BITS)) * 1000);
        match now.millis_since(at) {
            _ if bits == 0 => KeyState::Free,
            _ if at.millis_since(now) > Self::AHEAD_MILLIS => KeyState::Unclear,
            millis if millis > Self::LIFETIME_MILLIS => KeyState::Free,
            millis => KeyState::Used { position: bits & ((1 << Self::POSITION_BITS) - 1), millis },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_visible_ascii_with_or_without_quotation_marks() {
        let key = IdempotencyKey::parse("8e03978e-40d5-43dd-bc93-6894a57f9324").unwrap();
        assert_eq!(IdempotencyKey::parse("\"8e03978e-40d5-43dd-bc93-6894a57f9324\""), Some(key));
        assert!(IdempotencyKey::parse(&"a".repeat(128)).is_some());
        for raw in ["", "\"\"", "\"", "\"a", "a\"", "a b", "é", "a\\b", "a\u{7f}", &"a".repeat(129)] {
            assert_eq!(IdempotencyKey::parse(raw), None, "{raw:?}");
        }
    }

    #[test]
    fn a_digest_is_of_one_key_of_one_user() {
        let [alice, bob] = ["alice", "bob"].map(|name| Username::parse(name).unwrap());
        let [one, two] = ["1", "2"].map(|key| IdempotencyKey::parse(key).unwrap());
        let all = [one.digest(&alice), one.digest(&bob), two.digest(&alice)];
        assert!(all[0] != all[1] && all[0] != all[2] && all[1] != all[2]);
        assert_eq!((all[0].len(), &all[0]), (32, &one.digest(&alice)));
    }

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn after(millis: u64) -> Timestamp {
        Timestamp::from_millis(NOW.as_millis() + millis)
    }

    #[test]
    fn a_key_is_used_for_a_day() {
        let number = KeyUse::new(7, NOW).unwrap().number();
        for millis in [0, 1, 1000, KeyUse::LIFETIME_MILLIS] {
            assert_eq!(KeyUse::read(number, after(millis)), KeyState::Used { position: 7, millis });
        }
        assert_eq!(KeyUse::read(number, after(KeyUse::LIFETIME_MILLIS + 1)), KeyState::Free);
        assert_eq!(KeyUse::read(0, NOW), KeyState::Free);
        assert_eq!(KeyUse::LIFETIME_MILLIS, 86_400_000, "a day");
        let behind = Timestamp::from_millis(NOW.as_millis() - 60_000);
        assert_eq!(KeyUse::read(number, behind), KeyState::Used { position: 7, millis: 0 });
        let behind = Timestamp::from_millis(NOW.as_millis() - 60_001);
        assert_eq!(KeyUse::read(number, behind), KeyState::Unclear);
    }

    #[test]
    fn numbers_have_bounds() {
        let largest = KeyUse::new((1 << 33) - 1, NOW).unwrap().number();
        assert_eq!(KeyUse::read(largest, NOW), KeyState::Used { position: (1 << 33) - 1, millis: 0 });
        assert_eq!(KeyUse::new(1 << 33, NOW), None);
        let last = Timestamp::from_millis((1_767_225_600 + (1 << 30) - 1) * 1000);
        assert!(KeyUse::new(1, last).unwrap().number() > 0);
        assert_eq!(KeyUse::new(1, last.plus_secs(1)), None);
        assert_eq!(KeyUse::new(1, Timestamp::from_millis(0)), None);
        assert_eq!(KeyUse::read(-1, NOW), KeyState::Unclear);
        assert_eq!(KeyUse::read(i64::MAX, NOW), KeyState::Unclear);
    }

    /// Whatever the requests before have left, a sum of two uses is never taken for one.
    #[test]
    fn while_two_claim_at_once_nothing_is_clear() {
        let use_at = |position, at| KeyUse::new(position, at).unwrap().number();
        // The first one used the key two minutes before, or a day; 0 is nobody.
        for before in [0, use_at(3, NOW), use_at(1 << 32, NOW)] {
            for at in [after(121_000), after(KeyUse::LIFETIME_MILLIS + 1000)] {
                let (one, other) = (use_at(1 << 32, at), use_at((1 << 32) + 1, at));
                let sum = before + (one - before) + (other - before);
                assert_eq!(KeyUse::read(sum, at), KeyState::Unclear, "{before} {sum}");
                assert_eq!(sum - (other - before), one);
            }
        }
    }
}
