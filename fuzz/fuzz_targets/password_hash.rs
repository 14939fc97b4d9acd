//! Stored password hashes: an accepted text is exactly what would be written, and its number of rounds is within the bounds.
#![no_main]

use domain::{Iterations, Password, PasswordHash, Verification};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(hash) = PasswordHash::parse(text) else { return };
    assert_eq!(hash.to_phc().as_deref(), Ok(text));
    assert!(!format!("{hash:?}").contains(text.rsplit('$').next().unwrap_or_default()), "it prints redacted");
    let most = Iterations::parse(Iterations::MAX, true).expect("within bounds");
    assert_eq!(hash.is_obsolete(most), !text.contains(&format!("$i={},", Iterations::MAX)));
    let mut check = Verification::new(&Password::attempt("x".to_owned()).password, Some(&hash), most);
    assert!(check.advance(1) <= 1);
    assert!(!check.finish(), "rounds are left");
});
