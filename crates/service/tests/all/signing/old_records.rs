//! Stores of the version before, which kept its keys in other records.

use futures::executor::block_on;
use futures::future::join_all;
use serde_json::json;

use super::*;
use crate::world::anon;

/// Gives a store the records that the version before would have: a chain of keys with a retired one at its beginning, a
/// hint to the newest, a record for each public key, their index, and the counters of claims.
fn turn_back(data: &Data) {
    let put = |key: &str, value: Value| data.put(key, value.to_string().as_bytes());
    let count = |key: &str, number: u64| data.put(key, &number.to_le_bytes());
    let keys = signing_keys(data);
    put("latchkey:signing-key", json!({"v": 1, "created_at_ms": 1, "signs_from_ms": 1}));
    count("latchkey:signing-key:lock:0", 1);
    put("latchkey:signing-key:lock", json!({"v": 1, "generation": 1, "since_ms": 1}));
    for (number, key) in (2..).zip(keys.iter().rev()) {
        let mut link = key.clone();
        link["v"] = 1.into();
        put(&format!("latchkey:signing-key:{number}"), link);
        count(&format!("latchkey:signing-key:{number}:lock:0"), 1);
    }
    put("latchkey:signing-keys", json!({"v": 1, "newest": 1 + keys.len()}));
    let entries = published(data);
    for (number, entry) in (1..).zip(entries.iter().rev()) {
        let kid = entry["kid"].as_str().unwrap();
        put(&format!("latchkey:public-keys:{number}"), json!({"v": 1, "kid": kid}));
        let public = json!({"v": 1, "jwk": entry["jwk"], "expires_at_ms": entry["expires_at_ms"]});
        put(&format!("latchkey:public-key:{kid}"), public);
        count(&format!("latchkey:public-key:{kid}:lock:0"), 1);
    }
    // A number that nothing was written under: the process died.
    count("latchkey:public-keys", 1 + entries.len() as u64);
    [KEYS, JWKS].iter().filter(|key| data.get(key).is_some()).for_each(|key| data.remove(key));
}

/// The keys of that version that are still in a store.
pub(super) fn old_keys(data: &Data) -> Vec<String> {
    let is_old = |key: &String| key.starts_with("latchkey:signing-key") || key.starts_with("latchkey:public-key");
    data.keys().into_iter().filter(is_old).collect()
}

/// A world of the version before, with two keys, of which the newer one signs; and a token of each.
pub(super) fn old_world() -> (World, [String; 2]) {
    let world = with_first_key();
    world.advance_millis(PERIOD);
    log_in(&world);
    world.advance_millis(LEAD - SECOND);
    let first = log_in(&world);
    world.advance_millis(SECOND);
    let second = log_in(&world);
    assert_ne!(kid(&first), kid(&second));
    turn_back(&world.data);
    (world, [first, second])
}

#[test]
fn its_tokens_are_accepted_before_and_after_its_keys_are_brought_in() {
    let (world, tokens) = old_world();
    let reader = World::over(world.data.clone());
    let stored = world.data.snapshot();
    let before = world.data.calls();
    assert_eq!(tokens.each_ref().map(|token| reader.accepts(token)), [200, 200]);
    assert_eq!(world.data.calls() - before, 4, "one read more for each, while the set is not there");
    assert_eq!(world.data.snapshot(), stored, "the authorizer only reads");
    let token = log_in(&world);
    assert_eq!(kid(&token), kid(&tokens[1]), "the same key signs");
    assert_eq!(tokens.each_ref().map(|token| reader.accepts(token)), [200, 200]);
    let [first, second] = tokens.each_ref().map(|token| kid(token));
    assert_eq!((kids(&world).len(), signers(&world.data)), (2, vec![second, first]));
    assert_eq!((old_keys(&world.data), private_halves(&world.data)), (vec![], 2));
    assert_eq!(record(&world.data, KEYS).get("old_records"), None);
    assert_eq!(world.events("signing_key_created").len(), 2, "those that this test has made before");
    let before = world.data.calls();
    kids(&world);
    assert_eq!(world.data.calls() - before, 2, "from then on nothing is left to do");
    world.advance_millis(PERIOD);
    log_in(&world);
    world.advance_millis(LEAD);
    let next = log_in(&world);
    assert_eq!((world.accepts(&next), tokens.iter().any(|token| kid(token) == kid(&next))), (200, false));
}

#[test]
fn a_store_that_the_app_itself_has_filled_loses_its_old_records() {
    let (world, known) = World::with_old_store();
    assert!(old_keys(&world.data).len() > 10);
    assert_eq!(world.get(KEY_SET).json(), known["jwks"]);
    assert_eq!((old_keys(&world.data), private_halves(&world.data)), (vec![], 2));
    assert_eq!(signers(&world.data)[0], known["newest_signing_key"]["kid"].as_str().unwrap());
}

#[test]
fn an_old_key_that_is_over_or_unknown_is_refused() {
    let (world, tokens) = old_world();
    let name = format!("latchkey:public-key:{}", kid(&tokens[1]));
    let mut public = record(&world.data, &name);
    public["expires_at_ms"] = (world.data.now_millis() + 1).into();
    world.data.put(&name, public.to_string().as_bytes());
    assert_eq!(world.accepts(&tokens[1]), 200);
    world.advance_millis(1);
    assert_eq!(world.accepts(&tokens[1]), 401);
    world.data.remove(&name);
    assert_eq!(world.accepts(&tokens[1]), 401);
    let token = log_in(&world);
    assert_eq!((kid(&token), world.accepts(&token)), (kid(&tokens[1]), 200), "a key that signs is published");
}

#[test]
fn a_hint_that_is_lost_or_lags_behind_does_no_harm() {
    for hint in [None, Some(1), Some(2), Some(3)] {
        let (world, tokens) = old_world();
        match hint {
            None => world.data.remove("latchkey:signing-keys"),
            Some(number) => {
                world.data.put("latchkey:signing-keys", json!({"v": 1, "newest": number}).to_string().as_bytes());
            }
        }
        assert_eq!(kid(&log_in(&world)), kid(&tokens[1]), "{hint:?}");
        assert_eq!((old_keys(&world.data), private_halves(&world.data)), (vec![], 2), "{hint:?}");
    }
}

#[test]
fn the_only_key_of_a_store_from_before_rotation_goes_on_until_it_is_replaced() {
    let world = with_first_key();
    turn_back(&world.data);
    // The record as the app wrote it then: there was no hint, and the record did not say from when the key signs.
    let mut key = record(&world.data, "latchkey:signing-key:2");
    key.as_object_mut().unwrap().remove("signs_from_ms");
    world.data.put("latchkey:signing-key", key.to_string().as_bytes());
    world.data.remove("latchkey:signing-key:2");
    world.data.remove("latchkey:signing-keys");
    world.advance_millis(400 * DAY);
    let old = log_in(&world);
    assert_eq!(signers(&world.data)[1], kid(&old), "the next one is not yet known everywhere");
    world.advance_millis(LEAD);
    assert_eq!(signers(&world.data)[0], kid(&log_in(&world)));
}

#[test]
fn a_next_key_that_waits_is_brought_in() {
    let world = with_first_key();
    world.advance_millis(PERIOD - LEAD);
    log_in(&world);
    let [next, signs] = signers(&world.data).try_into().unwrap();
    turn_back(&world.data);
    assert_eq!(kid(&log_in(&world)), signs);
    world.advance_millis(LEAD);
    let token = log_in(&world);
    assert_eq!((kid(&token), world.accepts(&token)), (next, 200));
}

#[test]
fn an_operators_key_leaves_the_old_private_keys_until_they_sign_again() {
    let (world, tokens) = old_world();
    world.set("signing_key", &pem(7));
    let token = log_in(&world);
    assert_eq!(kid(&token), id_of(&pem(7)));
    assert!(tokens.iter().chain([&token]).all(|token| world.accepts(token) == 200));
    assert_eq!((kids(&world).len(), private_halves(&world.data), world.data.get(KEYS)), (3, 2, None));
    world.unset("signing_key");
    assert_eq!(kid(&log_in(&world)), kid(&tokens[1]));
    assert!(tokens.iter().chain([&token]).all(|token| world.accepts(token) == 200));
    assert_eq!((old_keys(&world.data), private_halves(&world.data)), (vec![], 2));
}

/// An operator had deleted the private halves to revoke them.
#[test]
fn a_store_without_private_keys_gets_a_new_key() {
    let (world, tokens) = old_world();
    for number in [2, 3] {
        world.data.remove(&format!("latchkey:signing-key:{number}"));
    }
    let token = log_in(&world);
    assert!(tokens.iter().all(|old| kid(old) != kid(&token)));
    assert_eq!((kids(&world).len(), old_keys(&world.data), private_halves(&world.data)), (3, vec![], 1));
}

#[test]
fn what_an_old_clock_has_written_far_ahead_ends_all_the_same() {
    let (world, tokens) = old_world();
    let ahead = 10 * 365 * DAY;
    let name = format!("latchkey:public-key:{}", kid(&tokens[0]));
    let mut public = record(&world.data, &name);
    public["expires_at_ms"] = (world.data.now_millis() + ahead).into();
    world.data.put(&name, public.to_string().as_bytes());
    // The newest key would sign, and stop the rotation, for ten years.
    let mut newest = record(&world.data, "latchkey:signing-key:3");
    newest["created_at_ms"] = (world.data.now_millis() + ahead).into();
    newest["signs_from_ms"] = (world.data.now_millis() + ahead).into();
    world.data.put("latchkey:signing-key:3", newest.to_string().as_bytes());
    world.set("signing_key", &pem(7));
    log_in(&world);
    assert!(kids(&world).contains(&kid(&tokens[0])));
    world.advance_millis(2 * DAY + HOUR);
    assert!(!kids(&world).contains(&kid(&tokens[0])));
    world.unset("signing_key");
    assert_eq!(kid(&log_in(&world)), kid(&tokens[0]), "the one before goes on");
    assert_eq!(signers(&world.data).len(), 2, "and the next one is made");
    log_in(&world);
    assert_eq!((old_keys(&world.data), private_halves(&world.data)), (vec![], 2));
}

#[test]
fn keys_that_are_all_from_the_future_are_replaced() {
    let world = with_first_key();
    turn_back(&world.data);
    world.step_back_millis(DAY);
    let first = record(&world.data, "latchkey:signing-key:2")["private_key"].as_str().unwrap().to_owned();
    assert_ne!(kid(&log_in(&world)), id_of(&first));
    assert_eq!((old_keys(&world.data), private_halves(&world.data)), (vec![], 1));
}

#[test]
fn a_key_that_is_twice_in_the_index_is_once_in_the_set() {
    let (world, tokens) = old_world();
    world.data.put("latchkey:public-keys:3", json!({"v": 1, "kid": kid(&tokens[0])}).to_string().as_bytes());
    world.log_in("alice");
    assert_eq!(kids(&world).len(), 2);
}

#[test]
fn instances_that_bring_them_in_at_once_agree() {
    let (world, tokens) = old_world();
    let worlds: Vec<World> = (0..16).map(|_| World::over(world.data.clone())).collect();
    let sets = block_on(join_all(worlds.iter().map(|world| world.send_async(anon("GET", KEY_SET, "")))));
    assert!(sets.iter().all(|set| tokens.iter().all(|token| kids_of(set).contains(&kid(token)))));
    assert_eq!(worlds.iter().map(|world| world.events("signing_key_created").len()).sum::<usize>(), 0);
    assert_eq!(kid(&log_in(&world)), kid(&tokens[1]));
    assert_eq!((old_keys(&world.data), private_halves(&world.data)), (vec![], 2));
}

#[test]
fn its_counters_may_be_digits() {
    let world = World::new();
    world.data.use_digits();
    let token = world.join("alice");
    turn_back(&world.data);
    world.data.put("latchkey:public-keys", b"1");
    assert_eq!((kid(&log_in(&world)), old_keys(&world.data)), (kid(&token), vec![]));
}
