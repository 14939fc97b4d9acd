//! The signing key and the set of public keys.

use domain::SigningKey;
use futures::executor::block_on;
use futures::future::join_all;

use crate::world::{Data, World, anon, bearer};

fn kids(world: &World) -> Vec<String> {
    let json = world.get("/.well-known/jwks.json").json();
    json["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn accepts(world: &World, token: &str) -> u16 {
    world.send(bearer(token, "GET", "/api/authorizer", "")).status()
}

fn pem(seed: u8) -> String {
    SigningKey::from_seed(&[seed; 32]).unwrap().to_pem().unwrap()
}

#[test]
fn the_set_of_a_fresh_store_has_a_key_that_can_be_cached() {
    let world = World::new();
    let answer = world.get("/.well-known/jwks.json");
    assert_eq!((answer.status(), answer.header("cache-control")), (200, Some("public, max-age=600")));
    let json = answer.json();
    let key = &json["keys"][0];
    assert_eq!(
        (key["kty"].as_str(), key["alg"].as_str(), key["use"].as_str()),
        (Some("EC"), Some("ES256"), Some("sig"))
    );
    assert!(key.get("d").is_none() && !answer.text().contains("PRIVATE"));
    world.sign_up("alice");
    world.log_in("alice");
    assert_eq!(world.get("/.well-known/jwks.json").text(), answer.text());
}

#[test]
fn instances_that_start_at_once_make_one_key() {
    for count in [2, 5, 32] {
        let data = Data::default();
        let worlds: Vec<World> = (0..count).map(|_| World::over(data.clone())).collect();
        worlds[0].sign_up("alice");
        let body = format!(r#"{{"username":"alice","password":"{}"}}"#, crate::world::PASSWORD);
        let logins = worlds.iter().map(|world| world.send_async(anon("POST", "/api/login", &body)));
        let answers = block_on(join_all(logins));
        for (world, answer) in worlds.iter().zip(&answers) {
            assert_eq!(answer.status(), 200, "{}", answer.said());
            assert_eq!(accepts(world, answer.json()["token"].as_str().unwrap()), 200, "{}", answer.said());
        }
        assert_eq!(kids(&worlds[0]).len(), 1);
        let index = data.keys().iter().filter(|key| key.starts_with("latchkey:public-keys:")).count();
        assert_eq!(index, 1, "the key has one entry in the index");
    }
}

#[test]
fn an_operators_key_signs_and_the_old_one_stays_until_its_tokens_end() {
    let world = World::new();
    let old = world.join("alice");
    world.set("signing_key", &pem(7));
    let new = world.log_in("alice").json()["token"].as_str().unwrap().to_owned();
    assert_eq!((accepts(&world, &old), accepts(&world, &new)), (200, 200));
    let id = SigningKey::from_seed(&[7; 32]).unwrap().id().to_string();
    assert_eq!((kids(&world).len(), kids(&world)[0].clone()), (2, id.clone()), "the newest first");
    // One day and the lifetime of a token later, the old key has left the set, and the current one has been renewed.
    world.advance_millis(25 * 60 * 60 * 1000);
    world.log_in("alice");
    assert_eq!(kids(&world), [id]);
}

#[test]
fn a_key_in_use_is_never_missing_from_the_set() {
    let world = World::new();
    world.sign_up("alice");
    for hour in 0..80 {
        let token = world.log_in("alice").json()["token"].as_str().unwrap().to_owned();
        world.advance_millis(899 * 1000);
        assert_eq!(accepts(&world, &token), 200, "hour {hour}");
        world.advance_millis(61 * 60 * 1000);
        assert_eq!(accepts(&world, &token), 401, "hour {hour}");
    }
    assert_eq!(kids(&world).len(), 1);
}

#[test]
fn two_operators_keys_side_by_side_are_both_in_the_set() {
    let data = Data::default();
    let worlds: Vec<World> = (1..=6).map(|_| World::over(data.clone())).collect();
    worlds.iter().zip(1..).for_each(|(world, seed)| world.set("signing_key", &pem(seed)));
    worlds[0].sign_up("alice");
    let body = format!(r#"{{"username":"alice","password":"{}"}}"#, crate::world::PASSWORD);
    let answers = block_on(join_all(worlds.iter().map(|world| world.send_async(anon("POST", "/api/login", &body)))));
    for answer in &answers {
        assert_eq!(accepts(&worlds[0], answer.json()["token"].as_str().unwrap()), 200, "{}", answer.said());
    }
    assert_eq!(kids(&worlds[0]).len(), 6);
}

#[test]
fn the_authorizer_never_reads_a_private_key() {
    let world = World::new();
    let token = world.join("alice");
    world.data.remove("latchkey:signing-key");
    world.set("signing_key", "unreadable");
    assert_eq!(accepts(&world, &token), 200);
}

fn record_of(world: &World) -> String {
    let is_record = |key: &String| key.starts_with("latchkey:public-key:") && !key.ends_with(":claims");
    world.data.keys().into_iter().find(is_record).unwrap()
}

#[test]
fn a_key_that_was_taken_out_of_the_store_is_refused_at_once() {
    let world = World::new();
    let token = world.join("alice");
    assert_eq!(accepts(&world, &token), 200);
    world.data.remove(&record_of(&world));
    assert_eq!(accepts(&world, &token), 401, "by an instance that has read it before");
    assert_eq!(accepts(&World::over(world.data.clone()), &token), 401, "and by one that has not");
}

#[test]
fn a_key_that_has_left_the_set_is_refused() {
    let world = World::new();
    let token = world.join("alice");
    let name = record_of(&world);
    let mut record: serde_json::Value = serde_json::from_slice(&world.data.get(&name).unwrap()).unwrap();
    record["expires_at_ms"] = (world.data.now_millis() + 5_000).into();
    world.data.put(&name, record.to_string().as_bytes());
    assert_eq!(accepts(&world, &token), 200);
    world.advance_millis(5_000);
    assert_eq!(accepts(&world, &token), 401);
}
