//! The store fails, or the process dies, at each call.

use std::cell::{Cell, RefCell};

use super::*;
use crate::crashes::at_each_call;

#[derive(Default)]
struct Prepared {
    token: String,
    key: String,
    ticket: String,
    codes: Vec<String>,
}

#[test]
fn confirming_a_set_up() {
    let prepared = RefCell::new(Prepared::default());
    at_each_call(
        |world| {
            let token = world.join("alice");
            let (key, ticket) = begin(world, &token);
            *prepared.borrow_mut() = Prepared { token, key, ticket, codes: Vec::new() };
        },
        |world| {
            let Prepared { token, key, ticket, .. } = &*prepared.borrow();
            confirm(world, token, ticket, &code(world, key))
        },
        |world, status, said| {
            let Prepared { token, key, .. } = &*prepared.borrow();
            assert!([204, 409, 503].contains(&status), "{said}");
            let (is_on, _) = shown(world, token);
            assert!(status != 204 || is_on, "{said}");
            assert_eq!(world.log_in("alice").status(), if is_on { 202 } else { 200 }, "{said}");
            world.advance_millis(121_000);
            let key = if is_on { key.clone() } else { enrol(world, token) };
            assert_eq!(give(world, &ticket(world, "alice"), &next_code(world, &key)).status(), 200, "{said}");
        },
    );
}

#[test]
fn the_second_step_of_a_login() {
    let prepared = RefCell::new(Prepared::default());
    at_each_call(
        |world| {
            let token = world.join("alice");
            let (key, codes) = enrol_with_codes(world, &token);
            world.use_limits();
            let ticket = ticket(world, "alice");
            *prepared.borrow_mut() = Prepared { token, key, ticket, codes };
        },
        |world| {
            let Prepared { ticket, codes, .. } = &*prepared.borrow();
            give(world, ticket, &codes[0])
        },
        |world, status, said| {
            let Prepared { token, key, codes, .. } = &*prepared.borrow();
            assert!([200, 401, 503].contains(&status), "{said}");
            let (_, left) = shown(world, token);
            assert!(status != 200 || left == 9, "{said}");
            world.advance_millis(121_000);
            let again = give(world, &ticket(world, "alice"), &codes[0]).status();
            assert_eq!(again, if left == 9 { 401 } else { 200 }, "a code is good once: {said}");
            assert_eq!(give(world, &ticket(world, "alice"), &next_code(world, key)).status(), 200, "{said}");
        },
    );
}

#[test]
fn a_reset_of_the_password() {
    let prepared = RefCell::new(Prepared::default());
    at_each_call(
        |world| {
            let token = world.join("alice");
            let codes = make_codes(world, &token);
            *prepared.borrow_mut() = Prepared { token, codes, ..Prepared::default() };
        },
        |world| recover(world, "alice", &prepared.borrow().codes[0], NEW),
        |world, status, said| {
            let Prepared { token, codes, .. } = &*prepared.borrow();
            assert!([204, 401, 503].contains(&status), "{said}");
            let is =
                |password| world.post("/api/login", &json!({"username": "alice", "password": password}).to_string());
            let (new, old) = (is(NEW), is(PASSWORD));
            let is_new = new.status() == 200;
            assert!(is_new != (old.status() == 200), "one password, and not both or none: {said}");
            assert!(status != 204 || is_new, "{said}");
            assert_eq!(world.accepts(token), if is_new { 401 } else { 200 }, "{said}");
            if is_new {
                assert!(new.json().get("password_was_reset_at").is_some(), "{said}");
            }
            world.advance_millis(121_000);
            let again = recover(world, "alice", &codes[0], "yet another secret").status();
            assert_eq!(again, if is_new { 401 } else { 204 }, "a code is good once: {said}");
            assert_eq!(recover(world, "alice", &codes[1], NEW).status(), 204, "{said}");
        },
    );
}

#[test]
fn turning_it_off_and_making_codes() {
    for path in ["/api/account/totp/remove", "/api/account/recovery-codes"] {
        let prepared = RefCell::new(Prepared::default());
        at_each_call(
            |world| {
                let (token, key) = join_with_factor(world, "alice");
                world.advance_millis(STEP_MILLIS);
                *prepared.borrow_mut() = Prepared { token, key, ..Prepared::default() };
            },
            |world| {
                let Prepared { token, key, .. } = &*prepared.borrow();
                post_as(world, token, path, &json!({"password": PASSWORD, "code": code(world, key)}))
            },
            |world, status, said| {
                let Prepared { token, key, .. } = &*prepared.borrow();
                assert!([200, 204, 422, 503].contains(&status), "{said}");
                let before = shown(world, token);
                let is_done = before == if path.ends_with("remove") { (false, 0) } else { (true, 10) };
                assert!(status > 204 || is_done, "{said}");
                world.advance_millis(121_000);
                if before.0 {
                    let body = json!({"password": PASSWORD, "code": next_code(world, key)});
                    assert!(post_as(world, token, path, &body).status() < 300, "{said}");
                }
            },
        );
    }
}

#[test]
fn the_login_that_is_told_of_a_reset() {
    let is_logged = Cell::new(false);
    let log_in = |world: &World| world.post("/api/login", &json!({"username": "alice", "password": NEW}).to_string());
    at_each_call(
        |world| {
            let token = world.join("alice");
            let codes = make_codes(world, &token);
            assert_eq!(recover(world, "alice", &codes[0], NEW).status(), 204);
        },
        |world| {
            let login = log_in(world);
            is_logged.set(is_logged.get() || !world.events("password_reset_told_again").is_empty());
            login
        },
        |world, status, said| {
            assert!([200, 503].contains(&status), "{said}");
            let is_told = |said: &str| said.contains("password_was_reset_at");
            assert!(status != 200 || is_told(said), "{said}");
            let again = log_in(world);
            assert_eq!(again.status(), 200, "{said}");
            assert!(status == 200 || is_told(again.text()), "nobody was told: {said}");
            world.advance_millis(121_000);
            log_in(world);
            assert!(!is_told(log_in(world).text()), "{said}");
        },
    );
    assert!(is_logged.get());
}
