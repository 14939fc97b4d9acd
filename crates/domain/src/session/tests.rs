use super::*;

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(0).plus_secs(seconds)
}

fn begin() -> (RefreshFamily, RefreshToken) {
    RefreshFamily::begin(SessionId::new([7; 16]), [1; 32], [2; 16])
}

/// Presents a token that has to be good. Returns what the store then holds, and the next token.
#[track_caller]
fn refresh(
    family: &RefreshFamily,
    token: &RefreshToken,
    last: Option<RefreshUse>,
    now: u64,
) -> (Option<RefreshUse>, RefreshToken) {
    match family.judge(token, last, at(now)) {
        RefreshVerdict::Good { used, successor } => (Some(used), successor),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_chain_of_refreshes() {
    let (family, first) = begin();
    let (used, second) = refresh(&family, &first, None, 100);
    assert_eq!(used, Some(RefreshUse { generation: 0, at: at(100) }));
    let (used, third) = refresh(&family, &second, used, 1000);
    let (_, fourth) = refresh(&family, &third, used, 2000);
    let texts = [&first, &second, &third, &fourth].map(RefreshToken::text);
    for (index, text) in texts.iter().enumerate() {
        assert!(texts.iter().skip(index + 1).all(|other| other != text));
        assert_eq!(RefreshToken::parse(text).unwrap().text(), *text);
    }
}

#[test]
fn two_at_the_same_moment_get_the_same_successor_and_so_does_who_lost_the_answer() {
    let (family, first) = begin();
    let (used, second) = refresh(&family, &first, None, 100);
    assert_eq!(refresh(&family, &first, None, 100), (used, second.clone()), "who had not seen the note of the other");
    for now in [100, 105, 110] {
        assert_eq!(refresh(&family, &first, used, now), (used, second.clone()), "the note stays at its first moment");
    }
    assert_eq!(refresh(&family, &first, used, 50), (used, second), "a clock that stepped back throws nobody out");
}

#[test]
fn a_token_whose_successor_was_used_ends_the_session_at_once() {
    let (family, first) = begin();
    let (used, second) = refresh(&family, &first, None, 100);
    let (used, _) = refresh(&family, &second, used, 101);
    assert_eq!(family.judge(&first, used, at(101)), RefreshVerdict::Reused);
}

#[test]
fn a_token_that_was_used_ends_the_session_after_the_grace() {
    let (family, first) = begin();
    let (used, _) = refresh(&family, &first, None, 100);
    assert_eq!(family.judge(&first, used, at(111)), RefreshVerdict::Reused);
}

#[test]
fn who_has_no_token_can_not_end_a_session() {
    let (family, token) = begin();
    let used = Some(RefreshUse { generation: 5, at: at(100) });
    let forged = [
        RefreshToken { generation: 1, ..token.clone() },
        RefreshToken { secret: [3; 16], ..token.clone() },
        RefreshToken { tag: [0; 32], ..token.clone() },
    ];
    for token in forged {
        assert_eq!(family.judge(&token, used, at(100)), RefreshVerdict::Foreign);
    }
    // Somebody who reads the store has the key but not the secret. Somebody who has a token has the secret but not the key.
    let by_key = RefreshToken { tag: family.tag(&[0; 16], 6), secret: [0; 16], generation: 6, ..token.clone() };
    assert_eq!(family.judge(&by_key, used, at(100)), RefreshVerdict::Foreign);
    let other = RefreshFamily { key: [9; 32], ..family.clone() };
    let by_secret = RefreshToken { tag: other.tag(&token.secret, 6), generation: 6, ..token };
    assert_eq!(family.judge(&by_secret, used, at(100)), RefreshVerdict::Foreign);
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
    let printed = format!("{family:?} {token:?}");
    assert!(!printed.contains("0202") && !printed.contains("0101"), "{printed}");
}
