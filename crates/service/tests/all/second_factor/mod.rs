//! The second factor, recovery codes, and passwords that are set without the one before.

mod crashes;
mod login;
mod races;
mod recovery;
mod set_up;

use hmac_sha1_compact::HMAC;
use serde_json::{Value, json};

use crate::world::{Answer, PASSWORD, World, bearer};

const STEP_MILLIS: u64 = 30_000;
const NEW: &str = "a quite different secret";

/// The code that an app with this key shows now, by RFC 6238.
pub(crate) fn code(world: &World, key: &str) -> String {
    code_of(world.data.now_millis() / STEP_MILLIS, key)
}

fn code_of(step: u64, key: &str) -> String {
    let digit = |c: u8| if c.is_ascii_digit() { c - b'2' + 26 } else { c - b'A' };
    let bits = |five: &[u8]| five.iter().fold(0_u64, |bits, c| bits << 5 | u64::from(digit(*c)));
    let key: Vec<u8> = key.as_bytes().chunks(8).flat_map(|eight| bits(eight).to_be_bytes()[3..].to_vec()).collect();
    let mac = HMAC::mac(&step.to_be_bytes(), &key);
    let at = usize::from(mac[19] & 0xf);
    let number = u32::from_be_bytes(mac[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// The next code, which was not used yet.
fn next_code(world: &World, key: &str) -> String {
    world.advance_millis(STEP_MILLIS);
    code(world, key)
}

/// A code that is not right now, nor a step before or after.
fn wrong_code(world: &World, key: &str) -> String {
    let right: u32 = code(world, key).parse().unwrap();
    format!("{:06}", (right + 271_828) % 1_000_000)
}

fn post_as(world: &World, token: &str, path: &str, body: &Value) -> Answer {
    world.send(bearer(token, "POST", path, &body.to_string()))
}

/// Asks for a key, with the ticket that confirms it.
pub(crate) fn begin(world: &World, token: &str) -> (String, String) {
    let answer = post_as(world, token, "/api/account/totp", &json!({"password": PASSWORD}));
    assert_eq!(answer.status(), 200, "{}", answer.said());
    let json = answer.json();
    let text = |member: &str| json[member].as_str().unwrap().to_owned();
    (text("key"), text("ticket"))
}

fn confirm(world: &World, token: &str, ticket: &str, code: &str) -> Answer {
    post_as(world, token, "/api/account/totp/confirm", &json!({"ticket": ticket, "code": code}))
}

/// Turns the second factor of an account on, and returns the key.
pub(crate) fn enrol(world: &World, token: &str) -> String {
    let (key, ticket) = begin(world, token);
    let answer = confirm(world, token, &ticket, &code(world, &key));
    assert_eq!((answer.status(), answer.text()), (204, ""), "{}", answer.said());
    key
}

/// The same, with recovery codes. The code that the app shows now is used up then, as after [`enrol`].
pub(crate) fn enrol_with_codes(world: &World, token: &str) -> (String, Vec<String>) {
    let (key, ticket) = begin(world, token);
    let before = code_of(world.data.now_millis() / STEP_MILLIS - 1, &key);
    assert_eq!(confirm(world, token, &ticket, &before).status(), 204);
    let codes = codes_for(world, token, &json!({"password": PASSWORD, "code": code(world, &key)}));
    (key, codes)
}

/// A user with a second factor: the token and the key.
fn join_with_factor(world: &World, username: &str) -> (String, String) {
    let token = world.join(username);
    let key = enrol(world, &token);
    (token, key)
}

/// The first step of a login.
fn ticket(world: &World, username: &str) -> String {
    let answer = world.log_in(username);
    assert_eq!(answer.status(), 202, "{}", answer.said());
    answer.json()["ticket"].as_str().unwrap().to_owned()
}

/// The second step.
fn give(world: &World, ticket: &str, code: &str) -> Answer {
    world.post("/api/login/code", &json!({"ticket": ticket, "code": code, "refresh_token_in": "body"}).to_string())
}

pub(crate) fn make_codes(world: &World, token: &str) -> Vec<String> {
    codes_for(world, token, &json!({"password": PASSWORD}))
}

fn codes_for(world: &World, token: &str, body: &Value) -> Vec<String> {
    let answer = post_as(world, token, "/api/account/recovery-codes", body);
    assert_eq!(answer.status(), 200, "{}", answer.said());
    answer.json()["codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect()
}

fn recover(world: &World, username: &str, code: &str, password: &str) -> Answer {
    let body = json!({"username": username, "code": code, "new_password": password});
    world.post("/api/recovery", &body.to_string())
}

/// Whether there is a second factor, and how many recovery codes are left.
fn shown(world: &World, token: &str) -> (bool, u64) {
    let account = world.send(bearer(token, "GET", "/api/account", "")).json();
    (account["second_factor"].as_bool().unwrap(), account["recovery_codes_left"].as_u64().unwrap())
}

fn record(world: &World, username: &str) -> Value {
    serde_json::from_slice(&world.data.get(&format!("latchkey:user:{username}")).unwrap()).unwrap()
}

/// An instance of the release before would read the record without the second factor, and let everybody in who has the password.
#[test]
fn a_release_that_knows_no_second_factor_does_not_read_the_account() {
    let world = World::new();
    let token = world.join("alice");
    let version =
        || serde_json::from_slice::<Value>(&world.data.get("latchkey:user:alice").unwrap()).unwrap()["v"].clone();
    assert_eq!(version(), 2);
    enrol(&world, &token);
    assert_eq!(version(), 3);
    world.set("pbkdf2_iterations", "3");
    let ticket = world.post("/api/login", &format!(r#"{{"username":"alice","password":"{PASSWORD}"}}"#));
    assert_eq!((ticket.status(), version()), (202, 3.into()), "a new hash keeps it");
}
