//! Rotation of the signing key over days and months: no verifier ever refuses a valid token.

use std::collections::{BTreeMap, VecDeque};

use domain::digest;
use futures::executor::block_on;
use futures::future::join_all;

use super::*;
use crate::world::{Fault, PASSWORD, anon};

/// All verifiers, and what they have seen.
struct Watch {
    world: World,
    /// An instance that keeps the keys that it has read.
    keeps: World,
    /// The fetched sets with the time of each fetch. Some verifier keeps each set for as long as its `max-age` allows.
    sets: VecDeque<(u64, Vec<String>)>,
    max_age: u64,
    tokens: VecDeque<(u64, String)>,
    /// For each key, the time when it was first in the set. `signed` has its first and last signature.
    listed: BTreeMap<String, u64>,
    signed: BTreeMap<String, (u64, u64)>,
}

impl Watch {
    fn new() -> Self {
        let world = with_first_key();
        let cache = world.get("/.well-known/jwks.json").header("cache-control").unwrap().to_owned();
        let max_age: u64 = cache.strip_prefix("public, max-age=").unwrap().parse().unwrap();
        Self {
            keeps: World::over(world.data.clone()),
            world,
            sets: VecDeque::new(),
            max_age: max_age * SECOND,
            tokens: VecDeque::new(),
            listed: BTreeMap::new(),
            signed: BTreeMap::new(),
        }
    }

    /// One client fetches the set, one logs in, and all verifiers check the tokens that are still valid.
    fn look(&mut self) {
        let now = self.world.data.now_millis();
        let fetch_first = (now / SECOND).is_multiple_of(2);
        if fetch_first {
            self.fetch(now);
        }
        let token = log_in(&World::over(self.world.data.clone()));
        let signed = self.signed.entry(kid(&token)).or_insert((now, now));
        signed.1 = now;
        self.tokens.push_back((now, token));
        if !fetch_first {
            self.fetch(now);
        }
        self.verify(now);
        assert!(signers(&self.world.data).len() <= 2);
    }

    fn fetch(&mut self, now: u64) {
        let set = kids(&self.world);
        set.iter().for_each(|kid| _ = self.listed.entry(kid.clone()).or_insert(now));
        for (kid, (_, last)) in &self.signed {
            let needed = now <= last + TOKEN_LIFE + self.max_age;
            assert!(!needed || set.contains(kid), "{kid} left the set too early");
        }
        self.sets.push_back((now, set));
    }

    fn verify(&mut self, now: u64) {
        while self.tokens.front().is_some_and(|(at, _)| at + TOKEN_LIFE <= now) {
            self.tokens.pop_front();
        }
        while self.sets.front().is_some_and(|(at, _)| at + self.max_age < now) {
            self.sets.pop_front();
        }
        for (_, token) in &self.tokens {
            let kid = kid(token);
            assert!(self.sets.iter().all(|(_, set)| set.contains(&kid)), "a verifier that caches does not know {kid}");
        }
        for (_, token) in self.tokens.front().into_iter().chain(self.tokens.back()) {
            assert_eq!(World::over(self.world.data.clone()).accepts(token), 200, "by a fresh instance");
            assert_eq!(self.keeps.accepts(token), 200, "by one that keeps keys");
        }
    }

    /// The same at the last moment at which the newest token is valid.
    fn look_at_its_end(&mut self) {
        self.world.advance_millis(TOKEN_LIFE - SECOND);
        let now = self.world.data.now_millis();
        self.verify(now);
        self.fetch(now);
    }
}

#[test]
fn no_token_is_refused_in_two_hundred_days_with_gaps_of_months() {
    let mut watch = Watch::new();
    let gaps = BTreeMap::from([(211, 95 * DAY), (305, 40 * DAY), (306, 40 * DAY), (700, 61 * DAY), (701, 29 * DAY)]);
    let (mut login, start) = (0_u64, watch.world.data.now_millis());
    let logged_in_days = |login| login / 6;
    while logged_in_days(login) < 200 {
        watch.look();
        watch.look_at_its_end();
        // A few hours pass, and a varying number of seconds.
        watch.world.advance_millis(3 * HOUR + (login * 7919 % 3_600) * SECOND);
        watch.world.advance_millis(gaps.get(&login).copied().unwrap_or(0));
        login += 1;
    }
    let days = (watch.world.data.now_millis() - start) / DAY;
    assert!(days > 400, "{days} days");
    let keys = watch.signed.len() as u64;
    assert!((days / 45..=days / 30 + 1).contains(&keys), "{keys} keys signed in {days} days");
    assert!(kids(&watch.world).len() <= 2, "the old ones have left the set");
}

#[test]
fn no_token_is_refused_from_minute_to_minute_around_rotations() {
    let mut watch = Watch::new();
    for _ in 0..4 {
        // This covers two hours before and two hours after the next key begins to sign.
        let next = signing_keys(&watch.world.data)[0]["signs_from_ms"].as_u64().unwrap() + PERIOD;
        watch.world.advance_millis(next - 2 * HOUR - watch.world.data.now_millis());
        for _ in 0..4 * 60 {
            watch.look();
            watch.world.advance_millis(61 * SECOND);
        }
    }
    assert_eq!(watch.signed.len(), 5);
    let mut leads: Vec<u64> = watch.signed.iter().map(|(kid, (first, _))| first - watch.listed[kid]).collect();
    leads.sort_unstable();
    assert_eq!(leads[0], 0, "the first key of all");
    assert!(leads[1] > watch.max_age && leads[1] >= LEAD - 61 * SECOND, "{leads:?}");
}

#[test]
fn instances_that_find_a_key_due_at_once_make_one_next_key() {
    let first = with_first_key();
    let data = first.data.clone();
    let body = format!(r#"{{"username":"alice","password":"{PASSWORD}"}}"#);
    let mut signs = signers(&data)[0].clone();
    for (advance, is_next) in [(PERIOD - LEAD, false), (LEAD, true), (PERIOD - LEAD, false), (LEAD, true)] {
        data.advance_millis(advance);
        if is_next {
            signs.clone_from(&signers(&data)[0]);
        }
        let instances: Vec<World> = (0..32).map(|_| World::over(data.clone())).collect();
        let logins = instances.iter().map(|world| world.send_async(anon("POST", "/api/login", &body)));
        let sets = instances.iter().map(|world| world.send_async(anon("GET", KEY_SET, "")));
        let answers = block_on(join_all(logins.chain(sets)));
        for (answer, world) in answers[..32].iter().zip(&instances) {
            let token = token(answer);
            assert_eq!((kid(&token), world.accepts(&token)), (signs.clone(), 200));
        }
        assert!(answers[32..].iter().all(|answer| answer.text().contains(&signs)), "never a set without the signer");
        assert_eq!((kids(&first).len(), private_halves(&data)), (2, 2));
        let made: usize = instances.iter().map(|world| world.events("signing_key_created").len()).sum();
        assert_eq!(made, usize::from(!is_next));
    }
}

#[test]
fn the_private_half_of_the_last_but_one_is_deleted() {
    let world = with_first_key();
    let mut signs = signers(&world.data);
    for _ in 0..4 {
        world.advance_millis(PERIOD);
        log_in(&world);
        let halves = signers(&world.data);
        assert_eq!((halves.len(), private_halves(&world.data)), (2, 2));
        assert_eq!(halves[1], signs[0], "the one that signs, and the next one");
        signs = halves;
        // A late key waits for its lead.
        world.advance_millis(LEAD);
        assert_eq!(kid(&log_in(&world)), signs[0]);
    }
}

/// The number of store calls in one request for the key set.
fn calls(world: &World) -> usize {
    let before = world.data.calls();
    assert_eq!(world.get(KEY_SET).status(), 200);
    world.data.calls() - before
}

#[test]
fn only_the_making_of_a_key_takes_more_calls() {
    let world = with_first_key();
    assert_eq!(calls(&world), 2);
    world.advance_millis(PERIOD - LEAD - HOUR);
    calls(&world);
    assert_eq!(calls(&world), 2);
    world.advance_millis(HOUR);
    assert!((10..30).contains(&calls(&world)), "the next key is made");
    assert_eq!(calls(&world), 2, "while it waits");
    world.advance_millis(LEAD);
    assert_eq!(calls(&world), 2, "when it signs, since it has been in the set from the start");
}

#[test]
fn a_next_key_that_is_lost_from_the_set_is_published_again_before_it_signs() {
    let world = with_first_key();
    world.advance_millis(PERIOD - LEAD);
    log_in(&world);
    let [next, signs] = signers(&world.data).try_into().unwrap();
    let mut set = record(&world.data, JWKS);
    set["keys"].as_array_mut().unwrap().retain(|entry| entry["kid"] != *next);
    world.data.put(JWKS, set.to_string().as_bytes());
    assert_eq!(kids(&world), [next, signs]);
}

#[test]
fn a_next_key_that_can_not_be_made_costs_nobody_an_answer() {
    let due = || {
        let world = with_first_key();
        world.advance_millis(PERIOD - LEAD - SECOND);
        log_in(&world);
        world.advance_millis(SECOND);
        world
    };
    let mut noted = 0;
    // The last call is the one that reads the set for the answer.
    for call in 1..calls(&due()) {
        for fault in [Fault::Refused, Fault::ReplyLost] {
            let world = due();
            world.data.fail_at(call, fault);
            assert!(kids(&world).contains(&signers(&world.data)[0]), "{fault:?} at call {call}");
            assert!(world.data.heal());
            let failed = world.events("signing_key_not_rotated").len();
            assert!(world.events("store_error").is_empty() && failed <= 1, "{fault:?} at call {call}");
            noted += failed;
        }
        let world = due();
        world.data.fail_at(call, Fault::Dead);
        assert_eq!(world.get(KEY_SET).status(), 503);
        world.data.heal();
        let before = world.data.uptime_millis();
        log_in(&World::over(world.data.clone()));
        assert_eq!(world.data.uptime_millis(), before, "nobody waits for a maker that died at call {call}");
    }
    assert!(noted > 10, "{noted} failures were logged");
}

/// A claim that a request has won, which then died.
fn claim_next_key(world: &World) {
    let seen = digest(&world.data.get(KEYS).unwrap());
    world.data.put(&format!("{KEYS}:lock:{seen}:0"), &1_i64.to_le_bytes());
}

#[test]
fn a_key_that_signs_for_too_long_is_logged_until_it_is_replaced() {
    let world = with_first_key();
    let first = signers(&world.data)[0].clone();
    world.advance_millis(PERIOD + DAY);
    claim_next_key(&world);
    log_in(&world);
    assert_eq!(world.events("signing_key_old").len(), 0, "a day after its period");
    world.advance_millis(1);
    assert_eq!(kid(&log_in(&world)), first);
    assert_eq!(world.events("signing_key_old").len(), 1);
    // The lease of the claim is over, so the next key is made.
    world.advance_millis(121 * SECOND);
    assert_eq!(kid(&log_in(&world)), first);
    assert_eq!((world.events("signing_key_old").len(), signers(&world.data).len()), (1, 2));
    world.advance_millis(LEAD);
    assert_ne!(kid(&log_in(&world)), first);
    // Nobody logged in for long: the next key is made at once, so nothing is wrong.
    world.advance_millis(10 * PERIOD);
    log_in(&world);
    assert_eq!(world.events("signing_key_old").len(), 1);
}

#[test]
fn the_period_is_a_variable() {
    let world = with_first_key();
    world.set("signing_key_lifetime_seconds", "8");
    let mut signed = Vec::new();
    for _ in 0..20 {
        world.advance_millis(SECOND);
        let token = log_in(&world);
        assert_eq!(world.accepts(&token), 200);
        signed.push(kid(&token));
    }
    signed.dedup();
    assert_eq!(signed.len(), 3, "of 8 seconds each");
    assert_eq!(published(&world.data).len(), 3);
    // Values that are allowed only on the stage `test` are refused on the others.
    world.set("pbkdf2_iterations", "220000");
    for (stage, seconds, status) in
        [("dev", "86399", 500), ("dev", "86400", 200), ("test", "1", 200), ("test", "0", 500)]
    {
        world.set("stage", stage);
        world.set("signing_key_lifetime_seconds", seconds);
        assert_eq!(world.get(KEY_SET).status(), status, "{seconds} on {stage}");
    }
}
