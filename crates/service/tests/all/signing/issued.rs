//! Tokens that the record of their session knows, so that their signature is not verified again.

use super::*;
use crate::world::bearer;

/// A world in which no signature can be verified, because no public key can be read.
fn without_keys(world: &World) -> World {
    let copy = copy(world);
    let mut set = record(&copy.data, JWKS);
    for key in set["keys"].as_array_mut().unwrap() {
        key["jwk"] = "{}".into();
    }
    copy.data.put(JWKS, set.to_string().as_bytes());
    copy
}

fn session_key(token: &str) -> String {
    let (session, _) = UnverifiedToken::parse(token).unwrap().named().unwrap();
    format!("latchkey:session:{session}")
}

#[test]
fn the_first_and_the_last_token_of_a_session_are_known_and_others_are_verified() {
    let world = with_first_key();
    let (first, refresh) = world.begin("alice");
    let (second, refresh) = world.refresh(&refresh).tokens();
    let (third, _) = world.refresh(&refresh).tokens();
    for token in [&first, &second, &third] {
        assert_eq!(world.accepts(token), 200);
    }
    let world = without_keys(&world);
    assert_eq!([&first, &second, &third].map(|token| world.accepts(token)), [200, 503, 200]);
}

/// A refresh token that is presented again gets another access token, and leaves no note.
#[test]
fn what_two_tabs_get_at_once_is_good_in_both() {
    let world = with_first_key();
    let (_, refresh) = world.begin("alice");
    for _ in 0..2 {
        let (token, _) = world.refresh(&refresh).tokens();
        assert_eq!(world.accepts(&token), 200);
    }
}

#[test]
fn a_token_is_known_by_every_byte_and_to_its_own_session_alone() {
    let world = with_first_key();
    let (alice, bob) = (log_in(&world), world.join("bob"));
    let end = if bob.ends_with('A') { 'B' } else { 'A' };
    assert_eq!(world.accepts(&format!("{}{end}", &bob[..bob.len() - 1])), 401);
    let mut record_of_bob = record(&world.data, &session_key(&bob));
    assert_eq!(record_of_bob["token"], domain::digest_of_token(&bob));
    assert!(!record_of_bob.to_string().contains(&bob), "the store holds no token");
    // With the digest of another token, the key verifies both as before.
    record_of_bob["token"] = domain::digest_of_token(&alice).into();
    world.data.put(&session_key(&bob), record_of_bob.to_string().as_bytes());
    assert_eq!([&alice, &bob].map(|token| world.accepts(token)), [200, 200]);
    assert_eq!([&alice, &bob].map(|token| without_keys(&world).accepts(token)), [200, 503]);
}

#[test]
fn what_is_known_ends_with_its_time_its_session_and_its_key() {
    let world = with_first_key();
    let token = log_in(&world);
    let later = copy(&world);
    later.advance_millis(TOKEN_LIFE + 61 * SECOND);
    assert_eq!(later.accepts(&token), 401);
    for (variable, value) in [("token_issuer", "another"), ("token_audience", "another")] {
        let other = copy(&world);
        other.set(variable, value);
        assert_eq!(other.accepts(&token), 401, "{variable}");
    }
    let revoked = copy(&world);
    revoked.data.put(JWKS, br#"{"v":1,"keys":[]}"#);
    assert_eq!(revoked.accepts(&token), 401);
    assert_eq!(world.send(bearer(&token, "POST", "/api/logout", "")).status(), 204);
    assert_eq!(world.accepts(&token), 401);
}
