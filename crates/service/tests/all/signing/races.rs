//! Two instances at the same moment: each call of the store lets the other one run before and after it.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::*;
use crate::world::{PASSWORD, anon};

/// Runs two requests, each on an instance of its own. `next` says which of them goes on, until one has its answer.
fn two_at_once(worlds: &[World; 2], uri: &str, mut next: impl FnMut() -> usize) -> [Answer; 2] {
    let body = format!(r#"{{"username":"alice","password":"{PASSWORD}"}}"#);
    let request = || anon(if uri == KEY_SET { "GET" } else { "POST" }, uri, if uri == KEY_SET { "" } else { &body });
    let (mut one, mut other) = (pin!(worlds[0].send_async(request())), pin!(worlds[1].send_async(request())));
    let mut context = Context::from_waker(Waker::noop());
    let mut answers = [None, None];
    while answers.iter().any(Option::is_none) {
        let at = next();
        let at = if answers[at].is_some() { 1 - at } else { at };
        let polled = if at == 0 { one.as_mut().poll(&mut context) } else { other.as_mut().poll(&mut context) };
        if let Poll::Ready(answer) = polled {
            answers[at] = Some(answer);
        }
    }
    answers.map(Option::unwrap)
}

/// Each goes on in turn, by chance.
fn by_chance(seed: u64) -> impl FnMut() -> usize {
    let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random >> 33) as usize % 2
    }
}

/// The first goes on for a number of steps, then the second, then the first to its end.
fn stopped(first: usize, second: usize) -> impl FnMut() -> usize {
    let mut step = 0;
    move || {
        step += 1;
        usize::from(step > first && step <= first + second)
    }
}

fn instances(world: &World) -> [World; 2] {
    [(); 2].map(|()| World::over(world.data.clone()))
}

fn made(worlds: &[World]) -> usize {
    worlds.iter().map(|world| world.events("signing_key_created").len()).sum()
}

/// All pairs of moments at which [`stopped`] can stop two requests that make up to this many calls. Every call has two steps.
fn moments(calls: usize) -> impl Iterator<Item = (usize, usize)> {
    let steps = move || (0..2 * calls).step_by(2);
    steps().flat_map(move |first| steps().map(move |second| (first, second)))
}

/// A world in which the next key is due.
fn due() -> World {
    let world = with_first_key();
    world.advance_millis(PERIOD - LEAD);
    world
}

#[test]
fn two_logins_that_find_the_key_due_make_one_next_key() {
    let due = due();
    for seed in 1..100 {
        let world = copy(&due);
        let worlds = instances(&world);
        for answer in two_at_once(&worlds, "/api/login", by_chance(seed)) {
            assert_eq!(world.accepts(&token(&answer)), 200, "seed {seed}");
        }
        let next = rotated(&world, &worlds, &format!("seed {seed}"));
        world.advance_millis(LEAD);
        let token = log_in(&world);
        assert_eq!((kid(&token), world.accepts(&token)), (next, 200), "seed {seed}");
    }
}

#[test]
fn two_instances_that_rotate_at_once_agree_wherever_each_of_them_stops() {
    let due = due();
    for (first, second) in moments(24) {
        let world = copy(&due);
        let worlds = instances(&world);
        for answer in two_at_once(&worlds, KEY_SET, stopped(first, second)) {
            assert!(kids_of(&answer).contains(signers(&world.data).last().unwrap()), "{first}, {second}");
        }
        rotated(&world, &worlds, &format!("{first}, {second}"));
    }
}

/// Expects that one next key was made, and returns its id.
fn rotated(world: &World, worlds: &[World], said: &str) -> String {
    assert_eq!((made(worlds), private_halves(&world.data)), (1, 2), "{said}");
    let [next, signs] = signers(&world.data).try_into().unwrap();
    let published = kids(world);
    assert!(published.len() == 2 && published.contains(&next) && published.contains(&signs), "{said}");
    next
}

#[test]
fn who_finds_that_another_one_has_replaced_an_old_key_logs_nothing() {
    let world = with_first_key();
    world.advance_millis(PERIOD + 2 * DAY);
    let worlds = instances(&world);
    // The first one has read the keys when the second one replaces them.
    two_at_once(&worlds, KEY_SET, stopped(2, 1000));
    rotated(&world, &worlds, "");
    assert!(worlds.iter().all(|world| world.events("signing_key_old").is_empty()));
}

#[test]
fn two_first_uses_at_once_agree_on_one_key() {
    for seed in 1..100 {
        let world = World::new();
        world.sign_up("alice");
        let worlds = instances(&world);
        let answers = two_at_once(&worlds, "/api/login", by_chance(seed));
        assert!(answers.iter().all(|answer| world.accepts(&token(answer)) == 200), "seed {seed}");
        assert_eq!((made(&worlds), kids(&world)), (1, signers(&world.data)), "seed {seed}");
    }
}

/// An instance that stops for more than the short lease may make a second key, but nobody is left without one.
#[test]
fn two_first_uses_end_with_a_key_wherever_each_of_them_stops() {
    for (first, second) in moments(20) {
        let world = World::new();
        let began = world.data.uptime_millis();
        for answer in two_at_once(&instances(&world), KEY_SET, stopped(first, second)) {
            assert!([1, 2].contains(&kids_of(&answer).len()), "{first}, {second}");
        }
        assert!(world.data.uptime_millis() - began < 5_000, "{first}, {second}");
        assert!(kids(&world).contains(&signers(&world.data)[0]), "{first}, {second}");
    }
}

fn with_operators_keys(world: &World) -> [World; 2] {
    let worlds = instances(world);
    worlds.iter().zip([7, 8]).for_each(|(world, seed)| world.set("signing_key", &pem(seed)));
    worlds
}

#[test]
fn two_operators_keys_that_are_published_at_once_are_both_in_the_set() {
    for seed in 1..100 {
        // Into an empty store, and into a set that has a key.
        for world in [World::new(), with_first_key()] {
            world.sign_up("alice");
            let answers = two_at_once(&with_operators_keys(&world), "/api/login", by_chance(seed));
            assert!(answers.iter().all(|answer| world.accepts(&token(answer)) == 200), "seed {seed}");
        }
    }
}

/// An instance that stops for more than the short lease may overwrite the entry of another one, whose next request publishes
/// it again.
#[test]
fn two_operators_keys_are_in_the_set_wherever_each_of_them_stops() {
    let first_key = with_first_key();
    for (first, second) in moments(12) {
        let world = copy(&first_key);
        let worlds = with_operators_keys(&world);
        for (answer, seed) in two_at_once(&worlds, KEY_SET, stopped(first, second)).iter().zip([7, 8]) {
            assert!(kids_of(answer).contains(&id_of(&pem(seed))), "{first}, {second}");
        }
        worlds.iter().for_each(|world| _ = kids(world));
        assert_eq!(kids(&world).len(), 3, "{first}, {second}");
    }
}

#[test]
fn a_renewal_beside_an_operators_key_loses_neither() {
    let first_key = with_first_key();
    first_key.advance_millis(DAY);
    for seed in 1..100 {
        let world = copy(&first_key);
        let worlds = instances(&world);
        worlds[1].set("signing_key", &pem(7));
        let answers = two_at_once(&worlds, "/api/login", by_chance(seed));
        assert!(answers.iter().all(|answer| world.accepts(&token(answer)) == 200), "seed {seed}");
        assert_eq!(kids(&world).len(), 2, "seed {seed}");
    }
}
