//! The key that signs, and the set of public keys.

use futures::executor::block_on;
use futures::future::join_all;

use super::*;
use crate::world::{PASSWORD, anon, bearer};

#[test]
fn the_set_of_a_fresh_store_has_a_key_that_can_be_cached() {
    let world = World::new();
    let answer = world.get(KEY_SET);
    assert!(world.data.calls() < 20, "{} calls in an empty store", world.data.calls());
    assert_eq!((answer.status(), answer.header("cache-control")), (200, Some("public, max-age=600")));
    let json = answer.json();
    let key = &json["keys"][0];
    assert_eq!(
        (key["kty"].as_str(), key["alg"].as_str(), key["use"].as_str()),
        (Some("EC"), Some("ES256"), Some("sig"))
    );
    assert!(key.get("d").is_none() && !answer.text().contains("PRIVATE"));
    let made = world.events("signing_key_created");
    assert_eq!((made.len(), made[0]["key_id"].as_str()), (1, key["kid"].as_str()));
    world.sign_up("alice");
    world.log_in("alice");
    assert_eq!(world.get(KEY_SET).text(), answer.text());
}

#[test]
fn instances_that_start_at_once_make_one_key() {
    for count in [2, 5, 32] {
        let data = Data::default();
        let worlds: Vec<World> = (0..count).map(|_| World::over(data.clone())).collect();
        worlds[0].sign_up("alice");
        for (world, answer) in worlds.iter().zip(logins(&worlds)) {
            assert_eq!(world.accepts(&token(&answer)), 200, "{}", answer.said());
        }
        assert_eq!(kids(&worlds[0]), signers(&data));
        assert_eq!(worlds.iter().map(|world| world.events("signing_key_created").len()).sum::<usize>(), 1);
        let left = data.keys().into_iter().filter(|key| key.contains("lock") && !key.contains("user"));
        assert_eq!(left.collect::<Vec<_>>(), [""; 0], "claims are deleted");
    }
}

/// One login of alice on each of the worlds, all at the same moment.
fn logins(worlds: &[World]) -> Vec<Answer> {
    let body = format!(r#"{{"username":"alice","password":"{PASSWORD}"}}"#);
    block_on(join_all(worlds.iter().map(|world| world.send_async(anon("POST", "/api/login", &body)))))
}

/// The calls of the store that one key set, one login and one authorisation make.
fn calls(world: &World) -> [usize; 3] {
    let token = log_in(world);
    let count = |request: &dyn Fn() -> u16| {
        let before = world.data.calls();
        assert_eq!(request(), 200);
        world.data.calls() - before
    };
    let stored = world.data.snapshot();
    let key_set = count(&|| world.get(KEY_SET).status());
    assert_eq!(world.data.snapshot(), stored, "the key set writes nothing");
    [key_set, count(&|| world.log_in("alice").status()), count(&|| world.accepts(&token))]
}

#[test]
fn a_signature_and_its_verification_read_one_time_each() {
    let world = with_first_key();
    // One call for the signature and one for the set; the authorizer reads the session and the account in the same call.
    let [key_set, login, authorization] = calls(&world);
    assert_eq!([key_set, authorization], [2, 1]);
    world.set("signing_key", &(pem(7) + &pem(8)));
    assert_eq!(calls(&world), [key_set, login, authorization], "with an operator's keys");
    // Where the store can't read several keys at once, a signature reads the private and the public key one by one.
    world.unset("signing_key");
    world.data.refuse_batches();
    assert_eq!(calls(&world)[0], key_set + 1);
}

#[test]
fn an_operators_key_signs_and_the_old_one_stays_until_its_tokens_end() {
    let world = World::new();
    let old = world.join("alice");
    world.set("signing_key", &pem(7));
    let new = log_in(&world);
    assert_eq!((world.accepts(&old), world.accepts(&new)), (200, 200));
    assert_eq!(kids(&world), [id_of(&pem(7)), kid(&old)], "the newest first");
    // One day and the lifetime of a token later, the old key has left the set, and the current one has been renewed.
    world.advance_millis(25 * HOUR);
    log_in(&world);
    assert_eq!(kids(&world), [id_of(&pem(7))]);
    assert_eq!(published(&world.data).len(), 1, "what is over is deleted");
}

#[test]
fn a_key_in_use_is_never_missing_from_the_set_and_is_renewed_once_a_day() {
    for key in ["", &pem(7)] {
        let world = World::new();
        world.set("signing_key", key);
        world.sign_up("alice");
        let mut sets = Vec::new();
        for hour in 0..80 {
            let token = log_in(&world);
            world.advance_millis(TOKEN_LIFE - SECOND);
            assert_eq!(world.accepts(&token), 200, "hour {hour}");
            world.advance_millis(61 * 60 * SECOND);
            assert_eq!(world.accepts(&token), 401, "hour {hour}");
            sets.push(world.data.get(JWKS));
        }
        assert_eq!(kids(&world).len(), 1);
        sets.dedup();
        assert!([4, 5].contains(&sets.len()), "{} in 101 hours", sets.len());
    }
}

#[test]
fn an_entry_is_renewed_when_the_next_token_needs_it_for_longer() {
    let world = with_first_key();
    let first = world.data.get(JWKS);
    // The entry was written for a token of that moment and a day more.
    world.advance_millis(DAY);
    let token = log_in(&world);
    assert_eq!(world.data.get(JWKS), first);
    let other = copy(&world);
    other.advance_millis(1);
    log_in(&other);
    assert_ne!(other.data.get(JWKS), first);
    assert_eq!(published(&other.data).len(), 1);
    // If the key does not sign again, it stays until that token and all copies of the set have ended, and a minute more.
    world.set("signing_key", &pem(7));
    world.advance_millis(TOKEN_LIFE + 660 * SECOND - 1);
    assert!(kids(&world).contains(&kid(&token)));
    world.advance_millis(1);
    assert!(!kids(&world).contains(&kid(&token)));
}

#[test]
fn operators_keys_side_by_side_are_all_in_the_set() {
    let data = Data::default();
    let worlds: Vec<World> = (1..=6).map(|_| World::over(data.clone())).collect();
    worlds.iter().zip(1..).for_each(|(world, seed)| world.set("signing_key", &pem(seed)));
    worlds[0].sign_up("alice");
    for answer in logins(&worlds) {
        assert_eq!(worlds[0].accepts(&token(&answer)), 200, "{}", answer.said());
    }
    assert_eq!(kids(&worlds[0]).len(), 6);
}

#[test]
fn the_set_has_at_most_32_keys() {
    let world = with_first_key();
    for seed in 1..=40 {
        world.set("signing_key", &pem(seed));
        let token = log_in(&world);
        assert_eq!(world.accepts(&token), 200);
    }
    let newest = (9..=40).rev().map(|seed| id_of(&pem(seed)));
    assert_eq!(kids(&world), newest.collect::<Vec<_>>());
}

#[test]
fn the_authorizer_never_reads_a_private_key() {
    let world = with_first_key();
    let token = log_in(&world);
    world.data.remove(KEYS);
    world.set("signing_key", "unreadable");
    assert_eq!(world.accepts(&token), 200);
}

#[test]
fn a_key_that_was_taken_out_of_the_store_is_refused_at_once() {
    let world = with_first_key();
    let token = log_in(&world);
    assert_eq!(world.accepts(&token), 200);
    let set = world.data.get(JWKS).unwrap();
    world.data.put(JWKS, br#"{"v":1,"keys":[]}"#);
    assert_eq!(world.accepts(&token), 401, "by an instance that has read it before");
    assert_eq!(World::over(world.data.clone()).accepts(&token), 401, "and by one that has not");
    world.data.put(JWKS, &set);
    assert_eq!(world.accepts(&token), 200);
}

#[test]
fn a_key_that_has_left_the_set_is_refused() {
    let world = with_first_key();
    let token = log_in(&world);
    let mut set = record(&world.data, JWKS);
    set["keys"][0]["expires_at_ms"] = (world.data.now_millis() + 5_000).into();
    world.data.put(JWKS, set.to_string().as_bytes());
    world.advance_millis(4_999);
    assert_eq!(world.accepts(&token), 200);
    world.advance_millis(1);
    assert_eq!(world.accepts(&token), 401);
}

/// The way to revoke a key that the app has made: see docs/operate.md.
#[test]
fn when_both_records_are_deleted_everybody_gets_tokens_of_a_new_key() {
    // With one key, while the next one waits, and when it has signed.
    for moment in [0, 30 * DAY - HOUR, 30 * DAY + HOUR] {
        let world = with_first_key();
        world.advance_millis(moment);
        log_in(&world);
        let (leaked, refresh) = world.begin("alice");
        assert_eq!(world.accepts(&leaked), 200);
        let before = signers(&world.data);
        world.data.remove(KEYS);
        world.data.remove(JWKS);
        assert_eq!(world.accepts(&leaked), 401);
        let renewed = world.refresh(&refresh).tokens().0;
        let new = [renewed, log_in(&world)];
        for token in &new {
            assert_eq!((world.accepts(token), before.contains(&kid(token))), (200, false));
        }
        assert_eq!(world.accepts(&leaked), 401, "for ever");
        assert_eq!(kids(&world), [kid(&new[0])]);
    }
}

#[test]
fn one_deleted_record_locks_nobody_out() {
    let world = with_first_key();
    let old = log_in(&world);
    world.data.remove(JWKS);
    assert_eq!(world.accepts(&old), 401);
    let token = log_in(&world);
    assert_eq!((world.accepts(&token), world.accepts(&old)), (200, 200), "a key that signs is published again");
    world.data.remove(KEYS);
    let token = log_in(&world);
    assert_ne!(kid(&token), kid(&old));
    assert_eq!((world.accepts(&token), world.accepts(&old)), (200, 200), "old tokens are good until they end");
}

#[test]
fn a_record_that_holds_something_else_is_not_believed() {
    let world = with_first_key();
    let token = log_in(&world);
    forget_issued(&world);
    let (set, good) = (record(&world.data, JWKS), world.data.get(KEYS).unwrap());
    let mallory = SigningKey::from_seed(&[7; 32]).unwrap().public_key().to_jwk();
    for jwk in [mallory.as_str(), "", "{}"] {
        let mut set = set.clone();
        set["keys"][0]["jwk"] = jwk.into();
        world.data.put(JWKS, set.to_string().as_bytes());
        assert_eq!(world.send(bearer(&token, "GET", "/api/authorizer", "")).code(), "store_unavailable", "{jwk}");
    }
    world.data.put(JWKS, set.to_string().as_bytes());
    let mut keys = record(&world.data, KEYS);
    keys["newest"]["private_key"] = "-----BEGIN PRIVATE KEY-----".into();
    for (keys, code) in [(keys.to_string(), "internal"), (r#"{"v":2}"#.to_owned(), "store_unavailable")] {
        world.data.put(KEYS, keys.as_bytes());
        assert_eq!(world.log_in("alice").code(), code);
        assert_eq!(world.accepts(&token), 200, "tokens are verified all the same");
    }
    world.data.put(KEYS, &good);
    log_in(&world);
}

#[test]
fn an_operators_bundle_signs_by_its_first_key_and_publishes_all() {
    let world = with_first_key();
    // The steps of an operator: add the next key beside the current one, then remove the old one. The set before each step
    // already covers the tokens after it.
    let mut before = Vec::new();
    for (bundle, signs) in [(pem(7), 7), (pem(7) + &pem(8), 7), (pem(8), 8), (pem(8) + "\n" + &pem(9), 8)] {
        world.set("signing_key", &bundle);
        let token = log_in(&world);
        assert_eq!((kid(&token), world.accepts(&token)), (id_of(&pem(signs)), 200), "key {signs}");
        assert!(before.is_empty() || before.contains(&kid(&token)), "by verifiers that cache");
        before = kids(&world);
    }
    assert!([7, 8, 9].iter().all(|seed| before.contains(&id_of(&pem(*seed)))), "{before:?}");
    assert_eq!(world.events("signing_key_created").len(), 1, "the app makes no key meanwhile");
    let secret = pem(7);
    for bundle in [secret.repeat(2), (1..=5).map(pem).collect(), secret.clone() + "-----", " ".repeat(20_000) + "x"] {
        world.set("signing_key", &bundle);
        let answer = world.get(KEY_SET);
        answer.is_refused(500, "misconfigured", &[]);
        let line = secret.lines().nth(1).unwrap();
        assert!(
            answer.text().contains("signing_key") && !(answer.text().to_owned() + &world.whole_log()).contains(line)
        );
    }
}
