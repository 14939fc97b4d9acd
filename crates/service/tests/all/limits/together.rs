//! Concurrent requests: each call of the store lets the other requests run before and after it.

use std::task::{Context, Poll, Waker};

use super::*;
use crate::world::bearer;

const MANY: usize = 50;
const SEEDS: std::ops::Range<u64> = 1..7;

/// Sends requests concurrently, each to its own instance. The seed determines which request continues next, so between two
/// calls of one request, the others may make any number of calls.
fn at_once(data: &Data, seed: u64, request: impl Fn(usize) -> Request<Bytes>) -> Vec<u16> {
    at_once_of(MANY, data, seed, request)
}

pub(super) fn at_once_of(many: usize, data: &Data, seed: u64, request: impl Fn(usize) -> Request<Bytes>) -> Vec<u16> {
    let worlds: Vec<World> = (0..many).map(|_| over(data)).collect();
    data.let_time_stand(true);
    let mut running: Vec<_> =
        worlds.iter().enumerate().map(|(n, world)| (n, Box::pin(world.send_async(request(n))))).collect();
    let mut statuses = vec![0; many];
    let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    while !running.is_empty() {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let at = (random >> 33) as usize % running.len();
        let (n, future) = &mut running[at];
        if let Poll::Ready(answer) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            statuses[*n] = answer.status();
            drop(running.swap_remove(at));
        }
    }
    data.let_time_stand(false);
    statuses
}

fn count(statuses: &[u16], wanted: u16) -> usize {
    statuses.iter().filter(|&&status| status == wanted).count()
}

#[test]
fn of_fifty_guesses_at_once_five_pass_and_later_one_at_a_time() {
    for seed in SEEDS {
        for address in [false, true] {
            let world = world();
            // This failed login creates the secret in advance.
            guess(&world, "somebody");
            let request = |n: usize| match address {
                true => login_from(HOME, &format!("name-{n}"), WRONG),
                false => login("alice", WRONG),
            };
            let statuses = at_once(&world.data, seed, request);
            assert_eq!((count(&statuses, 401), count(&statuses, 429)), (5, 45), "seed {seed}");
            for seconds in [1, 2, 4] {
                assert_eq!(count(&at_once(&world.data, seed, request), 401), 0, "before {seconds} seconds");
                world.advance_millis(1000 * seconds);
                let statuses = at_once(&world.data, seed, request);
                assert_eq!(count(&statuses, 401), 1, "seed {seed}, after {seconds} seconds");
            }
            world.advance_millis(15 * MINUTE);
            assert_eq!(count(&at_once(&world.data, seed, request), 401), 5, "seed {seed}");
        }
    }
}

#[test]
fn guesses_beside_ones_own_logins_are_not_washed_away() {
    for seed in SEEDS {
        let world = world();
        world.sign_up("mallory");
        guess(&world, "somebody");
        let mut guesses = 0;
        for round in 0..10 {
            let statuses = at_once(&world.data, seed, |n| match n % 2 {
                0 => login_from(HOME, "mallory", PASSWORD),
                _ => login_from(HOME, &format!("name-{round}-{n}"), WRONG),
            });
            guesses += count(&statuses, 401);
            world.advance_millis(1000);
        }
        // Five guesses are free, and ten seconds allow a few more.
        assert!(guesses <= 9, "{guesses} guesses at seed {seed}");
    }
}

#[test]
fn of_fifty_posts_or_sign_ups_at_once_twenty_are_done() {
    for seed in SEEDS {
        let world = world();
        let token = world.join("alice");
        let posts = at_once(&world.data, seed, |_| bearer(&token, "POST", "/api/messages", r#"{"text":"x"}"#));
        assert_eq!((count(&posts, 201), count(&posts, 429)), (20, 30), "seed {seed}");
        let sign_ups = at_once(&world.data, seed, |n| {
            let mut request = anon("POST", "/api/signup", &crate::world::signup_body(&format!("name-{n}")));
            request.headers_mut().append("spin-client-addr", HOME.parse().unwrap());
            request
        });
        assert_eq!((count(&sign_ups, 201), count(&sign_ups, 429)), (20, 30), "seed {seed}");
    }
}

#[test]
fn the_first_guesses_of_all_agree_on_one_secret() {
    for seed in SEEDS {
        let world = world();
        let statuses = at_once(&world.data, seed, |_| login("alice", WRONG));
        assert_eq!((count(&statuses, 401), count(&statuses, 429)), (5, 45), "seed {seed}");
    }
}
