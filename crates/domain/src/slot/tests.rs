use std::collections::BTreeSet;

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const RULE: Limit = Limit::Delay(DelayRule { free: 5, max_seconds: 60 });
const HOURLY: Limit = Limit::Quota(Quota { limit: 20, window_millis: 3_600_000 });

fn home(name: &str) -> Home {
    AppSecret::new([7; 32]).home("account", name)
}

/// Two slots, and what happens to them.
#[derive(Clone, Copy, Default)]
struct Store([i64; 2]);

impl Store {
    fn add(&mut self, index: usize, delta: i64) -> i64 {
        self.0[index] += delta;
        self.0[index]
    }

    /// One attempt with nobody beside it. The milliseconds to wait; 0 when it goes on.
    fn attempt(&mut self, limit: Limit, name: &str, now: Timestamp) -> u64 {
        match limit.judge(home(name), self.0, now) {
            Judgement::Wait(wait_millis) => wait_millis,
            Judgement::Take(step) => {
                let value = self.add(step.index, step.delta);
                assert!(matches!(step.result(value, now), Outcome::GoesOn { .. }));
                0
            }
            Judgement::Unclear(index) => panic!("slot {index} of {:?} is unclear", self.0),
        }
    }
}

#[test]
fn names_spread_over_all_slots_and_keep_theirs() {
    let secret = AppSecret::new([7; 32]);
    let homes: Vec<_> = (0..20_000).map(|n| secret.home("account", &format!("name-{n}"))).collect();
    let slots: BTreeSet<_> = homes.iter().flat_map(|home| home.slots).collect();
    assert!(slots.len() > 34_000 && slots.last() < Some(&SLOTS), "{} slots", slots.len());
    assert!(homes.iter().all(|home| home.slots[0] != home.slots[1]));
    let tags: BTreeSet<_> = homes.iter().map(|home| home.tag).collect();
    assert_eq!(tags.len(), 256);
    let read = AppSecret::from_hex(&secret.to_hex()).unwrap();
    assert_eq!(read.home("account", "name-9"), homes[9]);
    assert_ne!(secret.home("address", "name-9"), homes[9]);
    assert_ne!(AppSecret::new([8; 32]).home("account", "name-9"), homes[9]);
}

/// Computed with Python's `hmac`. After a release that placed names elsewhere, all that was counted before would be forgotten.
#[test]
fn names_stay_in_their_slots_from_release_to_release() {
    for (name, slots, tag) in
        [("alice", [111_495, 14_729], 228), ("bob", [40_672, 6629], 13), ("carol", [54_887, 102_640], 18)]
    {
        assert_eq!(home(name), Home { slots, tag }, "{name}");
    }
}

#[test]
fn what_is_no_secret_does_not_read() {
    for text in ["", "00", &"0".repeat(63), &"g".repeat(64), &"é".repeat(32), &"+1".repeat(32)] {
        assert!(AppSecret::from_hex(text).is_none(), "{text}");
    }
}

#[test]
fn five_failures_are_free_and_then_delays_double() {
    let mut store = Store::default();
    let mut now = NOW;
    for _ in 0..5 {
        assert_eq!(store.attempt(RULE, "alice", now), 0);
    }
    for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
        assert_eq!(store.attempt(RULE, "alice", now), seconds * 1000);
        assert_eq!(store.attempt(RULE, "alice", now.plus_millis(seconds * 1000 - 125)), 125);
        now = now.plus_secs(seconds);
        assert_eq!(store.attempt(RULE, "alice", now), 0);
    }
    let quiet = now.plus_millis(DelayRule::QUIET_MILLIS);
    assert_eq!(store.attempt(RULE, "alice", quiet.plus_millis(0)), 0, "all is forgotten");
    assert_eq!(store.attempt(RULE, "alice", quiet), 0);
}

#[test]
fn a_failure_counts_for_the_quiet_time_after_the_last_one() {
    let mut store = Store::default();
    for n in 0..5 {
        assert_eq!(store.attempt(RULE, "alice", NOW.plus_secs(n * 899)), 0, "{n}");
    }
    assert_eq!(store.attempt(RULE, "alice", NOW.plus_secs(4 * 899)), 1000);
}

#[test]
fn a_window_begins_with_its_first_event() {
    let mut store = Store::default();
    for n in 0..20 {
        assert_eq!(store.attempt(HOURLY, "alice", NOW.plus_secs(n)), 0);
    }
    assert_eq!(store.attempt(HOURLY, "alice", NOW.plus_secs(30)), 3_570_000);
    assert_eq!(store.attempt(HOURLY, "alice", NOW.plus_secs(3600)), 0);
}

/// Otherwise the count of one kind of event would be cut short by a kind whose window is shorter.
#[test]
fn a_short_window_is_over_for_its_own_name_alone() {
    let short = Limit::Quota(Quota { limit: 3, window_millis: 600_000 });
    let slot = |name| QUOTAS.pack(Slot { tag: QUOTAS.tag(home(name)), at: NOW, count: 3 });
    let chosen = |values, minutes: u64| match short.judge(home("alice"), values, NOW.plus_secs(60 * minutes)) {
        Judgement::Take(step) => Some(step.index),
        _ => None,
    };
    assert_eq!(chosen([slot("alice"), 0], 9), None);
    assert_eq!(chosen([slot("alice"), 0], 10), Some(0));
    assert_eq!(chosen([slot("bob"), 0], 59), Some(1));
    assert_eq!(chosen([slot("bob"), 0], 60), Some(0));
}

/// Names that share no tag, with their attempts in the two slots of the first one.
fn strangers() -> [&'static str; 3] {
    let names: [&str; 3] = ["alice", "bob", "carol"];
    assert_eq!(names.map(|name| home(name).tag & 0x7f).iter().collect::<BTreeSet<_>>().len(), 3);
    names
}

#[test]
fn a_stranger_waits_only_if_both_slots_are_taken_by_names_that_wait() {
    let [alice, bob, carol] = strangers();
    let mut store = Store::default();
    for _ in 0..5 {
        store.attempt(RULE, alice, NOW);
    }
    assert_eq!(store.attempt(RULE, alice, NOW), 1000);
    for _ in 0..5 {
        assert_eq!(store.attempt(RULE, bob, NOW), 0, "bob has the other slot");
    }
    assert_eq!(store.attempt(RULE, carol, NOW), 1000, "and carol has none");
    let later = NOW.plus_secs(1);
    assert_eq!(store.attempt(RULE, carol, later), 0, "so she is counted together with one of them");
    assert_eq!(store.attempt(RULE, alice, later), 2000);
    assert_eq!(store.attempt(RULE, bob, later), 0);
}

/// Attempts that have all read the same values. Of however many at once, no more go on than may, and what remains is
/// their number.
#[test]
fn of_many_at_once_no_more_go_on_than_may() {
    for (limit, may) in [(RULE, 5), (HOURLY, 20)] {
        for begin in [0, limit.layout().pack(Slot { tag: 99, at: Timestamp::from_millis(EPOCH_MILLIS), count: 3 })] {
            let mut store = Store([begin, 0]);
            let mut gone_on = 0;
            for _ in 0..may + 2 {
                let seen = store;
                let steps: Vec<_> = (0..1000).map(|_| limit.judge(home("alice"), seen.0, NOW)).collect();
                let mut back = Vec::new();
                for step in steps {
                    let Judgement::Take(step) = step else { continue };
                    match step.result(store.add(step.index, step.delta), NOW) {
                        Outcome::GoesOn { .. } => gone_on += 1,
                        _ => back.push(step),
                    }
                }
                back.into_iter().for_each(|step| _ = store.add(step.index, -step.delta));
            }
            assert_eq!(gone_on, may);
            assert!(matches!(limit.judge(home("alice"), store.0, NOW), Judgement::Wait(1..)));
        }
    }
}

#[test]
fn while_there_are_delays_one_at_a_time_goes_on() {
    let mut store = Store::default();
    (0..5).for_each(|_| _ = store.attempt(RULE, "alice", NOW));
    let now = NOW.plus_secs(1);
    let Judgement::Take(step) = RULE.judge(home("alice"), store.0, now) else { panic!("it is time") };
    let first = store.add(step.index, step.delta);
    assert_eq!(step.result(first, now), Outcome::GoesOn { forget: -step.delta });
    let second = store.add(step.index, step.delta);
    assert_eq!(step.result(second, now), Outcome::Waits(4000));
    store.add(step.index, -step.delta);
    assert_eq!(store.attempt(RULE, "alice", now), 2000);
}

/// The time of a slot moves on only when it is ten seconds old, so that attempts of one moment all go on.
#[test]
fn free_attempts_of_one_moment_do_not_collide() {
    for (millis, collides) in [(0, false), (9_875, false), (10_000, true)] {
        let mut store = Store::default();
        store.attempt(RULE, "alice", NOW);
        let now = NOW.plus_millis(millis);
        let Judgement::Take(step) = RULE.judge(home("alice"), store.0, now) else { panic!("it is free") };
        let outcomes = [(); 2].map(|()| step.result(store.add(step.index, step.delta), now));
        assert!(matches!(outcomes[0], Outcome::GoesOn { .. }), "{millis}");
        assert_eq!(outcomes[1] == Outcome::Collided, collides, "{millis}");
    }
}

#[test]
fn the_first_delay_begins_with_the_last_attempt_that_is_free() {
    let mut store = Store::default();
    (0..4).for_each(|_| _ = store.attempt(RULE, "alice", NOW));
    let now = NOW.plus_secs(5);
    assert_eq!(store.attempt(RULE, "alice", now), 0);
    assert_eq!(store.attempt(RULE, "alice", now), 1000);
}

/// What counts in the other slot counts too: attempts may have chosen at a moment when one of the two became free.
#[test]
fn a_name_in_both_slots_has_no_more_attempts() {
    let layout = &DELAYS;
    let slot = |count| layout.pack(Slot { tag: layout.tag(home("alice")), at: NOW, count });
    assert_eq!(RULE.judge(home("alice"), [slot(2), slot(3)], NOW), Judgement::Wait(1000));
    let Judgement::Take(step) = RULE.judge(home("alice"), [slot(2), slot(2)], NOW) else { panic!("one is free") };
    assert!(matches!(step.result(slot(3), NOW), Outcome::GoesOn { .. }));
    assert_eq!(step.result(slot(4), NOW), Outcome::Waits(1000));
    let now = NOW.plus_secs(1);
    let mut store = Store([slot(3), slot(2)]);
    let Judgement::Take(step) = RULE.judge(home("alice"), store.0, now) else { panic!("it is time") };
    assert!(matches!(step.result(store.add(step.index, step.delta), now), Outcome::GoesOn { .. }));
    assert_eq!(step.result(store.add(step.index, step.delta), now), Outcome::Waits(4000), "one at a time");
}

#[test]
fn odd_values_are_unclear_and_can_be_repaired() {
    let far = DELAYS.pack(Slot { tag: 1, at: NOW.plus_secs(61), count: 1 });
    for odd in [-1, i64::MIN, i64::MAX, 1 << 51, far] {
        assert_eq!(RULE.judge(home("alice"), [odd, 0], NOW), Judgement::Unclear(0), "{odd}");
        assert_eq!(RULE.judge(home("alice"), [0, odd], NOW), Judgement::Unclear(1), "{odd}");
    }
    for limit in [RULE, HOURLY] {
        let mut store = Store([limit.repaired(home("alice"), NOW), 0]);
        let repaired = store.0[0];
        let gone_on = (0..20).filter(|_| store.attempt(limit, "alice", NOW) == 0).count();
        assert_eq!(gone_on, if limit == RULE { 0 } else { 10 }, "nobody goes on freely");
        let later = NOW.plus_secs(3600);
        assert!(
            matches!(limit.judge(home("alice"), [repaired, 0], later), Judgement::Take(_)),
            "and nobody waits for ever"
        );
    }
    let near = DELAYS.pack(Slot { tag: DELAYS.tag(home("alice")), at: NOW.plus_secs(60), count: 5 });
    assert_eq!(RULE.judge(home("alice"), [near, 0], NOW), Judgement::Wait(61_000), "a clock that is a little ahead");
}

/// A clock that is far ahead changes neither the tag nor the count. The ends are 2^34 eighths of a second and 2^27 quarters
/// of a minute after the beginning of 2026, less one.
#[test]
fn times_have_an_end() {
    for (layout, last_millis) in [(&DELAYS, 3_914_709_247_875), (&QUOTAS, 3_780_491_505_000)] {
        let last = Slot { tag: 6, at: Timestamp::from_millis(last_millis), count: 5 };
        for at in [last.at, last.at.plus_secs(15), last.at.plus_secs(1 << 40)] {
            assert_eq!(layout.read(layout.pack(Slot { at, ..last }), last.at), Some(last));
        }
    }
}

#[test]
fn counts_have_an_end() {
    let mut store = Store([DELAYS.pack(Slot { tag: DELAYS.tag(home("alice")), at: NOW, count: MAX_FAILURES }), 0]);
    let now = NOW.plus_secs(60);
    let Judgement::Take(step) = RULE.judge(home("alice"), store.0, now) else { panic!("it is time") };
    assert!(matches!(step.result(store.add(step.index, step.delta), now), Outcome::GoesOn { .. }));
    assert_eq!(RULE.judge(home("alice"), store.0, now), Judgement::Wait(60_000));
}

/// A success takes its own attempt back, with the time that it has set, and nothing of the others.
#[test]
fn a_forgotten_attempt_leaves_what_was_before() {
    let take = |store: &mut Store, now| {
        let Judgement::Take(step) = RULE.judge(home("alice"), store.0, now) else { panic!("it may go on") };
        let Outcome::GoesOn { forget } = step.result(store.add(step.index, step.delta), now) else { panic!("alone") };
        (step.index, forget)
    };
    let mut store = Store::default();
    (0..4).for_each(|_| _ = store.attempt(RULE, "alice", NOW));
    let before = store.0;
    for minutes in 1..15 {
        let (index, forget) = take(&mut store, NOW.plus_secs(60 * minutes));
        assert_ne!(store.0, before);
        store.add(index, forget);
        assert_eq!(store.0, before, "it does not keep the failures of others alive");
    }
    let mut store = Store::default();
    let (index, forget) = take(&mut store, NOW);
    (0..3).for_each(|_| _ = store.attempt(RULE, "alice", NOW));
    store.add(index, forget);
    let gone_on = (0..9).filter(|_| store.attempt(RULE, "alice", NOW) == 0).count();
    assert_eq!(gone_on, 2, "three of five were counted after the first");
}
