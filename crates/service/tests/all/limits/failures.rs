//! The store fails, or the process dies, at each call.

use super::*;
use crate::crashes::at_each_call;

#[test]
fn a_failed_login() {
    at_each_call(
        |world| {
            world.use_limits();
            world.sign_up("alice");
        },
        |world| world.send(login_from(HOME, "alice", WRONG)),
        |world, status, said| {
            world.use_limits();
            assert!([401, 429, 503].contains(&status), "a guess passed: {said}");
            the_account_can_be_used(world, said);
        },
    );
}

#[test]
fn a_login_in_the_middle_of_delays() {
    at_each_call(
        |world| {
            world.use_limits();
            world.sign_up("alice");
            for n in 0..7 {
                world.send(login_from(HOME, ["alice", "nobody"][n % 2], WRONG));
                world.advance_millis(2000);
            }
            world.advance_millis(16 * MINUTE);
            for _ in 0..6 {
                world.send(login_from(HOME, "alice", WRONG));
                world.advance_millis(1000);
            }
            world.advance_millis(1000);
        },
        |world| world.send(login_from(HOME, "alice", PASSWORD)),
        |world, status, said| {
            world.use_limits();
            assert!([200, 429, 503].contains(&status), "{said}");
            the_account_can_be_used(world, said);
        },
    );
}

#[test]
fn a_sign_up_and_a_post() {
    let token = std::cell::RefCell::new(String::new());
    at_each_call(
        |world| {
            world.use_limits();
            *token.borrow_mut() = world.join("alice");
        },
        |world| world.say(&token.borrow(), "hello"),
        |world, status, said| {
            world.use_limits();
            assert!([201, 503].contains(&status), "{said}");
            world.advance_millis(MINUTE);
            assert_eq!(world.say(&token.borrow(), "hello again").status(), 201, "{said}");
        },
    );
    let sign_up = |world: &World| {
        let mut request = anon("POST", "/api/signup", &crate::world::signup_body("alice"));
        request.headers_mut().append("spin-client-addr", HOME.parse().unwrap());
        world.send(request)
    };
    at_each_call(World::use_limits, sign_up, |world, status, said| {
        world.use_limits();
        assert!([201, 409, 503].contains(&status), "{said}");
        for _ in 0..3 {
            world.advance_millis(121_000);
            sign_up(world);
        }
        the_account_can_be_used(world, said);
    });
}

/// Checks the account after all leases are over and after the longest delay.
fn the_account_can_be_used(world: &World, said: &str) {
    for _ in 0..3 {
        world.send(login_from(HOME, "alice", PASSWORD));
        world.advance_millis(121_000);
    }
    let answer = world.send(login_from(HOME, "alice", PASSWORD));
    assert_eq!(answer.status(), 200, "{} after {said}", answer.text());
    world.advance_millis(15 * MINUTE);
    for _ in 0..5 {
        assert_eq!(guess_from(world, HOME, "alice"), FAILED, "{said}");
    }
    assert_eq!(guess_from(world, HOME, "alice"), (429, Some(1)), "failures still count: {said}");
}
