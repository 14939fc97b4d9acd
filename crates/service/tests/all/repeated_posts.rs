//! Posts that a client repeats with the same idempotency key, because it did not get the answer.

use std::cell::RefCell;

use bytes::Bytes;
use futures::executor::block_on;
use futures::future::join_all;
use http::Request;

use crate::crashes::at_each_call;
use crate::world::{Answer, Data, World, bearer, yield_once};

const LEASE_MILLIS: u64 = 120_000;
const DAY_MILLIS: u64 = 24 * 60 * 60 * 1000;

fn request(token: &str, key: &str, text: &str) -> Request<Bytes> {
    let mut request = bearer(token, "POST", "/api/messages", &format!(r#"{{"text":"{text}"}}"#));
    request.headers_mut().insert("idempotency-key", key.parse().unwrap());
    request
}

fn post(world: &World, token: &str, key: &str, text: &str) -> Answer {
    world.send(request(token, key, text))
}

#[test]
fn a_repeated_post_is_answered_as_the_first_time() {
    let world = World::new();
    let (alice, bob) = (world.join("alice"), world.join("bob"));
    let first = post(&world, &alice, "one", "Hello.");
    assert_eq!(first.status(), 201, "{}", first.said());
    world.say(&bob, "Meanwhile.");
    world.advance_millis(60_000);
    // The draft of the standard has quotation marks, many clients do not.
    for key in ["one", "\"one\""] {
        let again = post(&world, &alice, key, " Hello. ");
        assert_eq!((again.status(), again.text()), (201, first.text()));
        assert_eq!(again.header("location"), first.header("location"));
    }
    assert_eq!(world.texts("/api/messages"), ["Meanwhile.", "Hello."]);
    assert_eq!(world.events("message_created").len(), 2);
    // Another key, and the same key of somebody else, are other posts.
    assert_eq!(post(&world, &alice, "two", "Hello.").status(), 201);
    assert_eq!(post(&world, &bob, "one", "Hello.").status(), 201);
    assert_eq!(world.say(&alice, "And on.").status(), 201);
    assert_eq!(world.texts("/api/messages?author=alice"), ["And on.", "Hello.", "Hello."]);
}

#[test]
fn a_key_is_for_one_text() {
    let world = World::new();
    let alice = world.join("alice");
    post(&world, &alice, "one", "Hello.");
    post(&world, &alice, "one", "Something else.").is_invalid(&["idempotency-key:invalid"]);
    assert_eq!(world.texts("/api/messages"), ["Hello."]);
    post(&world, &alice, "one", "").is_invalid(&["text:too_short"]);
}

#[test]
fn what_was_deleted_does_not_come_back() {
    let world = World::new();
    let alice = world.join("alice");
    post(&world, &alice, "one", "Hello.");
    assert_eq!(world.send(bearer(&alice, "DELETE", "/api/messages/1", "")).status(), 204);
    for millis in [0, LEASE_MILLIS + 1, DAY_MILLIS - LEASE_MILLIS - 1001] {
        world.advance_millis(millis);
        let alice = world.begin("alice").0;
        post(&world, &alice, "one", "Hello.").is_invalid(&["idempotency-key:invalid"]);
        assert!(world.texts("/api/messages").is_empty());
    }
}

#[test]
fn a_key_is_kept_for_a_day() {
    let world = World::new();
    let alice = world.join("alice");
    post(&world, &alice, "one", "Hello.");
    for n in 0..100 {
        assert_eq!(post(&world, &alice, &format!("other-{n}"), "More.").status(), 201);
    }
    world.advance_millis(DAY_MILLIS - 1000);
    let alice = world.begin("alice").0;
    assert_eq!(post(&world, &alice, "one", "Hello.").json()["message"]["id"], "1");
    world.advance_millis(2000);
    let later = post(&world, &alice, "one", "Hello.").json()["message"]["id"].take();
    assert_ne!(later, "1");
    assert_eq!(post(&world, &alice, "one", "Hello.").json()["message"]["id"], later);
}

#[test]
fn a_key_that_is_none_is_refused() {
    let world = World::new();
    let alice = world.join("alice");
    let long = "k".repeat(129);
    for key in ["", "\"\"", "a b", "\"a", &long] {
        post(&world, &alice, key, "Hello.").is_invalid(&["idempotency-key:invalid"]);
    }
    let mut twice = request(&alice, "one", "Hello.");
    twice.headers_mut().append("idempotency-key", "two".parse().unwrap());
    world.send(twice).is_invalid(&["idempotency-key:invalid"]);
    assert!(world.texts("/api/messages").is_empty());
}

#[test]
fn a_post_dies_at_each_call_and_is_repeated() {
    let token = RefCell::new(String::new());
    at_each_call(
        |world| _ = token.replace(world.join("alice")),
        |world| post(world, &token.borrow(), "one", "Hello."),
        |world, status, said| {
            let alice = token.borrow();
            let mut again = post(world, &alice, "one", "Hello.");
            assert!([201, 409].contains(&again.status()), "{} {said}", again.said());
            if again.status() == 409 {
                assert_eq!((again.code().as_str(), again.header("retry-after")), ("conflict", Some("1")), "{said}");
                world.advance_millis(LEASE_MILLIS + 1000);
                again = post(world, &alice, "one", "Hello.");
            }
            assert_eq!(again.status(), 201, "{} {said}", again.said());
            assert_eq!(world.texts("/api/messages"), ["Hello."], "{status} {said}");
            assert_eq!(world.texts("/api/messages?author=alice"), ["Hello."], "{status} {said}");
        },
    );
}

/// Several requests with one key at the same moment, each late by another number of calls.
#[test]
fn of_many_at_once_one_posts() {
    for count in 2..5 {
        for late in 0..10 {
            let data = Data::default();
            let worlds: Vec<World> = (0..count).map(|_| World::over(data.clone())).collect();
            let alice = worlds[0].join("alice");
            for (round, passes) in [(0, 0), (1, LEASE_MILLIS + 1000), (2, DAY_MILLIS)] {
                data.advance_millis(passes);
                let alice = if round == 2 { worlds[0].begin("alice").0 } else { alice.clone() };
                let before = worlds[0].texts("/api/messages?limit=100").len();
                let requests = worlds.iter().enumerate().map(|(index, world)| {
                    let request = request(&alice, "one", "Hello.");
                    async move {
                        for _ in 0..index * late {
                            yield_once().await;
                        }
                        world.send_async(request).await
                    }
                });
                let answers = block_on(join_all(requests));
                let said: Vec<_> = answers.iter().map(Answer::said).collect();
                assert!(answers.iter().all(|answer| [201, 409].contains(&answer.status())), "{said:?}");
                let mut posted: Vec<_> =
                    answers.iter().filter(|answer| answer.status() == 201).map(Answer::text).collect();
                posted.dedup();
                assert_eq!(posted.len(), 1, "{said:?}");
                let after = worlds[0].texts("/api/messages?limit=100").len();
                assert_eq!(after - before, usize::from(round != 1), "{said:?}");
                assert_eq!(post(&worlds[0], &alice, "one", "Hello.").text(), posted[0]);
            }
        }
    }
}

/// A request claims the key and dies. Of many that repeat it after the lease, one posts.
#[test]
fn of_many_heirs_one_posts() {
    let mut claims = 0;
    for call in 1..40 {
        let data = Data::default();
        let worlds: Vec<World> = (0..4).map(|_| World::over(data.clone())).collect();
        let alice = worlds[0].join("alice");
        let dying = World::over(data.clone());
        data.fail_at(call, crate::world::Fault::Dead);
        post(&dying, &alice, "one", "Hello.");
        if !data.heal() {
            break;
        }
        data.advance_millis(LEASE_MILLIS + 1000);
        claims += usize::from(data.keys().iter().any(|key| key.starts_with("latchkey:used:")));
        let requests = worlds.iter().map(|world| world.send_async(request(&alice, "one", "Hello.")));
        let statuses: Vec<u16> = block_on(join_all(requests)).iter().map(Answer::status).collect();
        assert!(statuses.iter().all(|status| [201, 409].contains(status)), "{statuses:?}");
        assert_eq!(worlds[0].texts("/api/messages"), ["Hello."], "{call}: {statuses:?}");
    }
    assert!(claims > 0);
}

#[test]
fn a_number_that_no_request_has_stored_posts_nothing() {
    let world = World::new();
    let alice = world.join("alice");
    post(&world, &alice, "one", "Hello.");
    let key = world.data.keys().into_iter().find(|key| key.starts_with("latchkey:used:")).unwrap();
    for value in [&(-1_i64).to_le_bytes()[..], &i64::MAX.to_le_bytes(), b"what", b""] {
        world.data.put(&key, value);
        assert_eq!(post(&world, &alice, "one", "Hello.").status(), 409, "{value:?}");
    }
    assert_eq!(world.texts("/api/messages"), ["Hello."]);
}
