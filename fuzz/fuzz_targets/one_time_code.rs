//! What somebody types where a code is asked for: six digits, or a recovery code. What is stored of an authenticator app reads
//! again as it is.
#![no_main]

use domain::{OneTimeCode, RecoveryCode, Timestamp, Totp, TotpKey, Username};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let is_totp = digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit());
    match OneTimeCode::parse(text) {
        Ok(OneTimeCode::Totp(code)) => {
            assert!(is_totp, "{text:?}");
            accepted_once(code);
        }
        Ok(OneTimeCode::Recovery(code)) => {
            assert!(!is_totp, "{text:?}");
            recovery(&code);
        }
        Err(_) => assert!(!is_totp, "{text:?}"),
    }
    if let Some(key) = TotpKey::from_base32(text) {
        assert!(key.to_base32().eq_ignore_ascii_case(text));
    }
    if let Ok(totp) = Totp::try_from(text.to_owned()) {
        let stored = String::from(totp);
        assert_eq!(Totp::try_from(stored.clone()).map(String::from), Ok(stored));
    }
});

/// A key that takes a code takes it once.
fn accepted_once(code: domain::TotpCode) {
    let now = Timestamp::from_millis(1_800_000_000_000);
    for byte in 0..4 {
        if let Some(mut totp) = Totp::begin(TotpKey::new([byte; TotpKey::BYTES]), code, now) {
            assert!(!totp.accept(code, now));
        }
    }
}

/// However it was typed, it is one code, and good once.
fn recovery(code: &RecoveryCode) {
    let text = code.text();
    assert!(
        text.len() == 19 && text.bytes().all(|b| b == b'-' || b.is_ascii_digit() || b.is_ascii_lowercase()),
        "{text}"
    );
    let ada = Username::parse("ada").expect("a username");
    assert_eq!(RecoveryCode::parse(&text).map(|code| code.digest(&ada)), Some(code.digest(&ada)));
    let mut left = vec![code.digest(&ada), RecoveryCode::new([0; RecoveryCode::BYTES]).digest(&ada)];
    let before = left.len();
    assert!(code.take_from(&mut left, &ada));
    assert!(left.len() < before && !code.take_from(&mut left, &ada));
}
