//! A refresh token that comes again: lost answers, two tabs, and theft.

use std::pin::pin;
use std::task::{Context, Waker};

use futures::executor::block_on;

use crate::world::{Fault, World, anon};

const DAY: u64 = 24 * 60 * 60 * 1000;

/// A world with a session, and its refresh token.
fn begin() -> (World, String) {
    let world = World::new();
    world.sign_up("alice");
    let refresh = world.begin("alice").1;
    (world, refresh)
}

/// The key of the record that holds the last use of a session.
fn use_key(refresh: &str) -> String {
    format!("latchkey:session:{}:use", refresh.split('.').next().unwrap())
}

fn noted_generation(world: &World, refresh: &str) -> Option<u64> {
    let record = world.data.get(&use_key(refresh))?;
    serde_json::from_slice::<serde_json::Value>(&record).unwrap()["generation"].as_u64()
}

#[track_caller]
fn is_over(world: &World, refresh: &str, token: &str) {
    world.refresh(refresh).is_refused(401, "invalid_refresh_token", &[]);
    assert_eq!(world.events("authn_token_reuse").len(), 1);
    assert_eq!(world.accepts(token), 401);
}

#[test]
fn a_client_that_slept_gets_the_lost_answer_and_so_does_its_other_tab() {
    let (world, first) = begin();
    let (token, second) = world.refresh(&first).tokens();
    world.advance_millis(10_000);
    let late = world.refresh(&first);
    assert_eq!(late.tokens().1, second, "{}", late.said());
    world.advance_millis(9_999);
    assert_eq!(world.refresh(&first).tokens().1, second);
    let warnings = world.events("authn_token_late");
    assert_eq!((warnings.len(), &warnings[0]["level"], &warnings[0]["username"]), (1, &"warn".into(), &"alice".into()));
    assert_eq!((world.accepts(&token), world.accepts(&late.tokens().0)), (200, 200));
    assert_eq!(world.refresh(&second).status(), 200);
    assert!(world.events("authn_token_reuse").is_empty());
}

#[test]
fn the_second_late_one_within_a_day_ends_the_session_whatever_its_generation() {
    for refreshes_between in [0, 1, 3] {
        let (world, mut refresh) = begin();
        world.refresh(&refresh);
        world.advance_millis(11_000);
        let (mut token, next) = world.refresh(&refresh).tokens();
        if refreshes_between > 0 {
            refresh = next;
        }
        for _ in 1..refreshes_between {
            world.advance_millis(60_000);
            refresh = world.refresh(&refresh).tokens().1;
        }
        world.advance_millis(DAY - 300_000);
        if refreshes_between > 0 {
            token = world.refresh(&refresh).tokens().0;
            world.advance_millis(11_000);
        }
        is_over(&world, &refresh, &token);
        assert_eq!(world.events("authn_token_late").len(), 1);
    }
}

#[test]
fn after_a_day_a_late_one_is_forgiven_again() {
    let (world, first) = begin();
    world.refresh(&first);
    world.advance_millis(11_000);
    let second = world.refresh(&first).tokens().1;
    world.advance_millis(DAY - 11_000);
    let third = world.refresh(&second).tokens().1;
    world.advance_millis(11_000);
    assert_eq!(world.refresh(&second).tokens().1, third);
    assert_eq!(world.events("authn_token_late").len(), 2);
    assert_eq!(world.refresh(&third).status(), 200);
}

#[test]
fn how_long_a_used_token_is_taken_again_is_a_variable() {
    for (seconds, millis, late) in
        [("0", 0, 1), ("1", 999, 0), ("1", 1000, 1), ("300", 299_999, 0), ("300", 300_000, 1)]
    {
        let (world, first) = begin();
        world.set("refresh_reuse_seconds", seconds);
        world.refresh(&first);
        world.advance_millis(millis);
        assert_eq!(world.refresh(&first).status(), 200, "{seconds} s, {millis} ms");
        assert_eq!(world.events("authn_token_late").len(), late, "{seconds} s, {millis} ms");
    }
}

/// Otherwise an outage of the store would make thieves of all who refresh meanwhile.
#[test]
fn what_could_not_be_signed_was_not_used() {
    let (world, first) = begin();
    let key = world.data.get("latchkey:keys").unwrap();
    let lost = br#"{"v":1,"newest":{"private_key":"lost","created_at_ms":0,"signs_from_ms":0}}"#;
    world.data.put("latchkey:keys", lost);
    assert_eq!(world.refresh(&first).status(), 500);
    assert_eq!(noted_generation(&world, &first), None);
    world.data.put("latchkey:keys", &key);
    world.advance_millis(60_000);
    assert_eq!(world.refresh(&first).status(), 200);
    assert!(world.events("authn_token_late").is_empty());
}

/// A refresh stops at each of its calls of the store, while another client refreshes twice.
#[test]
fn a_slow_refresh_notes_no_lower_generation() {
    let (world, first) = begin();
    world.data.fail_at(usize::MAX, Fault::Refused);
    assert_eq!(world.refresh(&first).status(), 200);
    let calls = world.data.calls();
    // The last two calls are the look at the record and its write, between which nothing can be done.
    for before_stop in 0..calls - 1 {
        let (world, first) = begin();
        let body = format!(r#"{{"refresh_token":"{first}"}}"#);
        let mut slow = pin!(world.send_async(anon("POST", "/api/session/refresh", &body)));
        world.data.fail_at(usize::MAX, Fault::Refused);
        while world.data.calls() < before_stop {
            assert!(slow.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
        let second = world.refresh(&first).tokens().1;
        world.refresh(&second);
        assert_eq!(noted_generation(&world, &first), Some(1));
        block_on(slow);
        assert_ne!(noted_generation(&world, &first), Some(0), "after {before_stop} of {calls} calls");
    }
}

#[test]
fn a_use_that_was_noted_before_late_ones_were_forgiven_is_read() {
    let (world, first) = begin();
    let second = world.refresh(&first).tokens().1;
    let noted = format!(r#"{{"v":1,"generation":0,"at_ms":{}}}"#, world.data.now_millis());
    world.data.put(&use_key(&first), noted.as_bytes());
    world.advance_millis(11_000);
    assert_eq!(world.refresh(&first).tokens().1, second);
    assert_eq!(world.events("authn_token_late").len(), 1);
}

#[test]
fn a_use_noted_by_a_clock_that_was_ahead_extends_nothing() {
    // Neither the seconds in which a used token is taken again,
    let (world, first) = begin();
    world.step_forward_millis(3_600_000);
    let token = world.refresh(&first).tokens().0;
    world.step_back_millis(3_600_000);
    assert_eq!(world.refresh(&first).status(), 200);
    assert_eq!(world.events("authn_token_late").len(), 1);
    world.advance_millis(10_000);
    is_over(&world, &first, &token);
    // nor the time without a refresh,
    let (world, first) = begin();
    world.step_forward_millis(6 * DAY);
    let second = world.refresh(&first).tokens().1;
    world.step_back_millis(6 * DAY);
    world.set("session_idle_seconds", "3600");
    world.advance_millis(3_600_001);
    assert_eq!(world.refresh(&second).status(), 401);
    assert_eq!(world.events("session_expired")[0]["reason"], "idle");
    // nor the day after a late one.
    let (world, first) = begin();
    world.refresh(&first);
    world.step_forward_millis(5 * DAY);
    let second = world.refresh(&first).tokens().1;
    world.step_back_millis(5 * DAY);
    world.refresh(&second);
    world.advance_millis(11_000);
    assert_eq!(world.refresh(&second).status(), 200);
    assert_eq!(world.events("authn_token_late").len(), 2);
}
