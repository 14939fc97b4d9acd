//! Neither the answer to a failed login nor its cost shows whether a username exists.

use serde_json::Value;

use crate::harness::actors::{self, log_in};
use crate::harness::host::{Host, Setup};
use crate::harness::reply::Reply;

const STORE: [&str; 2] = ["store_reads", "store_writes"];

/// Failed logins for alice, who exists, for a user who does not exist, and for names that no user can have.
fn failed_logins(app: &Host) -> Vec<Reply> {
    let long = "a".repeat(1000);
    let usernames = ["alice", "bobby", "", "no name", &long];
    usernames.iter().map(|username| log_in(app, username, "wrong horse 7")).collect()
}

case!(OwnHost, an_unknown_user_gets_the_same_answer);
fn an_unknown_user_gets_the_same_answer() {
    let app = Setup::app().start();
    actors::alice(&app);
    let replies = failed_logins(&app);
    replies[0].is_problem(401, "invalid_credentials");
    // The names of all headers, in their order, and the values of those that do not vary from answer to answer.
    let essence = |reply: &Reply| {
        let value = |(name, value): &(String, String)| match name.as_str() {
            "date" | "x-request-id" => (name.clone(), String::new()),
            _ => (name.clone(), value.clone()),
        };
        (reply.status, reply.headers.iter().map(value).collect::<Vec<_>>(), reply.text())
    };
    for reply in &replies[1..] {
        assert_eq!(essence(reply), essence(&replies[0]), "{}", reply.said());
    }
}

#[track_caller]
fn numbers(line: &Value, names: &[&str]) -> Vec<u64> {
    names.iter().map(|name| line[name].as_u64().unwrap_or_else(|| panic!("no number {name} in {line}"))).collect()
}

/// Expects that all failed logins cost the same by these figures. `before` is the number of logins that the host has already
/// answered.
#[track_caller]
fn cost_the_same(app: &Host, before: usize, figures: &[&str]) {
    let replies = failed_logins(app);
    let costs: Vec<_> = replies
        .iter()
        .map(|reply| app.output().event("authn_login_fail", reply.header("x-request-id")))
        .map(|line| numbers(&line, &[figures, &STORE].concat()))
        .collect();
    assert_eq!(costs, vec![costs[0].clone(); replies.len()]);

    // The host counts these figures itself, so they do not depend on what the component reports.
    let requests = app.output().requests(before + replies.len(), "POST", "/api/login");
    for line in &requests[before..] {
        assert_eq!(numbers(line, &STORE), costs[0][figures.len()..], "{line}");
    }
}

case!(OwnHost, an_unknown_user_costs_the_same);
fn an_unknown_user_costs_the_same() {
    let app = Setup::app().start();
    actors::alice(&app);
    cost_the_same(&app, 1, &["hash_rounds", "hash_pauses"]);
}

case!(OwnHost, a_user_with_an_older_hash_costs_the_same);
/// The number of rounds was raised after alice signed up, and alice has not logged in since.
fn a_user_with_an_older_hash_costs_the_same() {
    let state = tempfile::tempdir().unwrap();
    let mut app = Setup::app().state(state.path()).start();
    actors::alice(&app);
    app.stop();
    let app = Setup::app().state(state.path()).variable("pbkdf2_iterations", "30000").start();
    // The check of the old hash and the extra rounds that make up the difference are two computations, with one more pause
    // between them. So `hash_pauses` is not compared.
    cost_the_same(&app, 0, &["hash_rounds"]);
}
