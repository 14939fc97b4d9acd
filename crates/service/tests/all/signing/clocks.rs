//! Clocks that step, and clocks that are ahead.

use super::*;

#[test]
fn a_clock_that_steps_back_finds_a_key_that_signs() {
    for back in [60 * SECOND, 2 * HOUR, 2 * DAY, 35 * DAY, 300 * DAY] {
        let world = with_first_key();
        for _ in 0..3 {
            world.advance_millis(PERIOD);
            log_in(&world);
            world.advance_millis(LEAD);
            log_in(&world);
        }
        let signs = signers(&world.data)[0].clone();
        world.advance_millis(60 * SECOND);
        world.step_back_millis(back);
        let token = log_in(&world);
        assert_eq!(world.accepts(&token), 200, "{back} ms back");
        assert!(kids(&world).contains(&kid(&token)), "{back} ms back");
        assert_eq!(back == 60 * SECOND, kid(&token) == signs, "{back} ms back");
        world.step_forward_millis(back);
        assert_eq!(world.accepts(&log_in(&world)), 200);
        assert!(private_halves(&world.data) <= 2);
    }
}

#[test]
fn a_clock_that_steps_back_within_the_lead_keeps_the_old_key() {
    let world = with_first_key();
    world.advance_millis(PERIOD - LEAD);
    log_in(&world);
    let [next, signs] = signers(&world.data).try_into().unwrap();
    world.advance_millis(LEAD);
    assert_eq!(kid(&log_in(&world)), next);
    world.step_back_millis(30 * SECOND);
    assert_eq!(kid(&log_in(&world)), signs);
    world.step_forward_millis(30 * SECOND);
    assert_eq!(kid(&log_in(&world)), next);
}

#[test]
fn a_clock_that_was_years_ahead_for_one_login_does_not_stop_the_rotation() {
    let world = with_first_key();
    let good = log_in(&world);
    let ahead = 3 * 365 * DAY;
    world.step_forward_millis(ahead);
    log_in(&world);
    let from_the_future = signers(&world.data)[0].clone();
    world.step_back_millis(ahead);
    // The clock that was ahead has renewed the entry of the key that signs, so that does not count either. A client renews a
    // token that is refused, and that publishes the key again.
    assert_eq!(world.accepts(&good), 401);
    let token = log_in(&world);
    assert_eq!((world.accepts(&token), world.accepts(&good)), (200, 200));
    assert_eq!((kid(&token), kids(&world)), (kid(&good), vec![kid(&good)]));
    world.advance_millis(PERIOD - LEAD);
    log_in(&world);
    assert_eq!(world.events("signing_key_created").len(), 3);
    assert!(!signers(&world.data).contains(&from_the_future) && !kids(&world).contains(&from_the_future));
    world.advance_millis(LEAD);
    let next = log_in(&world);
    assert!(kid(&next) != kid(&good) && world.accepts(&next) == 200);
    assert!(world.events("signing_key_old").is_empty());
}

#[test]
fn a_first_key_from_the_future_is_replaced() {
    for (ahead, is_replaced) in [(60 * SECOND, false), (60 * SECOND + 1, true), (10 * 365 * DAY, true)] {
        let world = World::new();
        world.sign_up("alice");
        world.step_forward_millis(ahead);
        log_in(&world);
        let first = signers(&world.data);
        world.step_back_millis(ahead);
        let token = log_in(&world);
        assert_eq!((world.accepts(&token), kid(&token) != first[0]), (200, is_replaced), "{ahead}");
        assert_eq!((signers(&world.data).len(), kids(&world)), (1, vec![kid(&token)]), "{ahead}");
    }
}
