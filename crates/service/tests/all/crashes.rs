//! The store fails, or the process dies, at each call of each flow: never a 2xx without its effect, never an effect that
//! breaks what comes after.

use crate::world::{Answer, Data, Fault, World, anon};

const FAULTS: [Fault; 3] = [Fault::Refused, Fault::ReplyLost, Fault::Dead];

/// Runs a flow once for each of its calls and each kind of fault, in a fresh world, and then looks at what is left.
fn at_each_call(prepare: impl Fn(&World), flow: impl Fn(&World) -> Answer, after: impl Fn(&World, u16, &str)) {
    let mut happened = 0;
    for fault in FAULTS {
        for call in 1.. {
            let data = Data::default();
            let world = World::over(data.clone());
            prepare(&world);
            data.fail_at(call, fault);
            let answer = flow(&world);
            if !data.heal() {
                break;
            }
            happened += 1;
            let said = format!("{fault:?} at call {call}: {}", answer.text());
            if answer.status() >= 500 {
                assert_eq!(answer.status(), 503, "{said}");
                assert!(["store_unavailable", "authorizer_unavailable"].contains(&answer.code().as_str()), "{said}");
                assert_eq!(answer.header("retry-after"), Some("1"));
                assert!(!answer.text().contains("fire") && !answer.text().contains("reset"), "{said}");
                assert_eq!(world.events("store_error").len(), 1, "logged once: {said}");
            }
            after(&World::over(data), answer.status(), &said);
        }
    }
    assert!(happened >= FAULTS.len(), "no fault happened");
}

#[test]
fn sign_up() {
    at_each_call(
        |_| (),
        |world| world.sign_up("alice"),
        |world, status, said| {
            // 409 when the reply to the claim was lost: then the claim is nobody's until its lease is over.
            assert!([201, 409, 503].contains(&status), "{said}");
            let exists = world.log_in("alice").status() == 200;
            assert!(status != 201 || exists, "confirmed and not there: {said}");
            for _ in 0..3 {
                world.advance_millis(121_000);
                let again = world.sign_up("alice").status();
                assert!(again == 409 || again == 201 && !exists, "{again}: {said}");
            }
            assert_eq!(world.log_in("alice").status(), 200, "the name is blocked: {said}");
        },
    );
}

#[test]
fn first_login_of_all() {
    at_each_call(
        |world| assert_eq!(world.sign_up("alice").status(), 201),
        |world| world.log_in("alice"),
        |world, status, said| {
            assert!([200, 503].contains(&status), "{said}");
            // Whatever was left of the making of the key, the next logins get one, after the leases at the latest.
            let mut token = None;
            for _ in 0..4 {
                let answer = world.log_in("alice");
                token = token.or(answer.json()["token"].as_str().map(str::to_owned));
                world.advance_millis(121_000);
            }
            let token = token.unwrap_or_else(|| panic!("nobody can log in: {said}"));
            assert_eq!(world.say(&token, "hello").status(), 201, "{said}");
            let keys = world.get("/.well-known/jwks.json").json()["keys"].as_array().unwrap().len();
            assert_eq!(keys, 1, "{said}");
        },
    );
}

#[test]
fn login_that_renews_the_hash() {
    at_each_call(
        |world| {
            world.join("alice");
            world.set("pbkdf2_iterations", "3");
        },
        |world| world.log_in("alice"),
        |world, status, said| {
            assert!([200, 503].contains(&status), "{said}");
            assert_eq!(world.log_in("alice").status(), 200, "{said}");
        },
    );
}

#[test]
fn post() {
    let token = std::cell::RefCell::new(String::new());
    at_each_call(
        |world| *token.borrow_mut() = world.join("alice"),
        |world| world.say(&token.borrow(), "first"),
        |world, status, said| {
            assert!([201, 503].contains(&status), "{said}");
            let board = world.texts("/api/messages");
            let mine = world.texts("/api/messages?author=alice");
            assert!(status != 201 || board == ["first"], "confirmed and not there: {said}");
            assert!(board.is_empty() || mine == board, "on the board and not in its author's list: {said}");
            assert_eq!(world.say(&token.borrow(), "second").status(), 201, "{said}");
            assert_eq!(world.texts("/api/messages")[0], "second");
            assert_eq!(world.texts("/api/messages?author=alice")[0], "second");
        },
    );
}

#[test]
fn reads() {
    let token = std::cell::RefCell::new(String::new());
    for uri in ["/api/messages", "/api/messages?author=alice", "/.well-known/jwks.json"] {
        at_each_call(
            |world| {
                *token.borrow_mut() = world.join("alice");
                world.say(&token.borrow(), "hello");
            },
            |world| world.send(anon("GET", uri, "")),
            |world, status, said| {
                assert!([200, 503].contains(&status), "{said}");
                assert_eq!(world.get(uri).status(), 200, "{said}");
            },
        );
    }
}
