//! Rotation of the signing key over days and months: no verifier ever refuses a valid token.

use std::collections::{BTreeMap, VecDeque};

use domain::{SigningKey, UnverifiedToken};
use futures::executor::block_on;
use futures::future::join_all;

use crate::world::{Data, Fault, PASSWORD, World, anon, bearer};

const SECOND: u64 = 1000;
const HOUR: u64 = 60 * 60 * SECOND;
const DAY: u64 = 24 * HOUR;
/// The default value of `signing_key_lifetime_seconds`, in milliseconds.
const PERIOD: u64 = 30 * DAY;
const LEAD: u64 = HOUR;
const TOKEN_LIFE: u64 = 900 * SECOND;

fn kids(world: &World) -> Vec<String> {
    let answer = world.get("/.well-known/jwks.json");
    let keys = answer.json()["keys"].as_array().unwrap().clone();
    keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn log_in(world: &World) -> String {
    let answer = world.log_in("alice");
    assert_eq!(answer.status(), 200, "{}", answer.said());
    answer.json()["token"].as_str().unwrap().to_owned()
}

fn kid(token: &str) -> String {
    UnverifiedToken::parse(token).unwrap().key_id().to_string()
}

fn accepts(world: &World, token: &str) -> u16 {
    world.send(bearer(token, "GET", "/api/authorizer", "")).status()
}

/// The records of signing keys by their number.
fn chain(data: &Data) -> BTreeMap<u64, serde_json::Value> {
    let number = |key: &str| match key.strip_prefix("latchkey:signing-key")? {
        "" => Some(1),
        rest => rest.strip_prefix(':')?.parse().ok(),
    };
    let keys = data.keys();
    let numbered = keys.iter().filter_map(|key| Some((number(key)?, data.get(key)?)));
    numbered.map(|(number, bytes)| (number, serde_json::from_slice(&bytes).unwrap())).collect()
}

fn private_halves(data: &Data) -> Vec<u64> {
    chain(data).iter().filter(|(_, record)| record.get("private_key").is_some()).map(|(number, _)| *number).collect()
}

/// A world with an account and its first signing key.
fn with_first_key() -> World {
    let world = World::new();
    world.join("alice");
    world
}

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
        assert!(private_halves(&self.world.data).len() <= 2);
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
            assert_eq!(accepts(&World::over(self.world.data.clone()), token), 200, "by a fresh instance");
            assert_eq!(accepts(&self.keeps, token), 200, "by one that keeps keys");
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
        let next = chain(&watch.world.data).last_key_value().unwrap().1["signs_from_ms"].as_u64().unwrap() + PERIOD;
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
    for (advance, number, of_set) in [(PERIOD - LEAD, 1, 2), (LEAD, 2, 2), (PERIOD - LEAD, 2, 2), (LEAD, 3, 2)] {
        data.advance_millis(advance);
        let instances: Vec<World> = (0..32).map(|_| World::over(data.clone())).collect();
        let logins = instances.iter().map(|world| world.send_async(anon("POST", "/api/login", &body)));
        let sets = instances.iter().map(|world| world.send_async(anon("GET", "/.well-known/jwks.json", "")));
        let answers = block_on(join_all(logins.chain(sets)));
        let pem = chain(&data)[&number]["private_key"].as_str().unwrap().to_owned();
        let signs = SigningKey::from_pem(&pem).unwrap().id().to_string();
        for (answer, world) in answers[..32].iter().zip(&instances) {
            assert_eq!(answer.status(), 200, "{}", answer.said());
            let token = answer.json()["token"].as_str().unwrap().to_owned();
            assert_eq!((kid(&token), accepts(world, &token)), (signs.clone(), 200));
        }
        assert!(answers[32..].iter().all(|answer| answer.text().contains(&signs)), "never a set without the signer");
        assert_eq!(kids(&first).len(), of_set);
    }
    assert_eq!(chain(&data).len(), 3);
    let entries = data.keys().iter().filter(|key| key.starts_with("latchkey:public-keys:")).count();
    assert_eq!(entries, 3, "each has one entry in the index");
}

#[test]
fn the_private_half_of_the_last_but_one_is_overwritten() {
    let world = with_first_key();
    let secret = chain(&world.data)[&1]["private_key"].as_str().unwrap().to_owned();
    let expected: [&[u64]; 4] = [&[1, 2], &[2, 3], &[3, 4], &[4, 5]];
    for halves in expected {
        world.advance_millis(PERIOD);
        log_in(&world);
        assert_eq!(private_halves(&world.data), halves);
        // A late key waits for its lead.
        world.advance_millis(LEAD);
    }
    let whole = |key: &String| String::from_utf8_lossy(&world.data.get(key).unwrap()).into_owned();
    let secret = secret.lines().nth(1).unwrap();
    assert!(!world.data.keys().iter().any(|key| whole(key).contains(secret)), "nowhere in the store");
    assert_eq!(chain(&world.data).len(), 5, "the numbers stay taken");
}

/// The number of store calls in one login.
fn calls(world: &World) -> usize {
    let before = world.data.calls();
    log_in(world);
    world.data.calls() - before
}

#[test]
fn a_login_reads_three_records_for_its_key_and_one_more_while_the_next_key_waits() {
    let world = with_first_key();
    // With a key from the variable, a login reads one record for the key: its public half.
    world.set("signing_key", &SigningKey::from_seed(&[7; 32]).unwrap().to_pem().unwrap());
    log_in(&world);
    let without_key = calls(&world) - 1;
    world.unset("signing_key");
    assert_eq!(calls(&world), without_key + 3);
    world.advance_millis(PERIOD - LEAD - DAY);
    calls(&world);
    assert_eq!(calls(&world), without_key + 3);
    world.advance_millis(DAY);
    let making = calls(&world) - without_key;
    assert!(making < 20, "{making} calls to make a key");
    assert_eq!(calls(&world), without_key + 4);
    world.advance_millis(LEAD);
    assert_eq!(calls(&world), without_key + 3);
}

#[test]
fn a_next_key_that_can_not_be_made_costs_nobody_a_login() {
    let world_at = |moment| {
        let world = with_first_key();
        world.advance_millis(moment - SECOND);
        log_in(&world);
        world.advance_millis(SECOND);
        world
    };
    let due = || world_at(PERIOD - LEAD);
    // The first call is the one by which a login that makes no key reads the public half of its own key. The last is the one
    // by which a login that makes a key reads that of the key before it.
    let begin = calls(&world_at(PERIOD - LEAD - SECOND));
    for call in begin..=calls(&due()) - 2 {
        for fault in [Fault::Refused, Fault::ReplyLost] {
            let world = due();
            world.data.fail_at(call, fault);
            let token = log_in(&world);
            assert!(world.data.heal());
            assert_eq!(accepts(&world, &token), 200, "{fault:?} at call {call}");
            assert!(world.events("store_error").is_empty() && world.events("signing_key_not_rotated").len() <= 1);
        }
        let world = due();
        world.data.fail_at(call, Fault::Dead);
        assert_eq!(world.log_in("alice").status(), 503);
        world.data.heal();
        let before = world.data.uptime_millis();
        log_in(&World::over(world.data.clone()));
        assert_eq!(world.data.uptime_millis(), before, "nobody waits for a maker that died at call {call}");
    }
}

#[test]
fn the_key_of_a_store_from_before_rotation_is_the_first_of_the_chain() {
    let world = with_first_key();
    // The record as the app wrote it then: there was no hint, and the record did not say from when the key signs.
    world.data.remove("latchkey:signing-keys");
    let mut record = chain(&world.data).remove(&1).unwrap();
    record.as_object_mut().unwrap().remove("signs_from_ms");
    world.data.put("latchkey:signing-key", record.to_string().as_bytes());
    let old = log_in(&world);
    world.advance_millis(400 * DAY);
    let before = log_in(&world);
    assert_eq!(kid(&old), kid(&before), "the next one is not yet known everywhere");
    assert_eq!(kids(&world).len(), 2);
    world.advance_millis(LEAD);
    let next = log_in(&world);
    assert_ne!(kid(&next), kid(&old));
    assert_eq!(accepts(&world, &next), 200);
}

#[test]
fn a_hint_that_is_lost_or_lags_behind_does_no_harm() {
    for hint in [None, Some(1), Some(2), Some(3)] {
        let world = with_first_key();
        for _ in 0..4 {
            world.advance_millis(PERIOD + LEAD);
            log_in(&world);
        }
        world.advance_millis(LEAD);
        let token = log_in(&world);
        let keys = chain(&world.data).len();
        match hint {
            None => world.data.remove("latchkey:signing-keys"),
            Some(number) => {
                world.data.put("latchkey:signing-keys", format!(r#"{{"v":1,"newest":{number}}}"#).as_bytes());
            }
        }
        assert_eq!(kid(&log_in(&world)), kid(&token), "{hint:?}");
        assert_eq!(chain(&world.data).len(), keys, "{hint:?}");
        let hint = String::from_utf8(world.data.get("latchkey:signing-keys").unwrap()).unwrap();
        assert!(hint.contains(&format!("\"newest\":{keys}")), "{hint}");
    }
}

#[test]
fn a_clock_that_steps_back_finds_a_key_that_signs() {
    for back in [2 * HOUR, 2 * DAY, 35 * DAY, 300 * DAY] {
        let world = with_first_key();
        for _ in 0..3 {
            world.advance_millis(PERIOD);
            log_in(&world);
            world.advance_millis(LEAD);
            log_in(&world);
        }
        let keys = chain(&world.data).len();
        world.step_back_millis(back);
        let token = log_in(&world);
        assert_eq!(accepts(&world, &token), 200, "{back} ms back");
        assert!(kids(&world).contains(&kid(&token)), "{back} ms back");
        assert_eq!(chain(&world.data).len(), keys, "no key is made");
        world.step_forward_millis(back);
        assert_eq!(accepts(&world, &log_in(&world)), 200);
    }
}

#[test]
fn a_clock_that_was_far_ahead_leaves_keys_that_sign() {
    let world = with_first_key();
    let ahead = 365 * DAY;
    for _ in 0..3 {
        world.step_forward_millis(ahead);
        log_in(&world);
        world.step_back_millis(ahead);
        world.advance_millis(PERIOD);
        let token = log_in(&world);
        assert_eq!(accepts(&world, &token), 200);
        assert!(kids(&world).contains(&kid(&token)));
    }
}

/// The way to revoke a key that the app has made.
#[test]
fn a_key_that_is_taken_out_of_the_store_is_replaced_at_once() {
    for moment in [0, PERIOD - LEAD, PERIOD] {
        let world = with_first_key();
        world.advance_millis(moment);
        let leaked = log_in(&world);
        for number in chain(&world.data).into_keys() {
            let name = if number == 1 { String::new() } else { format!(":{number}") };
            world.data.remove(&format!("latchkey:signing-key{name}"));
        }
        world.data.remove(&format!("latchkey:public-key:{}", kid(&leaked)));
        let token = log_in(&world);
        assert_ne!(kid(&token), kid(&leaked));
        assert_eq!((accepts(&world, &token), accepts(&world, &leaked)), (200, 401));
    }
}

#[test]
fn the_period_is_a_variable() {
    let world = with_first_key();
    world.set("signing_key_lifetime_seconds", "8");
    let mut signed = Vec::new();
    for _ in 0..20 {
        world.advance_millis(SECOND);
        let token = log_in(&world);
        assert_eq!(accepts(&world, &token), 200);
        signed.push(kid(&token));
    }
    signed.dedup();
    assert_eq!(signed.len(), 3, "of 8 seconds each");
    // Values that are allowed only on the stage `test` are refused on the others.
    world.set("pbkdf2_iterations", "220000");
    for (stage, seconds, status) in
        [("dev", "86399", 500), ("dev", "86400", 200), ("test", "1", 200), ("test", "0", 500)]
    {
        world.set("stage", stage);
        world.set("signing_key_lifetime_seconds", seconds);
        assert_eq!(world.get("/.well-known/jwks.json").status(), status, "{seconds} on {stage}");
    }
}

#[test]
fn an_operators_bundle_signs_by_its_first_key_and_publishes_all() {
    let world = with_first_key();
    let key = |seed| SigningKey::from_seed(&[seed; 32]).unwrap();
    let pem = |seed| key(seed).to_pem().unwrap();
    let id = |seed| key(seed).id().to_string();
    // The steps of an operator: add the next key beside the current one, then remove the old one. The set before each step
    // already covers the tokens after it.
    let mut before = Vec::new();
    for (bundle, signs) in [(pem(7), 7), (pem(7) + &pem(8), 7), (pem(8), 8), (pem(8) + "\n" + &pem(9), 8)] {
        world.set("signing_key", &bundle);
        let token = log_in(&world);
        assert_eq!((kid(&token), accepts(&world, &token)), (id(signs), 200), "key {signs}");
        assert!(before.is_empty() || before.contains(&id(signs)), "by verifiers that cache");
        before = kids(&world);
    }
    assert!([7, 8, 9].iter().all(|seed| before.contains(&id(*seed))), "{before:?}");
    assert_eq!(chain(&world.data).len(), 1, "the app makes no key meanwhile");
    let secret = pem(7);
    for bundle in [secret.repeat(2), (1..=5).map(pem).collect(), secret.clone() + "-----", " ".repeat(20_000) + "x"] {
        world.set("signing_key", &bundle);
        let answer = world.get("/.well-known/jwks.json");
        answer.is_refused(500, "misconfigured", &[]);
        let line = secret.lines().nth(1).unwrap();
        assert!(
            answer.text().contains("signing_key") && !(answer.text().to_owned() + &world.whole_log()).contains(line)
        );
    }
}
