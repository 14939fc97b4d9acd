//! Two requests at the same moment: of the same code, of two codes, and beside a deletion.

use bytes::Bytes;
use futures::executor::block_on;
use futures::future::join;
use http::Request;

use super::*;
use crate::world::{anon, yield_once};

/// Sends two requests, of which the second begins later.
fn both(world: &World, lead: u32, first: Request<Bytes>, second: Request<Bytes>) -> [Answer; 2] {
    let later = async {
        for _ in 0..lead {
            yield_once().await;
        }
        world.send_async(second).await
    };
    let (first, second) = block_on(join(world.send_async(first), later));
    [first, second]
}

fn giving(ticket: &str, code: &str) -> Request<Bytes> {
    let body = json!({"ticket": ticket, "code": code, "refresh_token_in": "body"});
    anon("POST", "/api/login/code", &body.to_string())
}

fn recovering(code: &str, password: &str) -> Request<Bytes> {
    let body = json!({"username": "alice", "code": code, "new_password": password});
    anon("POST", "/api/recovery", &body.to_string())
}

fn sessions(world: &World) -> usize {
    let keys = world.data.keys();
    keys.iter().filter(|key| key.starts_with("latchkey:session:") && !key.ends_with(":use")).count()
}

#[test]
fn a_code_that_is_sent_twice_at_once_begins_one_session() {
    for lead in 0..40 {
        for is_recovery_code in [false, true] {
            let world = World::new();
            let token = world.join("alice");
            let (key, codes) = enrol_with_codes(&world, &token);
            let code = if is_recovery_code { codes[0].clone() } else { next_code(&world, &key) };
            let (one, other) = (ticket(&world, "alice"), ticket(&world, "alice"));
            let answers = both(&world, lead, giving(&one, &code), giving(&other, &code));
            let mut statuses = answers.each_ref().map(Answer::status);
            statuses.sort_unstable();
            assert_eq!((statuses, sessions(&world)), ([200, 401], 2), "{lead}: {answers:?}");
        }
    }
}

/// A ticket takes the attempt back that it belongs to, so it must not do that twice.
#[test]
fn a_ticket_that_is_sent_twice_at_once_with_two_codes_begins_one_session() {
    for lead in 0..40 {
        let world = World::new();
        let token = world.join("alice");
        let (_, codes) = enrol_with_codes(&world, &token);
        let ticket = ticket(&world, "alice");
        let answers = both(&world, lead, giving(&ticket, &codes[0]), giving(&ticket, &codes[1]));
        let mut statuses = answers.each_ref().map(Answer::status);
        statuses.sort_unstable();
        assert_eq!((statuses, sessions(&world)), ([200, 401], 2), "{lead}: {answers:?}");
        assert_eq!(shown(&world, &token).1, 9, "{lead}: the other code is not used up");
    }
}

#[test]
fn a_code_that_is_sent_to_two_doors_at_once_opens_one() {
    for lead in 0..40 {
        let world = World::new();
        let token = world.join("alice");
        let (_, codes) = enrol_with_codes(&world, &token);
        let ticket = ticket(&world, "alice");
        let answers = both(&world, lead, giving(&ticket, &codes[0]), recovering(&codes[0], NEW));
        let [login, reset] = answers.each_ref().map(Answer::status);
        assert!([(200, 401), (401, 204)].contains(&(login, reset)), "{lead}: {answers:?}");
        let is_new = world.post("/api/login", &json!({"username": "alice", "password": NEW}).to_string()).status();
        assert_eq!(is_new, if reset == 204 { 202 } else { 401 }, "{lead}");
    }
}

#[test]
fn of_two_resets_at_once_one_wins_and_the_other_does_nothing() {
    for lead in 0..40 {
        for other in [0, 1] {
            let world = World::new();
            let token = world.join("alice");
            let codes = make_codes(&world, &token);
            let thief = "the secret of a thief";
            let answers = both(&world, lead, recovering(&codes[0], NEW), recovering(&codes[other], thief));
            let statuses = answers.each_ref().map(Answer::status);
            assert!([[204, 401], [401, 204], [204, 204]].contains(&statuses), "{lead}: {answers:?}");
            // Two codes may both count if one is sent when the other reset is done.
            assert!(statuses != [204, 204] || other == 1, "{lead}");
            let is =
                |password| world.post("/api/login", &json!({"username": "alice", "password": password}).to_string());
            let [mine, theirs] = [NEW, thief].map(|password| is(password).status() == 200);
            assert_eq!(theirs, statuses[1] == 204, "{lead}");
            assert!(mine != theirs && world.accepts(&token) == 401, "{lead}");
        }
    }
}

#[test]
fn no_factor_comes_to_an_account_that_is_deleted_meanwhile() {
    let mut confirmed = 0;
    for lead in 0..60 {
        let world = World::new();
        let token = world.join("alice");
        let (key, ticket) = begin(&world, &token);
        let body = json!({"ticket": ticket, "code": code(&world, &key)});
        let confirm = bearer(&token, "POST", "/api/account/totp/confirm", &body.to_string());
        let delete = json!({"password": PASSWORD}).to_string();
        let delete = bearer(&token, "POST", "/api/account/delete", &delete);
        let [deleted, answer] = both(&world, lead, delete, confirm);
        assert_eq!(deleted.status(), 204, "{lead}: {}", deleted.said());
        assert!([204, 401, 409].contains(&answer.status()), "{lead}: {}", answer.said());
        confirmed += u32::from(answer.status() == 204);
        let left = record(&world, "alice");
        assert!(left.get("totp").is_none() && left.get("deleted_at_ms").is_some(), "{lead}: {left}");
    }
    assert!(confirmed < 60);
}

#[test]
fn of_two_set_ups_at_once_one_wins() {
    for lead in 0..40 {
        let world = World::new();
        let token = world.join("alice");
        let keys = [begin(&world, &token), begin(&world, &token)];
        let confirming = keys.each_ref().map(|(key, ticket)| {
            let body = json!({"ticket": ticket, "code": code(&world, key)});
            bearer(&token, "POST", "/api/account/totp/confirm", &body.to_string())
        });
        let [first, second] = confirming;
        let statuses = both(&world, lead, first, second).map(|answer| answer.status());
        assert!([[204, 409], [409, 204]].contains(&statuses), "{lead}: {statuses:?}");
        let won = &keys[usize::from(statuses[0] == 409)].0;
        assert!(record(&world, "alice")["totp"].as_str().unwrap().starts_with(won), "{lead}");
    }
}
