//! Refresh tokens: each token has exactly one text, and only one text is good. In an input, `{TOKEN}` stands for that text,
//! and `{SESSION}`, `{SECRET}` and `{TAG}` stand for its parts.
#![no_main]

use std::sync::LazyLock;

use domain::{RefreshFamily, RefreshToken, RefreshUse, RefreshVerdict, SessionId, Timestamp};
use libfuzzer_sys::fuzz_target;

static BEGUN: LazyLock<(RefreshFamily, String)> = LazyLock::new(|| {
    let (family, token) = RefreshFamily::begin(SessionId::new([7; 16]), [8; 32], [9; 16]);
    (family, token.text())
});

fuzz_target!(|text: &str| {
    let (family, first) = &*BEGUN;
    let mut parts = first.split('.');
    let mut text = text.replace("{TOKEN}", first);
    for name in ["{SESSION}", "{GENERATION}", "{SECRET}", "{TAG}"] {
        text = text.replace(name, parts.next().unwrap_or_default());
    }
    if let Some(family) = RefreshFamily::read(&text) {
        assert_eq!(family.store(), text);
    }
    if let Ok(id) = SessionId::parse(&text) {
        assert_eq!(id.as_str(), text);
    }
    let Ok(token) = RefreshToken::parse(&text) else {
        assert_ne!(text, *first);
        return;
    };
    assert!(text.len() <= RefreshToken::MAX_BYTES);
    assert_eq!(token.text(), text);
    assert!(!format!("{token:?}").contains(first.split('.').nth(2).unwrap_or_default()), "it prints redacted");
    let now = Timestamp::from_millis(1_800_000_000_000);
    let Some(token) = family.verify(token) else { return };
    assert_eq!(text.split_once('.').map(|(_, proof)| proof), first.split_once('.').map(|(_, proof)| proof));
    let used = RefreshUse { generation: 0, at: now, late_at: None };
    assert_eq!(token.judge(None, now, 10), RefreshVerdict::First(used));
    assert_eq!(token.judge(Some(used), now, 10), RefreshVerdict::Again);
    let successor = RefreshToken::parse(&token.successor().text()).expect("a successor reads");
    let successor = family.verify(successor).expect("a successor is of the same session");
    assert!(matches!(successor.judge(Some(used), now, 10), RefreshVerdict::First(_)));
    let later = RefreshUse { generation: 1, ..used };
    assert_eq!(token.judge(Some(later), now, 10), RefreshVerdict::Reused);
});
