//! The limits with their default values: delays after wrong passwords, sign-ups per address, posts per account.

mod addresses;
mod bounds;
mod crowds;
mod delays;
mod devices;
mod failures;
mod proxies;
mod quotas;
mod together;

use bytes::Bytes;
use http::Request;

use crate::world::{Answer, Data, PASSWORD, World, anon};

const WRONG: &str = "not the password";
const HOME: &str = "192.0.2.7:4711";
const MINUTE: u64 = 60_000;

/// A world in which the limits are on.
fn world() -> World {
    over(&Data::default())
}

fn over(data: &Data) -> World {
    let world = World::over(data.clone());
    world.use_limits();
    world
}

/// A login from an address that the host reports.
fn login_from(address: &str, username: &str, password: &str) -> Request<Bytes> {
    let mut request = login(username, password);
    request.headers_mut().append("spin-client-addr", address.parse().unwrap());
    request
}

/// A login on a host that does not report the client's address.
fn login(username: &str, password: &str) -> Request<Bytes> {
    anon("POST", "/api/login", &serde_json::json!({"username": username, "password": password}).to_string())
}

/// The status, and the number of seconds to wait.
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
