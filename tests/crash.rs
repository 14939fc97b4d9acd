//! `kill -9` while requests are in progress: everything that was acknowledged is still there afterwards.

use std::path::Path;
use std::sync::Mutex;
use std::thread;

use serde_json::json;

use crate::harness::actors::{self, Actor, log_in, logging_in, sign_up, signing_up};
use crate::harness::board::all;
use crate::harness::client::{Client, ask, get, post};
use crate::harness::host::{Host, Setup};
use crate::harness::reply::Reply;
use crate::harness::wait_or_give_up;

fn host(state: &Path) -> Host {
    Setup::app().state(state).start()
}

/// Lets workers run until `enough` operations are acknowledged, kills the host, and returns what was acknowledged. A worker
/// returns whether the host still answers.
fn kill_amid<T: Send>(
    app: &mut Host,
    enough: usize,
    work: impl Fn(&Host, usize, usize, &Mutex<Vec<T>>) -> bool + Sync,
) -> Vec<T> {
    end_amid(app, Host::kill, enough, work)
}

/// The same, with another way to end the host.
fn end_amid<T: Send>(
    app: &mut Host,
    end: impl Fn(&Host),
    enough: usize,
    work: impl Fn(&Host, usize, usize, &Mutex<Vec<T>>) -> bool + Sync,
) -> Vec<T> {
    let acknowledged = Mutex::new(Vec::new());
    let reached = thread::scope(|scope| {
        for worker in 0..8 {
            let (app, work, acknowledged) = (&*app, &work, &acknowledged);
            scope.spawn(move || (0..).take_while(|&turn| work(app, worker, turn, acknowledged)).count());
        }
        let reached = wait_or_give_up(|| (acknowledged.lock().unwrap().len() >= enough).then_some(()));
        // The host is killed even if the wait failed, because the workers run until it is gone.
        end(app);
        reached
    });
    app.wait_for_end();
    assert!(reached.is_some(), "{} of {enough} were acknowledged", acknowledged.lock().unwrap().len());
    acknowledged.into_inner().unwrap()
}

case!(OwnHost, an_acknowledged_message_survives_a_kill);
fn an_acknowledged_message_survives_a_kill() {
    let state = tempfile::tempdir().unwrap();
    let mut app = host(state.path());
    let alice = actors::alice(&app);
    let mut expected = Vec::new();
    for round in 0..4 {
        let acknowledged = kill_amid(&mut app, 50, |app, worker, turn, acknowledged| {
            let text = format!("round {round}, worker {worker}, turn {turn}");
            let Ok(reply) = app.try_send(alice.posting(&text)) else { return false };
            assert_eq!(reply.status, 201, "{}", reply.said());
            acknowledged.lock().unwrap().push(text);
            true
        });
        expected.extend(acknowledged);
        app = host(state.path());
        let mut found = all(&app, 100, "");
        let mut by_alice = all(&app, 100, "&author=alice");
        let count = found.len();
        found.sort();
        found.dedup();
        assert_eq!(found.len(), count, "no message is there twice");
        by_alice.sort();
        for text in &expected {
            assert!(found.contains(text), "{text} was acknowledged and is lost");
            assert!(by_alice.contains(text), "{text} is not in the list of its author");
        }
        alice.post(&app, &format!("after kill {round}"));
        assert_eq!(all(&app, 1, "").first(), Some(&format!("after kill {round}")));
    }
}

case!(OwnHost, what_a_killed_host_acknowledged_is_there_on_the_other);
/// A second host goes on with the same store. It does not notice.
fn what_a_killed_host_acknowledged_is_there_on_the_other() {
    let state = tempfile::tempdir().unwrap();
    let other = host(state.path());
    let alice = actors::alice(&other);
    let mut expected = Vec::new();
    for round in 0..2 {
        let mut app = host(state.path());
        expected.extend(kill_amid(&mut app, 50, |app, worker, turn, acknowledged| {
            let text = format!("round {round}, worker {worker}, turn {turn}");
            // Every second one is sent to the other host, which answers all the time.
            let app: &Client = if turn % 2 == 0 { app } else { &other };
            let Ok(reply) = app.try_send(alice.posting(&text)) else { return false };
            assert_eq!(reply.status, 201, "{}", reply.said());
            acknowledged.lock().unwrap().push(text);
            true
        }));
        let found = all(&other, 100, "");
        for text in &expected {
            assert_eq!(found.iter().filter(|found| *found == text).count(), 1, "{text} was acknowledged");
        }
        alice.post(&other, &format!("after kill {round}"));
    }
}

case!(OwnHost, sigterm_answers_what_it_has_done);
/// Whoever got no answer has not posted: a request that has arrived is answered before the end.
fn sigterm_answers_what_it_has_done() {
    let state = tempfile::tempdir().unwrap();
    let mut app = host(state.path());
    let alice = actors::alice(&app);
    let mut expected = Vec::new();
    for round in 0..4 {
        let acknowledged = end_amid(&mut app, Host::ask_to_end, 50, |app, worker, turn, acknowledged| {
            let text = format!("round {round}, worker {worker}, turn {turn}");
            let Ok(reply) = app.try_send(alice.posting(&text)) else { return false };
            assert_eq!(reply.status, 201, "{}", reply.said());
            acknowledged.lock().unwrap().push(text);
            true
        });
        expected.extend(acknowledged);
        expected.sort();
        app = host(state.path());
        let mut found = all(&app, 100, "");
        found.sort();
        assert_eq!(found, expected);
    }
}

case!(OwnHost, an_acknowledged_sign_up_survives_a_kill);
fn an_acknowledged_sign_up_survives_a_kill() {
    let state = tempfile::tempdir().unwrap();
    let password = "correct horse 7";
    for round in 0..4 {
        let mut app = host(state.path());
        let tried = Mutex::new(Vec::new());
        let acknowledged = kill_amid(&mut app, 50, |app, worker, turn, acknowledged| {
            let name = format!("user-{round}-{worker}-{turn}");
            tried.lock().unwrap().push(name.clone());
            let Ok(reply) = app.try_send(signing_up(&name, password, "Somebody")) else { return false };
            assert_eq!(reply.status, 201, "{}", reply.said());
            acknowledged.lock().unwrap().push(name);
            true
        });
        app = host(state.path());
        for name in tried.into_inner().unwrap() {
            let login = log_in(&app, &name, password).status;
            if acknowledged.contains(&name) {
                assert_eq!(login, 200, "{name} was acknowledged");
            } else if login != 200 {
                // The sign-up of this name died before its end. The name may stay blocked for up to two minutes.
                assert_eq!(login, 401, "{name}");
                let again = sign_up(&app, &name, password, "Somebody");
                assert!(matches!(again.status, 201 | 409), "{name}: {}", again.said());
            }
        }
        actors::actor(&app, &format!("after-{round}"), password, "Somebody else");
    }
}

const PASSWORDS: [&str; 2] = ["correct horse 7", "another good one 8"];

/// Logs in as a client that is not a browser. Returns the token and the refresh token, or `None` when the host is gone.
fn begin(app: &Client, alice: &Actor) -> Option<(String, String)> {
    let body = json!({"username": alice.username, "password": alice.password, "refresh_token_in": "body"});
    tokens(&app.try_send(post("/api/login", &body.to_string())).ok()?)
}

fn tokens(reply: &Reply) -> Option<(String, String)> {
    assert_eq!(reply.status, 200, "{}", reply.said());
    let json = reply.json();
    Some((json["token"].as_str()?.to_owned(), json["refresh_token"].as_str()?.to_owned()))
}

/// Login, refresh, post, deletion of the post, change of the password and logout, in this order. Returns `None` once the
/// host is gone.
fn live(app: &Client, alice: &mut Actor, changing: &Mutex<Vec<String>>) -> Option<()> {
    let (_, refresh) = begin(app, alice)?;
    let refreshing = post("/api/session/refresh", &json!({"refresh_token": refresh}).to_string());
    alice.token = tokens(&app.try_send(refreshing).ok()?)?.0;
    let posted = app.try_send(alice.posting("soon gone")).ok()?;
    assert_eq!(posted.status, 201, "{}", posted.said());
    let path = format!("/api/messages/{}", posted.json()["message"]["id"].as_str()?);
    assert_eq!(app.try_send(ask("DELETE", &path).bearer(&alice.token)).ok()?.status, 204);
    let next = PASSWORDS.into_iter().find(|password| *password != alice.password)?;
    let change = json!({"current_password": alice.password, "new_password": next}).to_string();
    changing.lock().unwrap().push(alice.username.clone());
    let changed = app.try_send(post("/api/account/password", &change).bearer(&alice.token)).ok()?;
    assert_eq!(changed.status, 204, "{}", changed.said());
    changing.lock().unwrap().retain(|username| *username != alice.username);
    next.clone_into(&mut alice.password);
    let left = app.try_send(ask("POST", "/api/logout").bearer(&alice.token)).ok()?;
    assert_eq!(left.status, 204, "{}", left.said());
    Some(())
}

case!(OwnHost, no_flow_is_left_half_done_by_a_kill);
/// The signing key is replaced every two seconds, so that the kill also interrupts rotations.
fn no_flow_is_left_half_done_by_a_kill() {
    let state = tempfile::tempdir().unwrap();
    let start = || Setup::app().state(state.path()).variable("signing_key_lifetime_seconds", "2").start();
    let mut app = start();
    let people = (0..6).map(|person| actors::actor(&app, &format!("person-{person}"), PASSWORDS[0], "Somebody"));
    let mut people: Vec<_> = people.collect();
    for round in 0..4 {
        let (changing, rounds) = (Mutex::new(Vec::new()), Mutex::new(0));
        let reached = thread::scope(|scope| {
            for alice in &mut people {
                let (app, changing, rounds) = (&*app, &changing, &rounds);
                scope.spawn(move || {
                    while live(app, alice, changing).is_some() {
                        *rounds.lock().unwrap() += 1;
                    }
                });
            }
            let reached = wait_or_give_up(|| (*rounds.lock().unwrap() >= 10 + 7 * round).then_some(()));
            app.kill();
            reached
        });
        app.wait_for_end();
        assert!(reached.is_some(), "nothing was under way");
        app = start();
        for alice in &mut people {
            let status = |password: &str| app.send(logging_in(&alice.username, password)).status;
            let works = PASSWORDS.map(|password| status(password) == 200);
            assert_eq!(works.iter().filter(|works| **works).count(), 1, "{} has one password", alice.username);
            let current = PASSWORDS[usize::from(works[1])];
            // The host may have made a change of the password without acknowledging it.
            assert!(current == alice.password || changing.lock().unwrap().contains(&alice.username));
            current.clone_into(&mut alice.password);
            let (token, _) = begin(&app, alice).unwrap();
            assert_eq!(app.send(get("/api/authorizer").bearer(&token)).status, 200, "there is a key that signs");
            app.send(ask("DELETE", "/api/sessions").bearer(&token)).is_empty(204);
            app.send(get("/api/sessions").bearer(&token)).is_problem(401, "invalid_token");
        }
        let left = all(&app, 100, "").len();
        assert!(
            left <= people.len() * (round + 1),
            "{left}: what was not deleted yet when the host was killed, and no more"
        );
    }
}
