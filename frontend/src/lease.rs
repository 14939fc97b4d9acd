//! A lock between tabs for browsers that have none to offer: a note in local storage of who holds it and until when. Two
//! tabs may write it at the same moment, so a tab waits a little and looks whether its own note is still there.

/// How long a note counts. Longer than what it is taken for; a tab that was closed can't remove its own.
const HELD_MS: u64 = 10_000;

/// The note of a holder from now on.
pub fn note(holder: &str, now_ms: u64) -> String {
    format!("{holder} {}", now_ms.saturating_add(HELD_MS))
}

/// Who holds the lock by a note. A time that is too far ahead, because somebody has turned a clock, does not count.
pub fn holder(note: &str, now_ms: u64) -> Option<&str> {
    let (holder, until) = note.split_once(' ')?;
    let until: u64 = until.parse().ok()?;
    (now_ms..=now_ms.saturating_add(HELD_MS)).contains(&until).then_some(holder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_counts_for_a_while() {
        let note = note("a", 1000);
        assert_eq!(holder(&note, 1000), Some("a"));
        assert_eq!(holder(&note, 11_000), Some("a"));
        assert_eq!(holder(&note, 11_001), None);
        assert_eq!(holder(&note, 900), None, "the clock was turned back");
    }

    #[test]
    fn what_is_no_note_holds_nothing() {
        for text in ["", "a", "a ", "a b", "a -1", "a 1e9", "<script>", "a 1000 b"] {
            assert_eq!(holder(text, 1000), None, "{text}");
        }
    }
}
