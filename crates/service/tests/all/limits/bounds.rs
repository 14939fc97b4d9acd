//! The store does not grow without limit, whatever clients send.

use domain::SLOTS;

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
    let slot = |key: &String| key.strip_prefix("latchkey:delay:").and_then(|slot| slot.parse().ok());
    let (of_nobody, keys): (Vec<_>, Vec<_>) =
        keys.into_iter().partition(|key| key.starts_with("latchkey:user::failures"));
    assert_eq!(of_nobody.len(), 9, "a counter, and a ring of eight: {of_nobody:?}");
    assert!(keys.iter().all(|key| key == "latchkey:places" || slot(key).is_some_and(|slot: u32| slot < SLOTS)));
    assert!(keys.len() > 30_000, "and the names have slots of their own: {}", keys.len());
}
