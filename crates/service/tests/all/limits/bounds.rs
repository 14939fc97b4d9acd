//! The store does not grow without limit, whatever clients send.

use super::*;

#[test]
fn made_up_names_and_addresses_create_a_bounded_number_of_keys() {
    let world = world();
    for n in 0..20_000_u32 {
        let [a, b, c, d] = n.wrapping_mul(2_654_435_761).to_be_bytes();
        guess_from(&world, &format!("{a}.{b}.{c}.{d}:1"), &format!("made-up-{n}"));
        if n % 4000 == 0 {
            world.advance_millis(MINUTE);
        }
    }
    let keys = world.data.keys();
    assert!(!keys.iter().any(|key| key.contains("made-up")), "a name is no key");
    // A counter and an era for each slot of both kinds, and two keys for the secret.
    assert!(keys.len() <= 2 * 2 * 4096 + 2, "{}", keys.len());
    assert!(keys.len() > 2 * 2 * 4000, "and the test has filled them: {}", keys.len());
}
