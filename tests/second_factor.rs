//! The second factor, and what to do when it or the password is lost: /api/account/totp, /api/account/recovery-codes,
//! /api/login/code and /api/recovery.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac_sha1_compact::HMAC;
use serde_json::{Value, json};

use crate::harness::actors::{self, Actor, log_in};
use crate::harness::app::App;
use crate::harness::client::{Client, get, post};
use crate::harness::forge::part;
use crate::harness::host::Setup;
use crate::harness::reply::Reply;

const NEW: &str = "another good one 8";
const WRONG: &str = "0000-0000-0000-0000";

/// An authenticator app. Its clock is the one of the machine.
struct Authenticator(Vec<u8>);

impl Authenticator {
    /// Reads a key in base 32 (RFC 4648, section 6).
    fn new(key: &str) -> Self {
        let digit = |c: u8| if c.is_ascii_digit() { c - b'2' + 26 } else { c - b'A' };
        let bits = |eight: &[u8]| eight.iter().fold(0_u64, |bits, c| bits << 5 | u64::from(digit(*c)));
        Self(key.as_bytes().chunks(8).flat_map(|eight| bits(eight).to_be_bytes()[3..].to_vec()).collect())
    }

    /// The code of RFC 6238 that is shown this many half minutes from now.
    fn code(&self, later: i64) -> String {
        let step = (now().as_secs() / 30).saturating_add_signed(later);
        let mac = HMAC::mac(&step.to_be_bytes(), &self.0);
        let at = usize::from(mac[19] & 0xf);
        let number = u32::from_be_bytes(mac[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }
}

fn sending(actor: &Actor, app: &Client, path: &str, body: &Value) -> Reply {
    app.send(post(path, &body.to_string()).bearer(&actor.token))
}

/// Turns the second factor on by the code of before, and makes recovery codes by the code of now: earlier ones are void. The next
/// good code is the next one.
fn enrol(app: &Client, actor: &Actor) -> (Authenticator, Vec<String>) {
    // A half minute that ends between two requests would make the first code too old.
    let left = 30 - now().as_secs() % 30;
    if left < 10 {
        thread::sleep(Duration::from_secs(left));
    }
    let begun = sending(actor, app, "/api/account/totp", &json!({"password": actor.password})).json();
    let authenticator = Authenticator::new(begun["key"].as_str().unwrap());
    let body = json!({"ticket": begun["ticket"], "code": authenticator.code(-1)});
    sending(actor, app, "/api/account/totp/confirm", &body).is_empty(204);
    let codes = codes_for(app, actor, &json!({"password": actor.password, "code": authenticator.code(0)}));
    (authenticator, codes)
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap()
}

fn recovery_codes(app: &Client, actor: &Actor) -> Vec<String> {
    codes_for(app, actor, &json!({"password": actor.password}))
}

fn codes_for(app: &Client, actor: &Actor, body: &Value) -> Vec<String> {
    let made = sending(actor, app, "/api/account/recovery-codes", body);
    assert_eq!(made.status, 200, "{}", made.said());
    made.json()["codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect()
}

fn ticket(app: &Client, actor: &Actor) -> String {
    let reply = log_in(app, &actor.username, &actor.password);
    assert_eq!(reply.status, 202, "{}", reply.said());
    reply.json()["ticket"].as_str().unwrap().to_owned()
}

fn give(app: &Client, ticket: &str, code: &str) -> Reply {
    app.send(post("/api/login/code", &json!({"ticket": ticket, "code": code}).to_string()))
}

fn recover(app: &Client, username: &str, code: &str) -> Reply {
    let body = json!({"username": username, "code": code, "new_password": NEW});
    app.send(post("/api/recovery", &body.to_string()))
}

case!(AnyHost, it_is_set_up_asked_for_and_turned_off);
fn it_is_set_up_asked_for_and_turned_off() {
    let app = App::any();
    let alice = actors::alice(&app);
    let (authenticator, codes) = enrol(&app, &alice);
    let account = app.send(get("/api/account").bearer(&alice.token)).json();
    assert_eq!([&account["second_factor"], &account["recovery_codes_left"]], [&json!(true), &json!(10)]);

    let first = ticket(&app, &alice);
    give(&app, &first, &authenticator.code(5)).is_problem(401, "invalid_code");
    // An app whose clock is half a minute ahead.
    let next = authenticator.code(1);
    let reply = give(&app, &first, &next);
    assert_eq!(reply.status, 200, "{}", reply.said());
    assert_eq!(reply.headers.iter().filter(|(name, _)| name == "set-cookie").count(), 2);
    let token = reply.json()["token"].as_str().unwrap().to_owned();
    let claims = part(&token, 1);
    assert_eq!(claims["amr"], json!(["pwd", "otp", "mfa"]));
    assert!(claims["auth_time"].as_u64() <= claims["iat"].as_u64(), "{claims}");
    app.send(get("/api/sessions").bearer(&token)).json();

    give(&app, &ticket(&app, &alice), &next).is_problem(401, "invalid_code");
    assert_eq!(give(&app, &ticket(&app, &alice), &codes[0].to_uppercase()).status, 200);
    give(&app, &ticket(&app, &alice), &codes[0]).is_problem(401, "invalid_code");

    let remove = |code: &str| {
        sending(&alice, &app, "/api/account/totp/remove", &json!({"password": alice.password, "code": code}))
    };
    remove(WRONG).is_problem(422, "validation_failed");
    remove(&codes[1]).is_empty(204);
    assert_eq!(log_in(&app, &alice.username, &alice.password).status, 200);
}

case!(AnyHost, a_forgotten_password_is_set_by_a_recovery_code);
fn a_forgotten_password_is_set_by_a_recovery_code() {
    let app = App::any();
    let alice = actors::alice(&app);
    let codes = recovery_codes(&app, &alice);
    recover(&app, &alice.username, WRONG).is_problem(401, "invalid_code");
    recover(&app, "nobody-at-all", &codes[0]).is_problem(401, "invalid_code");
    recover(&app, &alice.username, &codes[0]).is_empty(204);
    recover(&app, &alice.username, &codes[0]).is_problem(401, "invalid_code");
    app.send(get("/api/account").bearer(&alice.token)).is_problem(401, "invalid_token");
    log_in(&app, &alice.username, &alice.password).is_problem(401, "invalid_credentials");
    let told = log_in(&app, &alice.username, NEW);
    assert!(told.json()["password_was_reset_at"].as_str().unwrap().ends_with('Z'), "{}", told.said());
    assert!(log_in(&app, &alice.username, NEW).json().get("password_was_reset_at").is_none());
}

case!(AnyHost, after_five_wrong_codes_the_right_one_has_to_wait);
fn after_five_wrong_codes_the_right_one_has_to_wait() {
    let app = App::any();
    let alice = actors::alice(&app);
    let (_, codes) = enrol(&app, &alice);
    for _ in 0..5 {
        give(&app, &ticket(&app, &alice), WRONG).is_problem(401, "invalid_code");
    }
    let refused = give(&app, &ticket(&app, &alice), &codes[0]);
    refused.is_problem(429, "too_many_requests");
    assert_eq!(refused.header("retry-after"), "1");
    thread::sleep(Duration::from_secs(1));
    assert_eq!(give(&app, &ticket(&app, &alice), &codes[0]).status, 200);

    for _ in 0..5 {
        recover(&app, &app.name("somebody"), WRONG).is_problem(401, "invalid_code");
    }
    recover(&app, &app.name("somebody"), WRONG).is_problem(429, "too_many_requests");
}

case!(OwnHost, of_a_code_that_comes_four_times_at_once_one_begins_a_session);
/// Three hosts share the store, and each request has a ticket of its own.
fn of_a_code_that_comes_four_times_at_once_one_begins_a_session() {
    let state = tempfile::tempdir().unwrap();
    let apps: [_; 3] = std::array::from_fn(|_| Setup::app().state(state.path()).start());
    for round in 0..5 {
        let person = actors::actor(&apps[0], &format!("person-{round}"), "correct horse 7", "Person");
        let code = &enrol(&apps[0], &person).1[0];
        let tickets: Vec<_> = (0..4).map(|_| ticket(&apps[0], &person)).collect();
        let barrier = Barrier::new(tickets.len());
        let statuses: Vec<u16> = thread::scope(|scope| {
            let give = |number: usize| {
                barrier.wait();
                give(&apps[number % apps.len()], &tickets[number], code).status
            };
            let threads: Vec<_> = (0..tickets.len()).map(|number| scope.spawn(move || give(number))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "round {round}: {statuses:?}");
    }
}

case!(OwnHost, an_unknown_name_costs_a_reset_the_same);
fn an_unknown_name_costs_a_reset_the_same() {
    let app = Setup::app().start();
    let alice = actors::alice(&app);
    recovery_codes(&app, &alice);
    // The first request that needs the secret of the app makes it.
    recover(&app, "somebody", WRONG);
    let replies = ["alice", "bobby", "", "no name"].map(|name| recover(&app, name, WRONG));
    let costs = replies.each_ref().map(|reply| {
        reply.is_problem(401, "invalid_code");
        let line = app.output().event("authn_password_change_fail", reply.header("x-request-id"));
        ["hash_rounds", "store_reads", "store_writes"].map(|figure| line[figure].as_u64().unwrap())
    });
    assert_eq!(costs, [costs[0]; 4]);
}
