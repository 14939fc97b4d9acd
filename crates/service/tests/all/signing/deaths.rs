//! A fault, or the death of a process, at each store call while a key is made.

use std::cell::Cell;

use super::old_records::{old_keys, old_world};
use super::*;
use crate::crashes::at_each_call;
use crate::world::Fault;

const MINUTE: u64 = 60 * SECOND;
/// More than the lease of a claim.
const LEASE: u64 = 121 * SECOND;

type Flow = fn(&World) -> Answer;
const FLOWS: [Flow; 2] = [|world| world.log_in("alice"), |world| world.get(KEY_SET)];

#[test]
fn first_use() {
    for flow in FLOWS {
        let longest = Cell::new(0);
        at_each_call(
            |world| assert_eq!(world.sign_up("alice").status(), 201),
            flow,
            |world, status, said| {
                assert!([200, 503].contains(&status), "{said}");
                let began = world.data.uptime_millis();
                let token = log_in(world);
                longest.set(longest.get().max(world.data.uptime_millis() - began));
                assert_eq!(world.say(&token, "hello").status(), 201, "{said}");
                assert_eq!((kids(world), private_halves(&world.data)), (vec![kid(&token)], 1), "{said}");
            },
        );
        assert!((1_000..3_000).contains(&longest.get()), "waited {} ms for one that died", longest.get());
    }
}

/// Two processes die one after the other.
#[test]
fn first_use_with_two_deaths() {
    for (first, second) in (1..19).flat_map(|first| (1..19).map(move |second| (first, second))) {
        let world = World::new();
        world.sign_up("alice");
        for call in [first, second] {
            world.data.fail_at(call, Fault::Dead);
            World::over(world.data.clone()).get(KEY_SET);
            world.data.heal();
        }
        let began = world.data.uptime_millis();
        let token = log_in(&world);
        let waited = world.data.uptime_millis() - began;
        assert!(waited < 5_000, "waited {waited} ms after deaths at {first} and {second}");
        assert_eq!((world.accepts(&token), kids(&world)), (200, vec![kid(&token)]), "{first} and {second}");
    }
}

#[test]
fn making_the_next_key() {
    // Two rotations are tested: to the second key, and to the third, which also deletes an old private half.
    for rotations in 0..2 {
        let due = with_first_key();
        for _ in 0..rotations {
            due.advance_millis(PERIOD - LEAD);
            log_in(&due);
            due.advance_millis(LEAD);
        }
        due.advance_millis(PERIOD - LEAD - MINUTE);
        let old = log_in(&due);
        // From this moment on, the next key is due.
        due.advance_millis(MINUTE);
        assert_eq!(signers(&due.data).len(), 1 + rotations);
        for flow in FLOWS {
            at_each_call(|world| put(&due, world), flow, |world, status, said| goes_on(world, status, &old, said));
        }
    }
}

fn goes_on(world: &World, status: u16, old: &str, said: &str) {
    assert!([200, 503].contains(&status), "{said}");
    for moment in [0, LEASE, LEASE, LEASE, 2 * HOUR] {
        world.advance_millis(moment);
        let token = log_in(world);
        assert_eq!(world.accepts(&token), 200, "{said}");
        assert!(moment == 2 * HOUR || world.accepts(old) == 200, "{said}");
        assert!(kids(world).contains(&kid(&token)), "a set without a signer: {said}");
    }
    let next = signers(&world.data)[0].clone();
    assert!(next != kid(old) && next == kid(&log_in(world)), "{said}");
    assert_eq!(private_halves(&world.data), 2, "{said}");
}

#[test]
fn bringing_in_the_records_of_the_version_before() {
    let (old, tokens) = old_world();
    for flow in FLOWS {
        at_each_call(
            |world| put(&old, world),
            flow,
            |world, status, said| {
                assert!([200, 503].contains(&status), "{said}");
                assert!(tokens.iter().all(|token| world.accepts(token) == 200), "{said}");
                for _ in 0..3 {
                    let began = world.data.uptime_millis();
                    let token = log_in(world);
                    assert!(world.data.uptime_millis() - began < 3_000, "{said}");
                    assert_eq!((kid(&token), world.accepts(&token)), (kid(&tokens[1]), 200), "{said}");
                    assert!(tokens.iter().all(|token| world.accepts(token) == 200), "{said}");
                    world.advance_millis(LEASE);
                }
                assert!(tokens.iter().all(|token| kids(world).contains(&kid(token))), "{said}");
                assert_eq!((old_keys(&world.data), private_halves(&world.data)), (vec![], 2), "{said}");
            },
        );
    }
}

#[test]
fn publishing_an_operators_key() {
    let first_key = with_first_key();
    at_each_call(
        |world| {
            put(&first_key, world);
            world.set("signing_key", &pem(7));
        },
        |world| world.log_in("alice"),
        |world, status, said| {
            assert!([200, 503].contains(&status), "{said}");
            world.set("signing_key", &pem(7));
            let began = world.data.uptime_millis();
            let token = log_in(world);
            assert!(world.data.uptime_millis() - began < 3_000, "{said}");
            assert_eq!((world.accepts(&token), kids(world).len()), (200, 2), "{said}");
        },
    );
}
