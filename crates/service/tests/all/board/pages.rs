//! The newest page after what is unusual: deaths, bursts, accounts that are deleted, old stores, values that are not ours.

use futures::executor::block_on;
use futures::future::join_all;

use super::{LEASE_MILLIS, NEWEST, is_current, said, world};
use crate::world::{Data, Fault, PASSWORD, World, bearer};

fn say(world: &World, who: &str, text: &str) {
    let answer = world.say(who, text);
    assert_eq!(answer.status(), 201, "{}", answer.said());
    assert_eq!(world.get("/api/messages").json(), said(&world.data.snapshot()), "after {text}");
}

fn is_served(world: &World) -> bool {
    is_current(&world.data.snapshot())
}

/// A request takes a position and dies.
fn die(world: &World) {
    let next = super::counter(&world.data.snapshot()) + 1;
    world.data.put("latchkey:messages", &next.to_le_bytes());
}

#[test]
fn a_death_on_a_quiet_board_costs_the_page_until_somebody_posts_after_the_lease() {
    let world = world(&Data::default());
    say(&world, "alice", "one");
    die(&world);
    let page = world.data.get(NEWEST);
    say(&world, "alice", "two");
    assert_eq!(world.data.get(NEWEST), page, "the page is behind, and it is not written for that alone");
    world.advance_millis(LEASE_MILLIS);
    say(&world, "alice", "three");
    assert!(!is_served(&world), "the lease is not over");
    world.advance_millis(1);
    say(&world, "alice", "four");
    assert!(is_served(&world));
}

/// Others take its position as settled after the lease, so a post that comes near that writes nothing.
#[test]
fn a_post_that_stood_still_for_half_of_the_lease_is_written_and_no_later_one() {
    for (millis, status) in [(LEASE_MILLIS / 2, 201), (LEASE_MILLIS / 2 + 1, 503)] {
        let world = world(&Data::default());
        // After the entry in the author's list, and before the message.
        world.data.fail_at(4, Fault::Stall(millis));
        assert_eq!(world.say("alice", "late").status(), status, "after {millis} ms");
        assert_eq!(world.texts("/api/messages").len(), usize::from(status == 201));
    }
}

#[test]
fn a_death_on_a_busy_board_costs_it_no_longer() {
    let world = world(&Data::default());
    say(&world, "alice", "one");
    die(&world);
    for number in 0..1200 {
        assert!(!is_served(&world), "{number}");
        assert_eq!(world.say("alice", "more").status(), 201);
        world.advance_millis(100);
    }
    say(&world, "alice", "the last one within the lease");
    assert!(!is_served(&world));
    world.advance_millis(100);
    say(&world, "alice", "after");
    assert!(is_served(&world));
}

/// The note says which positions are open, so that nobody has to look at more and more of them.
#[test]
fn a_page_that_is_32_positions_behind_stays_and_one_further_a_note_takes_its_place() {
    let world = world(&Data::default());
    say(&world, "alice", "one");
    die(&world);
    let page = world.data.get(NEWEST);
    for position in 3..=33 {
        say(&world, "alice", "more");
        assert_eq!(world.data.get(NEWEST), page, "{position}");
    }
    say(&world, "alice", "one too many");
    assert_ne!(world.data.get(NEWEST), page);
}

/// Nothing of ours leaves one. A reader would pass the run, and a deletion beside it write over what is at the run's ends.
#[test]
fn a_gap_that_can_not_be_where_it_is_is_neither_passed_nor_joined() {
    let world = world(&Data::default());
    (1..=6).for_each(|number| say(&world, "alice", &number.to_string()));
    world.data.put("latchkey:message:4", br#"{"v":1,"gap_from":1,"gap_to":2}"#);
    assert_eq!(world.send(bearer("alice", "DELETE", "/api/messages/5", "")).status(), 204);
    assert_eq!(world.texts("/api/messages"), ["6", "3", "2", "1"]);
}

#[test]
fn many_posts_at_once_leave_the_page_up_to_date() {
    for posters in [2, 16, 60] {
        let world = world(&Data::default());
        say(&world, "alice", "one");
        let names: Vec<String> = (0..posters).map(|poster| format!("poster-{poster}")).collect();
        block_on(join_all(names.iter().map(|name| async {
            for _ in 0..8 {
                let answer = world.send_async(bearer(name, "POST", "/api/messages", r#"{"text":"hello"}"#)).await;
                assert_eq!(answer.status(), 201, "{}", answer.said());
            }
        })));
        assert!(is_served(&world), "{posters}");
        assert_eq!(world.get("/api/messages").json(), said(&world.data.snapshot()));
    }
}

#[test]
fn a_store_without_a_page_gets_one() {
    for (messages, is_old, posts) in [(3, false, 1), (95, false, 1), (300, true, 1), (300, false, 2)] {
        let world = world(&Data::default());
        (0..messages).for_each(|_| _ = world.say("alice", "before"));
        world.data.remove(NEWEST);
        world.advance_millis(if is_old { LEASE_MILLIS + 1 } else { 0 });
        for post in 1..=posts {
            assert!(!is_served(&world), "{messages} {is_old} {post}");
            say(&world, "alice", "after");
            world.advance_millis(LEASE_MILLIS + 1);
        }
        assert!(is_served(&world), "{messages} {is_old}");
    }
}

#[test]
fn a_page_that_ends_amid_gaps_grows() {
    let world = world(&Data::default());
    say(&world, "alice", "the first");
    world.data.put("latchkey:messages", &2500_u64.to_le_bytes());
    assert_eq!(world.say("alice", "1").status(), 201);
    world.advance_millis(LEASE_MILLIS + 1);
    for number in 2..25 {
        assert_eq!(world.say("alice", &number.to_string()).status(), 201);
        assert!(is_served(&world));
        let page = world.get("/api/messages").json();
        assert_eq!(page["messages"].as_array().unwrap().len(), number.min(20));
        assert_eq!(page, world.get("/api/messages?before=m9999").json(), "{number}");
    }
}

#[test]
fn a_page_that_is_not_ours_counts_as_absent() {
    for value in
        [&b""[..], b"\n", b"{}\n{}", b"garbage", b"{\"v\":2,\"to\":1,\"digest\":\"\"}\n{}", b"{\"v\":1,\"to\":1}\n{}"]
    {
        let world = world(&Data::default());
        say(&world, "alice", "one");
        world.data.put(NEWEST, value);
        assert_eq!(world.get("/api/messages").json(), said(&world.data.snapshot()));
        let events = world.events("record_unreadable");
        assert_eq!(events.len(), 1, "{}", world.whole_log());
        assert!(events[0]["error"].as_str().unwrap().contains(NEWEST));
        say(&world, "alice", "two");
        assert!(is_served(&world), "{}", String::from_utf8_lossy(value));
        // The line of a page without its body: it is made again when somebody posts.
        let head = format!("{{\"v\":1,\"to\":2,\"digest\":\"{}\"}}\n", domain::digest(b"{"));
        world.data.put(NEWEST, &[head.as_bytes(), b"{"].concat());
        say(&world, "alice", "three");
        assert!(is_served(&world));
    }
}

#[test]
fn the_stored_page_and_the_records_have_the_same_tag() {
    let world = world(&Data::default());
    for number in 0..25 {
        say(&world, "alice", &format!("\"{number}\"\n\u{1f511}"));
        let stored = world.get("/api/messages");
        world.data.remove(NEWEST);
        let made = world.get("/api/messages");
        assert_eq!((stored.text(), stored.header("etag")), (made.text(), made.header("etag")));
        world.data.put(NEWEST, b"");
    }
}

#[test]
fn a_reader_reads_the_page_before_the_counter() {
    let world = world(&Data::default());
    say(&world, "alice", "one");
    let read = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
    let keys = read.clone();
    world.data.watch(std::rc::Rc::new(move |key, _| {
        keys.borrow_mut().push(key.to_owned());
        false
    }));
    assert_eq!(world.get("/api/messages").status(), 200);
    assert_eq!(*read.borrow(), [NEWEST, "latchkey:messages"]);
}

#[test]
fn the_page_names_nobody_whose_account_is_deleted() {
    let world = world(&Data::default());
    for username in ["alice", "bobby"] {
        assert_eq!(world.sign_up(username).status(), 201);
        say(&world, username, &format!("by {username}"));
    }
    let delete = |username: &str| {
        let body = format!(r#"{{"password":"{PASSWORD}"}}"#);
        assert_eq!(world.send(bearer(username, "POST", "/api/account/delete", &body)).status(), 204);
        assert!(is_served(&world));
        assert_eq!(world.get("/api/messages").json(), said(&world.data.snapshot()));
        assert!(!world.get("/api/messages").text().contains(&format!(r#""{username}""#)));
        let counter = format!("latchkey:author:{username}");
        assert_eq!(world.data.get(&counter), None, "nothing is left but the name");
        // The request that deletes the account may die before it deletes the counter.
        for left in [None, Some(1_u64)] {
            left.iter().for_each(|last| world.data.put(&counter, &last.to_le_bytes()));
            assert!(world.texts(&format!("/api/messages?author={username}")).is_empty());
        }
    };
    delete("alice");
    (0..20).for_each(|_| say(&world, "carol", "more"));
    delete("bobby");
    let texts = world.texts("/api/messages?limit=22");
    assert_eq!(texts[20..], ["by bobby", "by alice"], "messages stay");
}

#[test]
fn the_records_of_the_release_before_are_read() {
    let world = world(&Data::default());
    for (key, value) in [
        ("author:alice:1", r#"{"v":1,"message":1}"#),
        ("author:alice:2", r#"{"v":1,"gap_from":2,"gap_to":4}"#),
        ("author:alice:4", r#"{"v":1,"gap_from":2,"gap_to":4}"#),
        ("author:alice:5", r#"{"v":1,"message":6}"#),
        ("message:1", r#"{"v":1,"author":"alice","name":"A","text":"one","created_at_ms":0,"place":1}"#),
        ("message:2", r#"{"v":1,"gap_from":2,"gap_to":4}"#),
        ("message:4", r#"{"v":1,"gap_from":2,"gap_to":4}"#),
        ("message:5", r#"{"v":1,"author":null,"name":"","text":"by nobody","created_at_ms":0,"place":null}"#),
        ("message:6", r#"{"v":1,"author":"alice","name":"A","text":"two","created_at_ms":0,"place":5}"#),
    ] {
        world.data.put(&format!("latchkey:{key}"), value.as_bytes());
    }
    world.data.put("latchkey:messages", &6_u64.to_le_bytes());
    world.data.put("latchkey:author:alice", &5_u64.to_le_bytes());
    assert_eq!(world.texts("/api/messages"), ["two", "by nobody", "one"]);
    let nobody = serde_json::json!({"username": null, "name": "deleted user"});
    assert_eq!(world.get("/api/messages").json()["messages"][1]["author"], nobody);
    assert_eq!(world.texts("/api/messages?author=alice"), ["two", "one"]);
    assert_eq!(world.say("alice", "three").status(), 201);
    assert!(is_served(&world));
    assert_eq!(world.texts("/api/messages"), ["three", "two", "by nobody", "one"]);
    assert_eq!(world.texts("/api/messages?author=alice"), ["three", "two", "one"]);
    assert_eq!(world.send(bearer("alice", "DELETE", "/api/messages/6", "")).status(), 204);
    assert_eq!(world.texts("/api/messages"), ["three", "by nobody", "one"]);
    assert_eq!(world.texts("/api/messages?author=alice"), ["three", "one"]);
}
