//! The store calls of the board: the same with few messages and with many, and after many deletions.

use http::Request;

use super::{NEWEST, is_current, world};
use crate::world::{Data, World, anon, bearer};

/// The number of store calls of a request.
fn calls(world: &World, status: u16, request: Request<bytes::Bytes>) -> usize {
    let before = world.data.calls();
    let answer = world.send(request);
    assert_eq!(answer.status(), status, "{}", answer.said());
    world.data.calls() - before
}

fn reads(world: &World, uri: &str) -> usize {
    calls(world, 200, anon("GET", uri, ""))
}

fn delete(world: &World, who: &str, id: u64) -> usize {
    calls(world, 204, bearer(who, "DELETE", &format!("/api/messages/{id}"), ""))
}

fn post(world: &World, who: &str) -> usize {
    calls(world, 201, bearer(who, "POST", "/api/messages", r#"{"text":"hello"}"#))
}

fn last(world: &World) -> u64 {
    super::counter(&world.data.snapshot())
}

/// Two authors, who post by turns. Without the authorizer's calls.
fn board(messages: usize) -> World {
    let world = world(&Data::default());
    for number in 0..messages {
        post(&world, ["alice", "bobby"][number % 2]);
    }
    world
}

#[test]
fn it_is_the_same_with_20_and_with_3000_messages() {
    for messages in [50, 3000] {
        let world = board(messages);
        assert_eq!(reads(&world, "/api/messages"), 2, "the page and the counter");
        let mut known = anon("GET", "/api/messages", "");
        let tag = world.get("/api/messages").header("etag").unwrap().parse().unwrap();
        known.headers_mut().insert("if-none-match", tag);
        assert_eq!(calls(&world, 304, known), 2);
        assert_eq!(reads(&world, &format!("/api/messages?before=m{}", messages - 5)), 2, "messages, accounts");
        assert_eq!(reads(&world, "/api/messages?author=alice"), 3, "counter and account, entry, messages");
        assert_eq!(reads(&world, "/api/messages?author=alice&before=a23"), 3);
        assert_eq!(post(&world, "alice"), 2 + 5, "reads and writes");
        assert_eq!(delete(&world, "alice", last(&world)), 4 + 4);
        assert_eq!(reads(&world, "/api/messages"), 2);
        let world = board(messages);
        assert_eq!(delete(&world, "alice", messages as u64 - 9), 4 + 4, "in the middle of the page");
    }
}

#[test]
fn a_million_messages_make_no_difference() {
    let world = board(60);
    let values = world.data.snapshot();
    // Only the last of a million are there: nothing else is read.
    let far = super::world(&Data::default());
    for (key, value) in values {
        match key.strip_prefix("latchkey:message:") {
            Some(position) => {
                far.data.put(&format!("latchkey:message:{}", 999_940 + position.parse::<u64>().unwrap()), &value)
            }
            None if key.starts_with("latchkey:author:") => far.data.put(&key, &value),
            None => {}
        }
    }
    far.data.put("latchkey:messages", &1_000_000_i64.to_le_bytes());
    far.advance_millis(super::LEASE_MILLIS + 1);
    post(&far, "alice");
    assert!(is_current(&far.data.snapshot()), "the first post makes the page of a store that has none");
    assert_eq!((reads(&far, "/api/messages"), reads(&far, "/api/messages?before=m999999")), (2, 2));
    assert_eq!((post(&far, "bobby"), delete(&far, "bobby", 1_000_002)), (7, 8));
}

#[test]
fn a_store_that_reads_only_single_records_reads_each_once() {
    let world = board(60);
    world.data.refuse_batches();
    assert_eq!(reads(&world, "/api/messages"), 2);
    assert_eq!(reads(&world, "/api/messages?before=m50"), 21 + 2, "messages, and the accounts of two authors");
    assert_eq!(reads(&world, "/api/messages?author=alice"), 2 + 1 + 21);
    assert_eq!(post(&world, "alice"), 4 + 5);
}

#[test]
fn a_page_that_is_far_behind_does_not_cost_more_and_more() {
    let world = board(1);
    let page = world.data.get(NEWEST).unwrap();
    (0..500).for_each(|_| _ = post(&world, "alice"));
    world.data.put(NEWEST, &page);
    world.data.refuse_batches();
    let calls = post(&world, "alice");
    assert!(calls <= 9 + 2 + 96, "{calls}");
}

#[test]
fn five_hundred_deletions_in_a_row_are_passed_with_one_read() {
    let orders: [fn(u64) -> u64; 3] = [|n| 41 + n, |n| 540 - n, |n| 41 + (n * 37) % 500];
    for (at, order) in orders.into_iter().enumerate() {
        let world = board(40);
        for _ in 0..500 {
            post(&world, "carol");
        }
        let most = (0..500).map(|n| delete(&world, "carol", order(n))).max().unwrap();
        assert!(most <= 30, "order {at}: {most}");
        assert_eq!(last(&world), 1040);
        assert_eq!(reads(&world, "/api/messages"), 2, "order {at}");
        assert_eq!(reads(&world, "/api/messages?author=alice"), 3, "order {at}");
        // From above the deletions, without the stored page: one read more.
        let page = world.get("/api/messages").json();
        assert_eq!(world.get("/api/messages?before=m1041").json(), page);
        assert_eq!(reads(&world, "/api/messages?before=m1041"), 3, "order {at}");
        assert_eq!(post(&world, "alice"), 7, "order {at}");
        assert_eq!(reads(&world, "/api/messages?before=m1041"), 3, "order {at}");
        world.data.remove(NEWEST);
        assert_eq!(reads(&world, "/api/messages"), 2 + 3, "order {at}");
        // The entries of the deleted messages stay in the list of their author.
        let by_carol = reads(&world, "/api/messages?author=carol");
        assert!(by_carol <= 60, "order {at}: {by_carol}");
    }
}
