//! What thousands of attackers can do to others: the limits must not become a way to shut people out.

use futures::executor::block_on;
use futures::future::join_all;

use super::*;
use crate::world::signup_body;

const STRANGERS: usize = 500;

fn from(mut request: Request<Bytes>, address: &str) -> Request<Bytes> {
    request.headers_mut().append("spin-client-addr", address.parse().unwrap());
    request
}

fn sign_up_from(address: &str, username: &str) -> Request<Bytes> {
    from(anon("POST", "/api/signup", &signup_body(username)), address)
}

/// How many of the strangers are refused.
fn refused(world: &World, request: impl Fn(usize) -> Request<Bytes>) -> usize {
    let statuses = (0..STRANGERS).map(|n| world.send(request(n)).status());
    statuses.filter(|status| *status == 429).count()
}

/// Each network is in a /48 of its own, which is harder than twenty thousand of one /48. Five thousand use their whole quota,
/// and the others fail to log in.
#[test]
fn twenty_thousand_networks_with_100_000_requests_an_hour_shut_out_nearly_nobody() {
    let world = world();
    for n in 0..100_000_u32 {
        let network = n % 20_000;
        let address = format!("[2001:{:x}:{:x}:1::1]:1", network >> 8, network & 0xff);
        world.send(match network % 4 {
            0 => sign_up_from(&address, &format!("name-{n}")),
            _ => login_from(&address, &format!("name-{n}"), WRONG),
        });
        world.advance_millis(36);
    }
    let sign_ups = refused(&world, |n| sign_up_from(&format!("198.51.{}.{}:1", n / 250, n % 250), &format!("new-{n}")));
    assert!(sign_ups * 100 < STRANGERS, "{sign_ups} of {STRANGERS} can not sign up");
    let stranger = |n: usize| login_from(&format!("[2a00:{n:x}::1]:1"), &format!("other-{n}"), WRONG);
    let logins = refused(&world, stranger);
    assert!(logins * 100 < STRANGERS, "{logins} of {STRANGERS} can not log in");
}

/// Sixty-eight hashes a second for twenty minutes, which is longer than failures count, so that an hour fills no more slots. A
/// name is tried again as soon as its delay allows, from another address: that holds the most slots in a delay.
#[test]
fn made_up_names_keep_nearly_no_new_browser_from_its_account() {
    const NAMES: usize = 68 * 60;
    for repeated in [true, false] {
        let world = world();
        for n in 0..68 * 60 * 20_usize {
            let name = if repeated { n % NAMES } else { n };
            let [.., a, b, c] = n.to_be_bytes();
            world.send(login_from(&format!("10.{a}.{b}.{c}:1"), &format!("made-up-{name}"), WRONG));
            if n % 68 == 67 {
                world.advance_millis(1000);
            }
        }
        let account = |n: usize| login_from(&format!("198.51.{}.{}:1", n / 250, n % 250), &format!("owner-{n}"), WRONG);
        let refused = refused(&world, account);
        assert!(refused * 50 < STRANGERS, "{refused} of {STRANGERS} have to wait");
    }
}

/// Of thousands at once, for one name or from one address, no more pass than the rule allows.
#[test]
fn thousands_at_once_are_counted_one_by_one() {
    let world = world();
    world.set("logins_per_ten_minutes", "0");
    guess(&world, "somebody");
    for by_address in [false, true] {
        let request = |n: usize| match by_address {
            true => login_from(HOME, &format!("name-{n}"), WRONG),
            false => login_from(&format!("10.0.{}.{}:1", n / 250, n % 250), "alice", WRONG),
        };
        let statuses = together::at_once_of(2000, &world.data, 1, request);
        let passed = statuses.iter().filter(|status| **status == 401).count();
        assert!((4..=5).contains(&passed), "{passed}");
    }
}

/// A slot that holds something odd lets nobody in freely, and refuses nobody for ever.
#[test]
fn odd_slots_are_repaired() {
    let far = ((1_i64 << 33) << 9).to_le_bytes();
    for odd in [&(-1_i64).to_le_bytes()[..], &i64::MIN.to_le_bytes(), &i64::MAX.to_le_bytes(), &far, b"garbage", b""] {
        let world = world();
        guess(&world, "alice");
        for key in world.data.keys().iter().filter(|key| key.starts_with("latchkey:delay:")) {
            world.data.put(key, odd);
        }
        assert_eq!(guess(&world, "alice"), (429, Some(1)), "{odd:?}");
        assert_eq!(world.events("slot_repaired").len(), 1, "{odd:?}");
        assert_eq!(guess(&world, "alice"), (429, Some(1)), "not freely after the repair");
        world.advance_millis(1000);
        assert_eq!(guess(&world, "alice"), FAILED, "{odd:?}");
        assert_eq!(guess(&world, "alice"), (429, Some(2)), "{odd:?}");
    }
}

/// Each of them adds a value to the slot, and all but one take it back.
#[test]
fn a_slot_that_several_repair_at_once_is_clear() {
    let world = world();
    guess(&world, "alice");
    let slot = world.data.keys().into_iter().find(|key| key.starts_with("latchkey:delay:")).unwrap();
    world.data.put(&slot, b"garbage");
    let others = [over(&world.data), over(&world.data)];
    // In step, so both have deleted the value before either adds.
    world.data.watch(std::rc::Rc::new(|_, _| true));
    let answers = join_all(others.iter().map(|other| other.send_async(login("alice", WRONG))));
    for answer in block_on(answers) {
        assert_eq!(verdict(&answer), (429, Some(1)));
    }
    assert_eq!(guess(&world, "alice"), (429, Some(1)));
    let repairs = [&others[0], &others[1], &world].map(|world| world.events("slot_repaired").len());
    assert_eq!(repairs, [1, 1, 0], "the last one had nothing to repair");
}

/// One slot of a name is stuck, and the other one is a busy slot of somebody else.
#[test]
fn a_stuck_slot_is_repaired_beside_a_busy_one() {
    let world = world();
    guess(&world, "alice");
    let slots: Vec<_> = world.data.keys().into_iter().filter(|key| key.starts_with("latchkey:delay:")).collect();
    let record: serde_json::Value = serde_json::from_slice(&world.data.get("latchkey:places").unwrap()).unwrap();
    let secret = domain::AppSecret::from_hex(record["secret"].as_str().unwrap()).unwrap();
    let [stuck, busy] = secret.home("account", "alice").slots.map(|slot| format!("latchkey:delay:{slot}"));
    assert_eq!(slots, std::slice::from_ref(&stuck), "the name is in its first slot");
    world.data.put(&stuck, &(-1_i64).to_le_bytes());
    // Each look finds another value in the busy slot.
    let mut count = 0_i64;
    let mut request = std::pin::pin!(world.send_async(login("alice", WRONG)));
    let answer = loop {
        count += 1;
        world.data.put(&busy, &count.to_le_bytes());
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        if let std::task::Poll::Ready(answer) = request.as_mut().poll(&mut context) {
            break answer;
        }
    };
    assert_eq!(verdict(&answer), (429, Some(1)));
    assert_eq!(world.events("slot_repaired").len(), 1);
}

/// A process dies between an increment and its taking back; what it leaves behind is repaired, or passes by.
#[test]
fn a_death_in_the_middle_of_a_collision_refuses_nobody_for_ever() {
    for call in 1..60 {
        let data = Data::default();
        let world = over(&data);
        guess(&world, "alice");
        world.advance_millis(20 * MINUTE);
        data.fail_at(call, crate::world::Fault::Dead);
        together::at_once_of(4, &data, call as u64, |_| login("alice", WRONG));
        if !data.heal() {
            return;
        }
        world.advance_millis(MINUTE);
        let mut passed = false;
        for _ in 0..4 {
            passed |= guess(&world, "alice").0 == 401;
            world.advance_millis(2000);
        }
        assert!(passed, "call {call}");
    }
    panic!("the loop did not end");
}
