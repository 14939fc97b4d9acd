//! Creating a record exactly once, with races, crashes and clock changes.

use std::task::{Context, Poll, Waker};

use futures::executor::block_on;
use futures::future::join_all;

use crate::world::{Data, Fault, PASSWORD, World};

const LEASE_MILLIS: u64 = 120_000;

fn statuses(worlds: &[World], username: &str) -> Vec<u16> {
    let body =
        |index: usize| format!(r#"{{"username":"{username}","password":"{PASSWORD} {index}","name":"{index}"}}"#);
    let requests = worlds.iter().enumerate();
    block_on(join_all(requests.map(|(index, world)| async move {
        world.send_async(crate::world::anon("POST", "/api/signup", &body(index))).await.status()
    })))
}

fn instances(data: &Data, count: usize) -> Vec<World> {
    (0..count).map(|_| World::over(data.clone())).collect()
}

fn can_log_in(world: &World, username: &str, index: usize) -> bool {
    let body = format!(r#"{{"username":"{username}","password":"{PASSWORD} {index}"}}"#);
    world.post("/api/login", &body).status() == 200
}

#[test]
fn of_many_sign_ups_for_a_name_one_wins() {
    for round in 0..20 {
        let data = Data::default();
        let worlds = instances(&data, 2 + 3 * round);
        let statuses = statuses(&worlds, "alice");
        let winners: Vec<usize> = (0..statuses.len()).filter(|&index| statuses[index] == 201).collect();
        assert_eq!(winners.len(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| [201, 409].contains(status)), "{statuses:?}");
        for index in 0..worlds.len() {
            assert_eq!(can_log_in(&worlds[0], "alice", index), index == winners[0]);
        }
    }
}

/// A process dies at each of its store calls. The name is free again after the lease at the latest, and a confirmed account
/// remains.
#[test]
fn a_death_does_not_burn_a_name() {
    let mut deaths = 0;
    for call in 1.. {
        let data = Data::default();
        let world = World::over(data.clone());
        data.fail_at(call, Fault::Dead);
        let status = world.sign_up("alice").status();
        if !data.heal() {
            break;
        }
        deaths += 1;
        let heir = World::over(data.clone());
        let mut attempts = Vec::new();
        for _ in 0..3 {
            attempts.push(heir.sign_up("alice").status());
            heir.advance_millis(LEASE_MILLIS + 1);
        }
        // After its death's answer: either the account is there, and was confirmed or not, or the name can be had.
        let created = heir.log_in("alice").status() == 200;
        assert!(created, "call {call}: {status}, then {attempts:?}");
        assert!(attempts.iter().filter(|status| **status == 201).count() <= 1, "call {call}: {attempts:?}");
        assert!(status == 201 || status == 503, "call {call}: {status}");
        assert!(status != 201 || !attempts.contains(&201), "call {call}: a confirmed account was made again");
    }
    assert!(deaths >= 7, "only {deaths} calls");
}

/// As above, but the process that takes over also dies at each of its calls.
#[test]
fn a_second_death_does_not_burn_it_either() {
    for first in 1..12 {
        for second in 1..12 {
            let data = Data::default();
            for call in [first, second] {
                let world = World::over(data.clone());
                world.advance_millis(LEASE_MILLIS * 2);
                data.fail_at(call, Fault::Dead);
                world.sign_up("alice");
                data.heal();
            }
            let heir = World::over(data.clone());
            for _ in 0..6 {
                heir.advance_millis(LEASE_MILLIS * 2);
                heir.sign_up("alice");
            }
            assert_eq!(heir.log_in("alice").status(), 200, "deaths at calls {first} and {second}");
        }
    }
}

/// A process stops after each of its calls for longer than a lease, while another process repeatedly asks for the name. A
/// confirmed account is the one that exists.
#[test]
fn who_sleeps_through_the_lease_overwrites_nothing() {
    let mut stalls = 0;
    for call in 1..40 {
        let data = Data::default();
        let (sleeper, other) = (World::over(data.clone()), World::over(data.clone()));
        data.fail_at(call, Fault::Stall(LEASE_MILLIS + 1));
        let body = |index: usize| format!(r#"{{"username":"alice","password":"{PASSWORD} {index}","name":"{index}"}}"#);
        let ask = async |world: &World, index: usize| {
            world.send_async(crate::world::anon("POST", "/api/signup", &body(index))).await.status()
        };
        let again = async {
            let mut status = 409;
            for _ in 0..8 {
                if status != 201 {
                    status = ask(&other, 1).await;
                }
            }
            status
        };
        let (asleep, awake) = block_on(futures::future::join(ask(&sleeper, 0), again));
        stalls += usize::from(data.heal());
        assert!([asleep, awake].iter().filter(|status| **status == 201).count() <= 1, "call {call}");
        assert!(asleep != 201 || can_log_in(&other, "alice", 0), "call {call}: {asleep} {awake}");
        assert!(awake != 201 || can_log_in(&other, "alice", 1), "call {call}: {asleep} {awake}");
    }
    assert!(stalls >= 12, "only {stalls} stalls");
}

/// A claim without its process holds until the end of the lease, and then exactly one other process gets it.
#[test]
fn a_claim_without_its_maker_holds_for_the_lease() {
    let data = Data::default();
    let world = World::over(data.clone());
    data.put("latchkey:user:alice:lock:0", &1_i64.to_le_bytes());
    assert_eq!(world.sign_up("alice").status(), 409);
    world.advance_millis(LEASE_MILLIS);
    assert_eq!(world.sign_up("alice").status(), 409, "the lease is not over");
    world.advance_millis(1);
    let others = [World::over(data.clone()), World::over(data.clone()), World::over(data.clone())];
    let mut statuses = statuses(&others, "alice");
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409]);
}

/// A lock with a time from before the clock stepped back does not hold for the length of the step.
#[test]
fn a_clock_that_steps_back_does_not_hold_a_name() {
    let data = Data::default();
    let world = World::over(data.clone());
    data.put("latchkey:user:alice:lock:0", &1_i64.to_le_bytes());
    assert_eq!(world.sign_up("alice").status(), 409);
    world.step_back_millis(100 * LEASE_MILLIS);
    assert_eq!(world.sign_up("alice").status(), 409);
    world.advance_millis(LEASE_MILLIS + 1);
    assert_eq!(world.sign_up("alice").status(), 201);
}

#[test]
fn all_of_it_works_on_counters_in_digits() {
    let data = Data::default();
    data.use_digits();
    let worlds = instances(&data, 16);
    let statuses = statuses(&worlds, "alice");
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
}

/// A request that stands still after some of its store calls, until it is polled again.
struct Sleeper<'a>(std::pin::Pin<Box<dyn Future<Output = u16> + 'a>>);

impl<'a> Sleeper<'a> {
    fn new(world: &'a World, username: &'a str, index: usize) -> Self {
        let body = format!(r#"{{"username":"{username}","password":"{PASSWORD} {index}","name":"{index}"}}"#);
        let request = crate::world::anon("POST", "/api/signup", &body);
        Self(Box::pin(async move { world.send_async(request).await.status() }))
    }

    /// Runs until the effect of the call with this number, and stops right after it. `None` when it is still running.
    fn run_calls(&mut self, calls: usize, data: &Data) -> Option<u16> {
        let before = data.calls();
        while data.calls() < before + calls {
            if let Poll::Ready(status) = self.0.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                return Some(status);
            }
        }
        None
    }
}

/// A process stands still after each of its calls, for as long as another one needs to take the name over. When it wakes up,
/// it must not write, whatever it has seen before.
#[test]
fn who_wakes_up_after_the_name_was_taken_over_writes_nothing() {
    let mut taken_over = 0;
    for calls in 1.. {
        let data = Data::default();
        let (world, other) = (World::over(data.clone()), World::over(data.clone()));
        let mut sleeper = Sleeper::new(&world, "alice", 0);
        if sleeper.run_calls(calls, &data).is_some() {
            break;
        }
        let mut statuses = Vec::new();
        for _ in 0..2 {
            statuses.push(block_on(Sleeper::new(&other, "alice", 1).0));
            other.advance_millis(LEASE_MILLIS + 1);
        }
        let asleep = block_on(sleeper.0);
        let others = statuses.contains(&201);
        assert!(!(others && asleep == 201), "two owners after call {calls}: {statuses:?}");
        assert_eq!(can_log_in(&other, "alice", 1), others, "after call {calls}: {statuses:?}, {asleep}");
        taken_over += usize::from(others && asleep == 409);
    }
    assert!(taken_over >= 3, "{taken_over}");
}

#[test]
fn who_has_won_and_fails_keeps_nobody_waiting() {
    let world = World::new();
    // The last call so far is the claim; the look at the record fails.
    world.data.fail_at(4, Fault::Refused);
    assert_eq!(world.sign_up("alice").status(), 503);
    assert_eq!(world.sign_up("alice").status(), 201, "the claim is free at once");
}

/// DynamoDB refuses increments that collide.
#[test]
fn a_claim_that_the_store_refuses_is_tried_again() {
    let world = World::new();
    world.data.fail_at(3, Fault::Refused);
    assert_eq!(world.sign_up("alice").status(), 201);
    assert!(world.data.heal());
}

/// The claim is another one's. If this request deleted it, a third one could write the same record.
#[test]
fn who_has_not_won_and_fails_leaves_the_claim() {
    let data = Data::default();
    let world = World::over(data.clone());
    data.put("latchkey:user:alice:lock:0", &1_i64.to_le_bytes());
    // The last call so far is the claim, which is lost; the look at the record fails.
    data.fail_at(4, Fault::Refused);
    assert_eq!(world.sign_up("alice").status(), 503);
    assert_eq!(data.get("latchkey:user:alice:lock:0"), Some(2_i64.to_le_bytes().to_vec()));
}

/// The other side of the lease: who has stood still for less than half of it goes on.
#[test]
fn who_wakes_up_in_time_has_the_name() {
    for (millis, status) in [(LEASE_MILLIS / 2, 201), (LEASE_MILLIS / 2 + 1, 409)] {
        let data = Data::default();
        let world = World::over(data.clone());
        let mut sleeper = Sleeper::new(&world, "alice", 0);
        assert_eq!(sleeper.run_calls(4, &data), None, "the last call so far is the look after the claim");
        world.advance_millis(millis);
        assert_eq!(block_on(sleeper.0), status, "after {millis} ms");
        assert_eq!(world.data.get("latchkey:user:alice").is_some(), status == 201);
    }
}

/// While a machine sleeps, the clock that does not step may stand still.
#[test]
fn who_slept_by_the_clock_on_the_wall_writes_nothing() {
    let data = Data::default();
    let world = World::over(data.clone());
    let mut sleeper = Sleeper::new(&world, "alice", 0);
    assert_eq!(sleeper.run_calls(4, &data), None);
    world.step_forward_millis(LEASE_MILLIS / 2 + 1);
    assert_eq!(block_on(sleeper.0), 409);
    assert!(world.data.get("latchkey:user:alice").is_none());
}

/// Another writer, whose clock went wrong, writes between a winner's write and its reading back.
#[test]
fn who_was_overtaken_learns_it() {
    let data = Data::default();
    let world = World::over(data.clone());
    assert_eq!(World::over(Data::default()).sign_up("alice").status(), 201);
    let mut sleeper = Sleeper::new(&world, "alice", 0);
    assert_eq!(sleeper.run_calls(5, &data), None);
    assert!(data.get("latchkey:user:alice").is_some(), "the record is written and not read back");
    data.put("latchkey:user:alice", br#"{"v":1,"deleted_at_ms":1}"#);
    assert_eq!(block_on(sleeper.0), 409);
}

/// The process that takes over dies too, before its record is there. Its generation is noted, and the next one opens.
#[test]
fn an_heir_that_dies_has_an_heir() {
    let data = Data::default();
    let world = World::over(data.clone());
    data.put("latchkey:user:alice:lock:0", &1_i64.to_le_bytes());
    assert_eq!(world.sign_up("alice").status(), 409, "it notes generation 0");
    world.advance_millis(LEASE_MILLIS + 1);
    data.put("latchkey:user:alice:lock:1", &1_i64.to_le_bytes());
    assert_eq!(world.sign_up("alice").status(), 409, "it notes generation 1");
    world.advance_millis(LEASE_MILLIS);
    assert_eq!(world.sign_up("alice").status(), 409, "the lease of generation 1 is not over");
    world.advance_millis(1);
    assert_eq!(world.sign_up("alice").status(), 201);
    assert_eq!(data.keys().iter().filter(|key| key.contains(":lock")).count(), 0, "and nothing of it stays");
}
