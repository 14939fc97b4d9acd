//! Requests that share an instance, if the build allows it: each answer goes to the client that sent the request.

use std::thread;

use rusqlite::TransactionBehavior;

use crate::harness::Wasi;
use crate::harness::actors::{self, Actor};
use crate::harness::board::all;
use crate::harness::client::{get, post};
use crate::harness::database;
use crate::harness::host::{Host, Setup};
use crate::harness::launcher::Launcher;
use crate::harness::raw::Connection;

const PEOPLE: usize = 16;

case!(OwnHost, an_instance_answers_as_many_requests_as_it_may);
/// The fixture counts the requests that an instance has answered.
fn an_instance_answers_as_many_requests_as_it_may() {
    let app = Setup::fixture().flag("--max-instance-reuse-count", "3").flag("--idle-instance-timeout", "60").start();
    let counts: Vec<String> = (0..7).map(|_| app.get("/count").text()).collect();
    match (Wasi::tested(), Launcher::chosen()) {
        (Wasi::Wasi02, Launcher::Spin) => assert_eq!(counts, ["1"; 7], "one instance for each request"),
        _ => assert_eq!(counts, ["1", "2", "3", "1", "2", "3", "1"]),
    }
}

case!(OwnHost, nothing_is_answered_by_an_instance_that_has_had_a_password);
/// Passwords lie in the memory of an instance for as long as it lives.
fn nothing_is_answered_by_an_instance_that_has_had_a_password() {
    let app = Setup::fixture().flag("--idle-instance-timeout", "60").start();
    let count = |is_password: bool| {
        let ask = if is_password { post("/password/count", "{}") } else { get("/password/count") };
        app.send(ask).text()
    };
    let counts = [false, false, true, false, false].map(count);
    assert_eq!(counts, ["1", "2", "3", "1", "2"]);
}

/// One instance may serve all requests, and requests without a body at the same time, too.
fn app() -> Setup {
    Setup::app()
        .flag("--max-instance-reuse-count", "10000")
        .flag("--max-instance-concurrent-reuse-count", "64")
        .flag("--idle-instance-timeout", "60")
}

fn people(app: &Host) -> Vec<Actor> {
    (0..PEOPLE).map(|n| actors::actor(app, &format!("person-{n}"), "a good one 4U", &format!("Person {n}"))).collect()
}

fn text(person: usize, round: usize) -> String {
    format!("What person {person} says in round {round}, and nobody else.")
}

/// Sends a post without the second half of its body, and returns that half.
fn begin(app: &Host, actor: &Actor, text: &str) -> (Connection, String) {
    let body = format!(r#"{{"text":"{text}"}}"#);
    let (first, rest) = body.split_at(body.len() / 2);
    let head = format!(
        "POST /api/messages HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{first}",
        app.authority(),
        actor.token,
        body.len()
    );
    let mut connection = Connection::open(app);
    assert!(connection.write(head.as_bytes()));
    (connection, rest.to_owned())
}

#[track_caller]
fn assert_posted(connection: &mut Connection, person: usize, text: &str) {
    let reply = connection.reply().unwrap();
    assert_eq!(reply.status, 201, "{}", reply.body);
    let message = serde_json::from_str::<serde_json::Value>(&reply.body).unwrap()["message"].take();
    assert_eq!(message["author"]["username"], format!("person-{person}"), "{message}");
    assert_eq!(message["author"]["name"], format!("Person {person}"), "{message}");
    assert_eq!(message["text"], text, "{message}");
}

case!(OwnHost, posts_of_16_people_that_arrive_in_pieces_are_each_their_own);
fn posts_of_16_people_that_arrive_in_pieces_are_each_their_own() {
    let app = app().start();
    let people = people(&app);
    for round in 0..4 {
        // All requests begin before the first one continues, and they end in another order.
        let mut begun: Vec<_> = (0..PEOPLE).map(|person| begin(&app, &people[person], &text(person, round))).collect();
        for person in (0..PEOPLE).map(|n| (n * 5 + round) % PEOPLE) {
            let (connection, rest) = &mut begun[person];
            assert!(connection.write(rest.as_bytes()));
            assert_posted(connection, person, &text(person, round));
        }
    }
    for person in 0..PEOPLE {
        let said: Vec<_> = (0..4).rev().map(|round| text(person, round)).collect();
        assert_eq!(all(&app, 20, &format!("&author=person-{person}")), said);
    }
}

case!(OwnHost, answers_to_16_people_who_wait_for_the_store_are_each_their_own);
fn answers_to_16_people_who_wait_for_the_store_are_each_their_own() {
    let state = tempfile::tempdir().unwrap();
    let app = app().state(state.path()).start();
    let people = people(&app);
    for round in 0..3 {
        // This transaction stops every write until all requests have begun theirs.
        let mut database = database::open(state.path());
        let held = database.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
        thread::scope(|scope| {
            for (person, actor) in people.iter().enumerate() {
                let app = &app;
                scope.spawn(move || {
                    let (mut connection, rest) = begin(app, actor, &text(person, round));
                    assert!(connection.write(rest.as_bytes()));
                    let policy = app.send(get("/api/authorizer").bearer(&actor.token)).json();
                    assert_eq!(policy["principalId"], format!("person-{person}"), "{policy}");
                    assert_posted(&mut connection, person, &text(person, round));
                });
            }
            app.output().requests((round + 1) * PEOPLE, "GET", "/api/authorizer");
            drop(held);
        });
    }
    assert_eq!(all(&app, 100, "").len(), 3 * PEOPLE);
}

case!(OwnHost, one_who_breaks_off_leaves_nothing_to_the_others);
fn one_who_breaks_off_leaves_nothing_to_the_others() {
    let app = app().start();
    let people = people(&app);
    for round in 0..4 {
        let mut begun: Vec<_> = (0..PEOPLE).map(|person| begin(&app, &people[person], &text(person, round))).collect();
        for (person, (mut connection, rest)) in begun.drain(..).enumerate() {
            if person % 2 == 0 {
                drop(connection);
                continue;
            }
            assert!(connection.write(rest.as_bytes()));
            assert_posted(&mut connection, person, &text(person, round));
        }
    }
    assert_eq!(all(&app, 100, "").len(), 4 * PEOPLE / 2, "what was broken off is not there");
}
