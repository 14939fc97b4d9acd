//! The signing keys and the set of public keys.

mod clocks;
mod deaths;
mod issued;
mod keys;
mod old_records;
mod races;
mod rotation;

use domain::{SigningKey, UnverifiedToken};
use serde_json::Value;

use crate::world::{Answer, Data, World};

const SECOND: u64 = 1000;
const HOUR: u64 = 60 * 60 * SECOND;
const DAY: u64 = 24 * HOUR;
/// The default value of `signing_key_lifetime_seconds`, in milliseconds.
const PERIOD: u64 = 30 * DAY;
const LEAD: u64 = HOUR;
const TOKEN_LIFE: u64 = 900 * SECOND;

const KEYS: &str = "latchkey:keys";
const JWKS: &str = "latchkey:jwks";
const KEY_SET: &str = "/.well-known/jwks.json";

/// A world with an account and its first signing key.
fn with_first_key() -> World {
    let data = Data::default();
    // Instances on a copy of this store begin to count anew, and draw other random numbers than this one.
    (0..1000).for_each(|_| _ = data.instances());
    let world = World::over(data);
    world.join("alice");
    world
}

/// The same store at the same moment, so that what came before needs to be done only once.
fn copy(world: &World) -> World {
    let copy = World::new();
    put(world, &copy);
    copy
}

fn put(from: &World, to: &World) {
    to.advance_millis(from.data.uptime_millis());
    from.data.snapshot().iter().for_each(|(key, value)| to.data.put(key, value));
}

fn log_in(world: &World) -> String {
    token(&world.log_in("alice"))
}

fn token(answer: &Answer) -> String {
    assert_eq!(answer.status(), 200, "{}", answer.said());
    answer.json()["token"].as_str().unwrap().to_owned()
}

/// Takes from the records of all sessions what they know of tokens, as if the version before had written them.
fn forget_issued(world: &World) {
    for key in world.data.keys().into_iter().filter(|key| key.starts_with("latchkey:session:")) {
        let mut session = record(&world.data, &key);
        session.as_object_mut().unwrap().remove("token");
        world.data.put(&key, session.to_string().as_bytes());
    }
}

/// The id of the key that signed a token.
fn kid(token: &str) -> String {
    UnverifiedToken::parse(token).unwrap().key_id().to_string()
}

/// The ids of the key set as it is served.
fn kids(world: &World) -> Vec<String> {
    kids_of(&world.get(KEY_SET))
}

fn kids_of(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status(), 200, "{}", answer.said());
    let keys = answer.json()["keys"].as_array().unwrap().clone();
    keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn record(data: &Data, key: &str) -> Value {
    data.get(key).map_or(Value::Null, |bytes| serde_json::from_slice(&bytes).unwrap())
}

/// The entries of the set as it is stored.
fn published(data: &Data) -> Vec<Value> {
    record(data, JWKS)["keys"].as_array().cloned().unwrap_or_default()
}

/// The signing keys in the store, the newest first.
fn signing_keys(data: &Data) -> Vec<Value> {
    let record = record(data, KEYS);
    [&record["newest"], &record["before"]].into_iter().filter(|key| key.is_object()).cloned().collect()
}

/// The ids of the signing keys in the store, the newest first.
fn signers(data: &Data) -> Vec<String> {
    signing_keys(data).iter().map(|key| id_of(key["private_key"].as_str().unwrap())).collect()
}

fn id_of(pem: &str) -> String {
    SigningKey::from_pem(pem).unwrap().id().to_string()
}

fn pem(seed: u8) -> String {
    SigningKey::from_seed(&[seed; 32]).unwrap().to_pem().unwrap()
}

/// The number of private keys anywhere in the store.
fn private_halves(data: &Data) -> usize {
    let values = data.snapshot().into_values();
    values.map(|value| String::from_utf8_lossy(&value).matches("BEGIN PRIVATE").count()).sum()
}
