//! Concurrent requests.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;

use crate::harness::actors::{self, log_in, sign_up};
use crate::harness::board::all;
use crate::harness::host::Setup;

case!(OwnHost, of_64_sign_ups_for_one_name_exactly_one_wins);
fn of_64_sign_ups_for_one_name_exactly_one_wins() {
    let app = Setup::app().start();
    for round in 0..20 {
        let name = format!("wanted-{round}");
        let barrier = Barrier::new(64);
        let password = |number: usize| format!("a good one {number}");
        let statuses: Vec<u16> = thread::scope(|scope| {
            let sign_up = |number| {
                barrier.wait();
                let reply = sign_up(&app, &name, &password(number), &format!("Number {number}"));
                if reply.status != 201 {
                    reply.is_problem(409, "username_taken");
                }
                reply.status
            };
            let threads: Vec<_> = (0..64).map(|number| scope.spawn(move || sign_up(number))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let winners: Vec<_> = (0..64).filter(|&number| statuses[number] == 201).collect();
        assert_eq!(winners.len(), 1, "round {round}: {statuses:?}");
        for number in 0..64 {
            let reply = log_in(&app, &name, &password(number));
            if number == winners[0] {
                assert_eq!((reply.status, &reply.json()["user"]["name"]), (200, &format!("Number {number}").into()));
            } else {
                reply.is_problem(401, "invalid_credentials");
            }
        }
    }
}

case!(OwnHost, every_message_of_16_posters_is_there_once);
fn every_message_of_16_posters_is_there_once() {
    let app = Setup::app().start();
    let texts = |poster: usize| (0..25).map(move |number| format!("message {number} of poster {poster}"));
    let name = |poster: usize| format!("poster-{poster}");
    let posted: Vec<(String, String)> = thread::scope(|scope| {
        let post = |poster: usize| {
            let actor = actors::actor(&app, &name(poster), "a good one 4U", "Poster");
            let post = |text: String| (actor.post(&app, &text)["id"].as_str().unwrap().to_owned(), text);
            texts(poster).map(post).collect::<Vec<_>>()
        };
        let threads: Vec<_> = (0..16).map(|poster| scope.spawn(move || post(poster))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let ids: BTreeSet<_> = posted.iter().map(|(id, _)| id).collect();
    assert_eq!(ids.len(), 400, "distinct ids");

    let mut expected: Vec<_> = (0..16).flat_map(texts).collect();
    let mut found = all(&app, 7, "");
    let newest_first: Vec<_> = found.clone();
    expected.sort();
    found.sort();
    assert_eq!(found, expected, "all of them, none twice");
    for poster in 0..16 {
        let of_poster: Vec<_> = texts(poster).collect();
        let reversed: Vec<_> = of_poster.iter().rev().cloned().collect();
        assert_eq!(all(&app, 7, &format!("&author={}", name(poster))), reversed);
        let on_board: Vec<_> = newest_first.iter().filter(|text| of_poster.contains(text)).cloned().collect();
        assert_eq!(on_board, reversed, "who posts one after the other finds them in that order");
    }
}

case!(OwnHost, first_logins_at_the_same_moment_agree_on_one_key);
fn first_logins_at_the_same_moment_agree_on_one_key() {
    for _ in 0..5 {
        let app = Setup::app().start();
        assert_eq!(sign_up(&app, "alice", "correct horse 7", "Alice").status, 201);
        let barrier = Barrier::new(32);
        let tokens: Vec<String> = thread::scope(|scope| {
            let log_in = || {
                barrier.wait();
                let reply = log_in(&app, "alice", "correct horse 7");
                assert_eq!(reply.status, 200, "{}", reply.said());
                reply.json()["token"].as_str().unwrap().to_owned()
            };
            let threads: Vec<_> = (0..32).map(|_| scope.spawn(log_in)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(app.get("/.well-known/jwks.json").json()["keys"].as_array().unwrap().len(), 1);
        for token in tokens {
            let reply = app.send(crate::harness::client::get("/api/authorizer").bearer(&token));
            assert_eq!(reply.status, 200, "{}", reply.said());
        }
    }
}
