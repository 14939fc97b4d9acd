use super::*;

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(0).plus_secs(seconds)
}

fn begin() -> (RefreshFamily, RefreshToken) {
    RefreshFamily::begin(SessionId::new([7; 16]), [1; 32], [2; 16])
}

/// The token after a client has presented its text.
#[track_caller]
fn verify(family: &RefreshFamily, token: &RefreshToken) -> VerifiedRefreshToken {
    let verified = family.verify(RefreshToken::parse(&token.text()).unwrap()).unwrap();
    assert_eq!(verified.session(), token.session());
    verified
}

/// The use that is noted of a generation: when it was presented, and when one was last presented late, in seconds.
fn noted(generation: u32, seconds: u64, late: impl Into<Option<u64>>) -> RefreshUse {
    RefreshUse { generation, at: at(seconds), late_at: late.into().map(at) }
}

/// Judges a token of a generation. Used tokens are taken again for 10 seconds.
fn judge(generation: u32, last: impl Into<Option<RefreshUse>>, now: u64) -> RefreshVerdict {
    let (family, mut token) = begin();
    for _ in 0..generation {
        token = verify(&family, &token).successor().clone();
    }
    verify(&family, &token).judge(last.into(), at(now), 10)
}

use RefreshVerdict::{Again, First, Late, Reused};

const DAY: u64 = 24 * 60 * 60;

#[test]
fn a_chain_of_refreshes() {
    let (family, first) = begin();
    let mut texts = vec![first.text()];
    let mut token = first;
    for _ in 0..3 {
        assert_eq!(verify(&family, &token), verify(&family, &token), "a token has one successor");
        token = verify(&family, &token).successor().clone();
        assert!(!texts.contains(&token.text()));
        texts.push(token.text());
    }
    assert_eq!(judge(0, None, 100), First(noted(0, 100, None)));
    assert_eq!(judge(1, noted(0, 100, None), 1000), First(noted(1, 1000, None)));
    assert_eq!(judge(3, noted(1, 1000, 50), 900), First(noted(3, 900, 50)), "by a clock that is behind");
}

#[test]
fn a_used_token_is_taken_again_for_some_seconds() {
    let used = noted(1, 100, None);
    for now in [40, 50, 100, 109] {
        assert_eq!(judge(1, used, now), Again, "{now}");
    }
    let (family, token) = begin();
    let judged = |reuse| verify(&family, &token).judge(Some(noted(0, 100, None)), at(100), reuse);
    assert_eq!(judged(0), Late(noted(0, 100, 100)));
    assert_eq!(judged(u64::MAX), Again);
}

#[test]
fn after_those_seconds_it_is_taken_once_a_day() {
    assert_eq!(judge(1, noted(1, 100, None), 110), Late(noted(1, 110, 110)));
    for now in [110, 119] {
        assert_eq!(judge(1, noted(1, 110, 110), now), Again, "its other tabs");
    }
    for now in [120, 110 + DAY - 1] {
        assert_eq!(judge(1, noted(1, 110, 110), now), Reused, "{now}");
        assert_eq!(judge(2, noted(2, 110, 110), now), Reused, "of another generation: {now}");
    }
    assert_eq!(judge(1, noted(1, 110, 110), 110 + DAY), Late(noted(1, 110 + DAY, 110 + DAY)));
}

#[test]
fn a_token_whose_successor_was_used_ends_the_session_at_once() {
    for now in [101, 111, 101 + DAY] {
        assert_eq!(judge(0, noted(1, 101, None), now), Reused, "{now}");
        assert_eq!(judge(0, noted(7, 101, None), now), Reused, "{now}");
    }
}

#[test]
fn what_a_clock_that_was_ahead_has_noted_is_over() {
    // A minute is what clocks may differ.
    assert_eq!(judge(0, noted(0, 160, None), 100), Again);
    assert_eq!(judge(0, noted(0, 161, None), 100), Late(noted(0, 100, 100)));
    assert_eq!(judge(0, noted(0, 10, 160), 100), Reused);
    assert_eq!(judge(0, noted(0, 10, 161), 100), Late(noted(0, 100, 100)));
    assert_eq!(judge(0, noted(1, 161, None), 100), Reused, "a generation has no clock");
}

#[test]
fn a_session_is_idle_when_it_was_not_used() {
    let idle =
        |created, last: Option<u64>, now| is_idle(at(created), last.map(|last| noted(3, last, None)), at(now), 50);
    assert!(!idle(100, None, 100) && !idle(100, None, 150) && idle(100, None, 151));
    assert!(!idle(100, Some(140), 190) && idle(100, Some(140), 191));
    // By a clock that was ahead.
    assert!(!idle(100, Some(1000), 150) && idle(100, Some(1000), 151));
    assert!(!idle(160, None, 100) && idle(161, None, 100) && !idle(161, Some(90), 100));
    assert!(!is_idle(at(0), None, at(DAY), u64::MAX));
}

#[test]
fn who_has_no_token_can_not_end_a_session() {
    let (family, token) = begin();
    let forged = [
        RefreshToken { generation: 1, ..token.clone() },
        RefreshToken { secret: [3; 16], ..token.clone() },
        RefreshToken { tag: [0; 32], ..token.clone() },
    ];
    for token in forged {
        assert_eq!(family.verify(token), None);
    }
    // Somebody who reads the store has the key but not the secret. Somebody who has a token has the secret but not the key.
    let by_key = RefreshToken { tag: family.tag(&[0; 16], 6), secret: [0; 16], generation: 6, ..token.clone() };
    assert_eq!(family.verify(by_key), None);
    let other = RefreshFamily { key: [9; 32], ..family.clone() };
    let by_secret = RefreshToken { tag: other.tag(&token.secret, 6), generation: 6, ..token.clone() };
    assert_eq!(family.verify(by_secret), None);
    let last = RefreshToken { tag: family.tag(&token.secret, u32::MAX), generation: u32::MAX, ..token };
    assert_eq!(family.verify(last), None, "it has no successor");
}

#[test]
fn a_family_survives_the_store_and_nothing_else_reads() {
    let (family, _) = begin();
    assert!(RefreshFamily::read(&family.store()) == Some(family.clone()));
    let stored = family.store();
    for bad in [String::new(), ".".to_owned(), stored.to_uppercase(), format!("{stored}0"), stored.replace('.', "")] {
        assert!(RefreshFamily::read(&bad).is_none(), "{bad}");
    }
}

#[test]
fn a_token_has_one_text() {
    let text = begin().1.text();
    assert!(text.len() <= RefreshToken::MAX_BYTES);
    let parts: Vec<_> = text.split('.').collect();
    for bad in [
        String::new(),
        "...".to_owned(),
        text.to_uppercase(),
        format!(" {text}"),
        format!("{text}."),
        format!("{text}0"),
        text.replace(".0.", ".00."),
        text.replace(".0.", ".+0."),
        text.replace(".0.", ".-1."),
        text.replace(".0.", ".."),
        text.replace(".0.", ".4294967296."),
        parts.iter().take(3).copied().collect::<Vec<_>>().join("."),
        text.replace(parts[0], &parts[0].replace('0', "g")),
        text.replace("02", "é"),
        "0".repeat(RefreshToken::MAX_BYTES + 1),
    ] {
        assert!(RefreshToken::parse(&bad).is_err(), "{bad}");
    }
}

#[test]
fn session_ids_are_32_digits() {
    let id = SessionId::new([0xab; 16]);
    assert_eq!(SessionId::parse(id.as_str()), Ok(id));
    for bad in ["", "ab", &"AB".repeat(16), &"ab".repeat(17), &format!("{}:", "a".repeat(31)), &"é".repeat(16)] {
        assert_eq!(SessionId::parse(bad), Err(SessionIdError), "{bad}");
    }
}

#[test]
fn nothing_prints_its_secret() {
    let (family, token) = begin();
    assert_eq!(format!("{family:?}"), "RefreshFamily(redacted)");
    assert_eq!(format!("{token:?}"), "RefreshToken(0, redacted)");
}
