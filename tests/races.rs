//! Concurrent requests, to one host and to several on one store.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Barrier;
use std::thread;

use serde_json::{Value, json};

use crate::harness::actors::{self, Actor, log_in, sign_up};
use crate::harness::board::all;
use crate::harness::client::{ask, get, post};
use crate::harness::host::{Host, Setup};
use crate::harness::reply::Reply;

/// Hosts that share the store of a folder.
fn hosts<const COUNT: usize>(state: &Path) -> [Host; COUNT] {
    std::array::from_fn(|_| Setup::app().state(state).start())
}

case!(OwnHost, of_64_sign_ups_for_one_name_exactly_one_wins);
fn of_64_sign_ups_for_one_name_exactly_one_wins() {
    one_sign_up_wins(&[Setup::app().start()], 20);
}

case!(OwnHost, of_64_sign_ups_on_three_hosts_exactly_one_wins);
fn of_64_sign_ups_on_three_hosts_exactly_one_wins() {
    let state = tempfile::tempdir().unwrap();
    one_sign_up_wins(&hosts::<3>(state.path()), 5);
}

fn one_sign_up_wins(apps: &[Host], rounds: usize) {
    for round in 0..rounds {
        let name = format!("wanted-{round}");
        let barrier = Barrier::new(64);
        let password = |number: usize| format!("a good one {number}");
        let statuses: Vec<u16> = thread::scope(|scope| {
            let sign_up = |number: usize| {
                barrier.wait();
                let app = &apps[number % apps.len()];
                let reply = sign_up(app, &name, &password(number), &format!("Number {number}"));
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
            let reply = log_in(&apps[(number + 1) % apps.len()], &name, &password(number));
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
    every_message_is_there_once(&[Setup::app().start()], 25);
}

case!(OwnHost, a_thousand_messages_of_16_posters_on_three_hosts_are_there_once);
/// Each poster goes from host to host.
fn a_thousand_messages_of_16_posters_on_three_hosts_are_there_once() {
    let state = tempfile::tempdir().unwrap();
    every_message_is_there_once(&hosts::<3>(state.path()), 63);
}

fn every_message_is_there_once(apps: &[Host], posts: usize) {
    let texts = move |poster: usize| (0..posts).map(move |number| format!("message {number} of poster {poster}"));
    let name = |poster: usize| format!("poster-{poster}");
    let posted: Vec<(String, String)> = thread::scope(|scope| {
        let post = |poster: usize| {
            let actor = actors::actor(&apps[poster % apps.len()], &name(poster), "a good one 4U", "Poster");
            let post = |(number, text): (usize, String)| {
                let message = actor.post(&apps[(poster + number) % apps.len()], &text);
                (message["id"].as_str().unwrap().to_owned(), text)
            };
            texts(poster).enumerate().map(post).collect::<Vec<_>>()
        };
        let threads: Vec<_> = (0..16).map(|poster| scope.spawn(move || post(poster))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let ids: BTreeSet<_> = posted.iter().map(|(id, _)| id).collect();
    assert_eq!(ids.len(), 16 * posts, "distinct ids");

    let mut expected: Vec<_> = (0..16).flat_map(texts).collect();
    let app = &apps[0];
    let mut found = all(app, 100, "");
    let newest_first: Vec<_> = found.clone();
    expected.sort();
    found.sort();
    assert_eq!(found, expected, "all of them, none twice");
    for poster in 0..16 {
        let of_poster: Vec<_> = texts(poster).collect();
        let reversed: Vec<_> = of_poster.iter().rev().cloned().collect();
        assert_eq!(all(app, 7, &format!("&author={}", name(poster))), reversed);
        let on_board: Vec<_> = newest_first.iter().filter(|text| of_poster.contains(text)).cloned().collect();
        assert_eq!(on_board, reversed, "who posts one after the other finds them in that order");
    }
}

case!(OwnHost, first_logins_at_the_same_moment_agree_on_one_key);
fn first_logins_at_the_same_moment_agree_on_one_key() {
    for _ in 0..5 {
        first_logins_agree(&[Setup::app().start()]);
    }
}

case!(OwnHost, first_logins_on_two_hosts_agree_on_one_key);
fn first_logins_on_two_hosts_agree_on_one_key() {
    let state = tempfile::tempdir().unwrap();
    first_logins_agree(&hosts::<2>(state.path()));
}

fn first_logins_agree(apps: &[Host]) {
    let app = |number: usize| &apps[number % apps.len()];
    assert_eq!(sign_up(app(0), "alice", "correct horse 7", "Alice").status, 201);
    let barrier = Barrier::new(32);
    let tokens: Vec<String> = thread::scope(|scope| {
        let log_in = |number: usize| {
            barrier.wait();
            let reply = log_in(app(number), "alice", "correct horse 7");
            assert_eq!(reply.status, 200, "{}", reply.said());
            reply.json()["token"].as_str().unwrap().to_owned()
        };
        let threads: Vec<_> = (0..32).map(|number| scope.spawn(move || log_in(number))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(app(1).get("/.well-known/jwks.json").json()["keys"].as_array().unwrap().len(), 1);
    for (number, token) in tokens.iter().enumerate() {
        let reply = app(number + 1).send(get("/api/authorizer").bearer(token));
        assert_eq!(reply.status, 200, "{}", reply.said());
    }
}

case!(OwnHost, a_session_is_refreshed_on_two_hosts_at_once);
fn a_session_is_refreshed_on_two_hosts_at_once() {
    let state = tempfile::tempdir().unwrap();
    let apps = hosts::<2>(state.path());
    let alice = actors::alice(&apps[0]);
    let body = json!({"username": alice.username, "password": alice.password, "refresh_token_in": "body"});
    let text = |reply: &Reply, name: &str| reply.json()[name].as_str().unwrap().to_owned();
    let mut refresh = text(&apps[1].post("/api/login", &body.to_string()), "refresh_token");
    for _ in 0..5 {
        let barrier = Barrier::new(8);
        let refreshing = post("/api/session/refresh", &json!({"refresh_token": refresh}).to_string());
        let replies: Vec<Reply> = thread::scope(|scope| {
            let ask = |number: usize| {
                barrier.wait();
                apps[number % 2].send(refreshing.clone())
            };
            let threads: Vec<_> = (0..8).map(|number| scope.spawn(move || ask(number))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        for (number, reply) in replies.iter().enumerate() {
            assert_eq!(reply.status, 200, "{}", reply.said());
            let token = text(reply, "token");
            assert_eq!(apps[(number + 1) % 2].send(get("/api/authorizer").bearer(&token)).status, 200);
            assert_eq!(text(reply, "refresh_token"), text(&replies[0], "refresh_token"), "they go on with one token");
        }
        refresh = text(&replies[0], "refresh_token");
    }
}

case!(OwnHost, hosts_count_posts_together);
fn hosts_count_posts_together() {
    let state = tempfile::tempdir().unwrap();
    let start = || Setup::app().state(state.path()).variable("posts_per_minute", "20").start();
    let apps = [start(), start()];
    let alice = actors::alice(&apps[0]);
    let statuses: Vec<u16> = thread::scope(|scope| {
        let post = |number: usize| apps[number % 2].send(alice.posting(&format!("post {number}"))).status;
        let threads: Vec<_> = (0..30).map(|number| scope.spawn(move || post(number))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let posted = statuses.iter().filter(|status| **status == 201).count();
    assert_eq!(posted, 20, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 201 | 429)), "{statuses:?}");
}

case!(OwnHost, an_account_that_is_deleted_on_one_host_is_gone_on_the_other);
fn an_account_that_is_deleted_on_one_host_is_gone_on_the_other() {
    let state = tempfile::tempdir().unwrap();
    let [one, other] = hosts::<2>(state.path());
    let alice = actors::alice(&one);
    alice.post(&other, "I was here.");
    let deleting = post("/api/account/delete", &json!({"password": alice.password}).to_string());
    one.send(deleting.bearer(&alice.token)).is_empty(204);
    other.send(alice.posting("too late")).is_problem(401, "invalid_token");
    log_in(&other, &alice.username, &alice.password).is_problem(401, "invalid_credentials");
    assert!(!other.get("/api/messages").text().contains("alice"));
}

/// Two hosts on one store, whose operator has named ruth.
fn looked_after(state: &Path) -> ([Host; 2], Actor) {
    let mut app = Setup::app().state(state).start();
    let ruth = actors::actor(&app, "ruth", "a bridge of 9 arches", "Ruth");
    app.stop();
    let start = || Setup::app().state(state).variable("admins", "ruth").variable("signups", "invited").start();
    ([start(), start()], ruth)
}

case!(OwnHost, of_16_sign_ups_with_one_invitation_on_two_hosts_one_is_done);
fn of_16_sign_ups_with_one_invitation_on_two_hosts_one_is_done() {
    let state = tempfile::tempdir().unwrap();
    let (apps, ruth) = looked_after(state.path());
    for round in 0..5 {
        let made = apps[0].send(ask("POST", "/api/admin/invitations").bearer(&ruth.token)).json();
        let barrier = Barrier::new(16);
        let statuses: Vec<u16> = thread::scope(|scope| {
            let sign_up = |number: usize| {
                let person = json!({
                    "username": format!("guest-{round}-{number}"), "password": "a good one 4U", "name": "Guest",
                    "invitation": made["invitation"],
                });
                barrier.wait();
                let reply = apps[number % 2].send(post("/api/signup", &person.to_string()));
                if reply.status != 201 {
                    reply.is_problem(403, "invitation_invalid");
                }
                reply.status
            };
            let threads: Vec<_> = (0..16).map(|number| scope.spawn(move || sign_up(number))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "round {round}: {statuses:?}");
    }
}

case!(OwnHost, two_admins_at_once_on_two_hosts_lose_no_decision);
fn two_admins_at_once_on_two_hosts_lose_no_decision() {
    let state = tempfile::tempdir().unwrap();
    let mut app = Setup::app().state(state.path()).start();
    let bob = actors::actor(&app, "bob", "a bridge of 9 arches", "Bob");
    app.stop();
    let (apps, ruth) = looked_after(state.path());
    let decide = |app: &Host, path: &str, body: &Value| {
        let ask = ask("PUT", path).header("content-type", "application/json").body(&body.to_string());
        app.send(ask.bearer(&ruth.token)).is_empty(204);
    };
    for (round, role) in ["moderator", "member"].into_iter().cycle().take(10).enumerate() {
        let reason = format!("Round {round}.");
        let barrier = Barrier::new(2);
        thread::scope(|scope| {
            scope.spawn(|| {
                barrier.wait();
                decide(&apps[0], "/api/admin/accounts/bob/role", &json!({ "role": role }));
            });
            barrier.wait();
            decide(&apps[1], "/api/moderation/accounts/bob/suspension", &json!({ "reason": reason }));
        });
        let account = apps[round % 2].send(get("/api/account").bearer(&bob.token)).json();
        assert_eq!([&account["role"], &account["suspension"]["reason"]], [role, &*reason], "round {round}");
    }
}
