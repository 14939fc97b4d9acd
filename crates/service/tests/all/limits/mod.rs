//! The limits with their defaults: delays of those who guess passwords, sign-ups of an address, posts of an account.

mod addresses;
mod bounds;
mod delays;
mod devices;
mod failures;
mod quotas;
mod together;

use bytes::Bytes;
use http::Request;

use crate::world::{Answer, Data, PASSWORD, World, anon};

const WRONG: &str = "not the password";
const HOME: &str = "192.0.2.7:4711";
const MINUTE: u64 = 60_000;

/// A world with limits.
fn world() -> World {
    over(&Data::default())
}

fn over(data: &Data) -> World {
    let world = World::over(data.clone());
    world.use_limits();
    world
}

/// A login from an address, by the host's word.
fn login_from(address: &str, username: &str, password: &str) -> Request<Bytes> {
    let mut request = login(username, password);
    request.headers_mut().append("spin-client-addr", address.parse().unwrap());
    request
}

/// A login on a host that does not say where it comes from.
fn login(username: &str, password: &str) -> Request<Bytes> {
    anon("POST", "/api/login", &serde_json::json!({"username": username, "password": password}).to_string())
}

/// The status and how many seconds to wait.
fn verdict(answer: &Answer) -> (u16, Option<u64>) {
    let wait = answer.header("retry-after").map(|seconds| seconds.parse().unwrap());
    assert_eq!(answer.status() == 429, answer.code() == "too_many_requests", "{}", answer.said());
    (answer.status(), wait)
}

fn guess(world: &World, username: &str) -> (u16, Option<u64>) {
    verdict(&world.send(login(username, WRONG)))
}

fn guess_from(world: &World, address: &str, username: &str) -> (u16, Option<u64>) {
    verdict(&world.send(login_from(address, username, WRONG)))
}

const FAILED: (u16, Option<u64>) = (401, None);
