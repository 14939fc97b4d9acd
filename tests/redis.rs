//! The Redis server behind the app goes away, comes back, and answers nothing.

use std::time::{Duration, Instant};

use crate::harness::actors::{self, Actor};
use crate::harness::board::all;
use crate::harness::client::Client;
use crate::harness::host::Setup;
use crate::harness::wait_for;

/// Much longer than a request waits for its store, and much shorter than a client waits for an answer.
const DEADLINE: Duration = Duration::from_secs(60);

/// Waits until the app answers as if nothing had been.
fn recovers(app: &Client, alice: &Actor, text: &str) {
    wait_for("recovery", || (app.send(alice.posting(text)).status == 201).then_some(()));
    assert_eq!(all(app, 1, "").first().map(String::as_str), Some(text));
}

case!(OwnHost, a_store_that_is_gone_is_told_and_found_again_without_a_restart);
fn a_store_that_is_gone_is_told_and_found_again_without_a_restart() {
    let app = Setup::app().start();
    let alice = actors::alice(&app);
    alice.post(&app, "before");
    let redis = app.redis();
    for round in 0..3 {
        redis.kill();
        for (reply, code) in [
            (app.get("/api/messages"), "store_unavailable"),
            (app.send(alice.posting("lost")), "authorizer_unavailable"),
            (actors::log_in(&app, &alice.username, &alice.password), "store_unavailable"),
        ] {
            reply.is_problem(503, code);
            assert!(reply.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0), "{}", reply.said());
        }
        assert_eq!(app.get("/").status, 200, "the site needs no store");
        redis.start_again();
        recovers(&app, &alice, &format!("after {round}"));
    }
}

case!(OwnHost, what_was_acknowledged_is_there_after_a_kill_of_the_store);
fn what_was_acknowledged_is_there_after_a_kill_of_the_store() {
    let app = Setup::app().start();
    let alice = actors::alice(&app);
    let texts: Vec<_> = (0..20).map(|number| format!("message {number}")).collect();
    for text in &texts {
        alice.post(&app, text);
    }
    let keys = app.get("/.well-known/jwks.json").json();
    app.redis().kill();
    app.redis().start_again();
    wait_for("recovery", || (app.get("/api/messages").status == 200).then_some(()));
    assert_eq!(all(&app, 7, ""), texts.into_iter().rev().collect::<Vec<_>>());
    assert_eq!(app.get("/.well-known/jwks.json").json(), keys);
    assert_eq!(actors::log_in(&app, &alice.username, &alice.password).status, 200);
    recovers(&app, &alice, "after");
}

case!(OwnHost, a_store_that_answers_nothing_costs_a_request_its_time_and_no_more);
fn a_store_that_answers_nothing_costs_a_request_its_time_and_no_more() {
    let app = Setup::app().start();
    let alice = actors::alice(&app);
    let redis = app.redis();
    redis.swallow();
    let started = Instant::now();
    let replies: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| app.send(alice.posting("swallowed")))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let took = started.elapsed();
    redis.answer();
    for reply in replies {
        reply.is_problem(503, "authorizer_unavailable");
    }
    assert!(took < DEADLINE, "{took:?}");
    recovers(&app, &alice, "after");
}
