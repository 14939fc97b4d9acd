//! The store does not grow without end, whatever is sent.

use super::*;

#[test]
fn made_up_names_and_addresses_create_a_bounded_number_of_keys() {
    let world = world();
    let mut most = 0;
    for n in 0..20_000_u32 {
        let [a, b, c, d] = n.wrapping_mul(2_654_435_761).to_be_bytes();
        guess_from(&world, &format!("{a}.{b}.{c}.{d}:1"), &format!("made-up-{n}"));
        if n % 4000 == 0 {
            world.advance_millis(MINUTE);
        }
        most = most.max(n);
    }
    let keys = world.data.keys();
    assert!(!keys.iter().any(|key| key.contains("made-up")), "a name is no key");
    // A counter, an era and a place in the queue, at two kinds of places, and what belongs to the queue and the secret.
    assert!(keys.len() <= 2 * 3 * 4096 + 4, "{}", keys.len());
    assert!(keys.len() > 2 * 3 * 4000, "and the test has filled them: {}", keys.len());
}

#[test]
fn what_is_over_is_cleared_by_those_who_come_later_a_little_at_a_time() {
    let world = world();
    world.set("token_lifetime_seconds", "86400");
    let token = world.join("alice");
    for n in 0..50 {
        guess_from(&world, &format!("198.51.100.{n}"), &format!("name-{n}"));
    }
    assert!(places(&world.data).len() >= 2 * 2 * 45);
    world.advance_millis(15 * MINUTE);
    let mut before = places(&world.data).len();
    for _ in 0..55 {
        // Each post looks after two places.
        world.advance_millis(3001);
        assert_eq!(world.say(&token, "hello").status(), 201);
        let after = places(&world.data).len();
        assert!(before.saturating_sub(after) <= 4);
        before = after;
    }
    // What is left is her own place for messages.
    assert_eq!(places(&world.data).len(), 2, "{:?}", places(&world.data));
    let queue = world.data.keys().into_iter().filter(|key| key.starts_with("latchkey:places:queue:")).count();
    assert_eq!(queue, 1);
}

#[test]
fn a_place_that_is_still_in_use_is_kept() {
    let world = world();
    world.set("token_lifetime_seconds", "86400");
    let token = world.join("alice");
    for _ in 0..5 {
        guess(&world, "bobby");
    }
    for minute in 0..60 {
        world.advance_millis(MINUTE);
        assert_eq!(guess(&world, "bobby"), FAILED, "minute {minute}");
        assert_eq!(guess(&world, "bobby").0, 429, "minute {minute}");
        assert_eq!(world.say(&token, "hello").status(), 201);
    }
    world.advance_millis(15 * MINUTE);
    for _ in 0..6 {
        world.advance_millis(MINUTE);
        assert_eq!(world.say(&token, "hello").status(), 201);
    }
    assert_eq!(places(&world.data).len(), 2, "{:?}", places(&world.data));
}

/// A flood of names for hours, with other things between: the queue keeps up.
#[test]
fn the_queue_keeps_up_with_those_who_join_it() {
    let world = world();
    for n in 0..3000_u32 {
        guess_from(&world, &format!("10.0.{}.{}", n / 250, n % 250), &format!("name-{n}"));
        world.advance_millis(5000);
    }
    // The last quarter of an hour: 180 guesses, each with two places of three keys.
    let keys = world.data.keys().len();
    assert!(keys <= 6 * 185 + 4, "{keys}");
}
