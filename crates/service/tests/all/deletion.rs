//! Deletion of messages, and reading across the gaps that it leaves.

use domain::{Effect, Statement};
use service::platform::{Authorization, UncheckedPrincipal};

use crate::world::{Answer, World, bearer};

fn delete(world: &World, token: &str, id: &str) -> Answer {
    world.send(bearer(token, "DELETE", &format!("/api/messages/{id}"), ""))
}

fn ids(world: &World, uri: &str) -> Vec<u64> {
    let page = world.get(uri).json();
    let id = |message: &serde_json::Value| message["id"].as_str().unwrap().parse().unwrap();
    page["messages"].as_array().unwrap().iter().map(id).collect()
}

fn board(count: u64) -> (World, String) {
    let world = World::new();
    let token = world.join("alice");
    for number in 1..=count {
        assert_eq!(world.say(&token, &format!("message {number}")).status(), 201);
    }
    (world, token)
}

#[test]
fn an_author_deletes_a_message_of_their_own() {
    let (world, token) = board(3);
    let before = world.get("/api/messages");
    let answer = delete(&world, &token, "2");
    assert_eq!((answer.status(), answer.text()), (204, ""));
    assert_eq!(ids(&world, "/api/messages"), [3, 1]);
    assert_eq!(ids(&world, "/api/messages?author=alice"), [3, 1]);
    let mut again = crate::world::anon("GET", "/api/messages", "");
    again.headers_mut().insert("if-none-match", before.header("etag").unwrap().parse().unwrap());
    assert_eq!(world.send(again).status(), 200, "the entity tag is another");
    for id in ["2", "4", "0", "02", "-1", "x", "18446744073709551616", "99999999999999999999", "1.0", "%2e%2e"] {
        let answer = delete(&world, &token, id);
        answer.is_refused(404, "not_found", &[]);
    }
    assert_eq!(world.events("message_deleted")[0]["message"], "2");
    for key in world.data.keys() {
        assert!(!String::from_utf8_lossy(&world.data.get(&key).unwrap()).contains("message 2"), "{key}");
    }
}

#[test]
fn nobody_deletes_what_is_not_theirs() {
    let (world, _) = board(1);
    let mallory = world.join("mallory");
    let answer = delete(&world, &mallory, "1");
    answer.is_refused(403, "not_the_author", &[]);
    assert_eq!(world.events("authz_fail")[0]["reason"], "not_the_author");
    assert_eq!(world.send(crate::world::anon("DELETE", "/api/messages/1", "")).status(), 401);
    assert_eq!(ids(&world, "/api/messages"), [1]);
}

#[test]
fn who_runs_the_board_deletes_any_message_at_the_next_request_after_being_named() {
    let (world, _) = board(4);
    let ruth = world.join("ruth");
    delete(&world, &ruth, "1").is_refused(403, "not_the_author", &[]);
    world.set("admins", "zoe, Ruth");
    assert_eq!(delete(&world, &ruth, "1").status(), 204);
    let event = world.events("message_deleted").pop().unwrap();
    assert_eq!(
        (&event["username"], &event["author"], &event["message"]),
        (&"ruth".into(), &"alice".into(), &"1".into())
    );
    assert_eq!(event["session"], world.sessions(&ruth)[0]["id"]);
    delete(&world, &world.join("mallory"), "3").is_refused(403, "not_the_author", &[]);
    world.unset("admins");
    delete(&world, &ruth, "3").is_refused(403, "not_the_author", &[]);
    assert_eq!(ids(&world, "/api/messages"), [4, 3, 2]);
}

#[test]
fn a_policy_decides_whose_messages_are_deleted() {
    let (mut world, _) = board(2);
    world.join("bob");
    world.authorizer = Some(Box::new(|_, _| {
        let allow = |action: &str, resource: &str| Statement {
            effect: Effect::Allow,
            actions: vec![action.to_owned()],
            resources: vec![resource.to_owned()],
        };
        let principal =
            UncheckedPrincipal { username: "alice".to_owned(), name: "Alice".to_owned(), session: "0".repeat(32) };
        let deletes = allow("messages:Delete", "arn:latchkey:messages:::latchkey/test/*/1");
        let statements = vec![allow("execute-api:Invoke", "*"), deletes];
        Ok(Authorization { principal, version: "2012-10-17".to_owned(), statements })
    }));
    delete(&world, "any", "2").is_refused(403, "not_the_author", &[]);
    assert_eq!(delete(&world, "any", "1").status(), 204);
}

/// The number of store calls for one page.
fn cost(world: &World, uri: &str) -> usize {
    let before = world.data.calls();
    assert_eq!(world.get(uri).status(), 200);
    world.data.calls() - before
}

#[test]
fn a_page_costs_the_same_over_however_many_deleted_messages() {
    let orders: [fn(u64) -> Vec<u64>; 4] = [
        |n| (2..n).collect(),
        |n| (2..n).rev().collect(),
        |n| (2..n).filter(|i| i % 2 == 0).chain((2..n).filter(|i| i % 2 == 1)).collect(),
        |n| (2..n).map(|i| 2 + (i * 37) % (n - 2)).collect(),
    ];
    for (at, order) in orders.into_iter().enumerate() {
        let (world, token) = board(60);
        let order = order(60);
        assert_eq!(order.iter().collect::<std::collections::BTreeSet<_>>().len(), 58);
        for id in order {
            assert_eq!(delete(&world, &token, &id.to_string()).status(), 204);
        }
        assert_eq!(ids(&world, "/api/messages"), [60, 1], "order {at}");
        assert_eq!(ids(&world, "/api/messages?author=alice"), [60, 1], "order {at}");
        assert!(cost(&world, "/api/messages") <= 4, "order {at}: {}", cost(&world, "/api/messages"));
        // The entries in the author's list stay. They cost two reads for 21 deleted messages.
        assert!(cost(&world, "/api/messages?author=alice") <= 1 + 2 * 3, "order {at}");
        // This cursor lies within the gap: it may come from a page that was read before the deletions.
        assert_eq!(ids(&world, "/api/messages?before=m30"), [1], "order {at}");
    }
}

#[test]
fn pages_stay_full_and_cursors_go_on() {
    let (world, token) = board(50);
    for id in (1..=50).filter(|id| id % 3 != 0) {
        delete(&world, &token, &id.to_string());
    }
    let mut seen = Vec::new();
    let mut uri = "/api/messages?limit=5".to_owned();
    loop {
        let page = world.get(&uri).json();
        seen.extend(ids(&world, &uri));
        match page["next"].as_str() {
            Some(next) => {
                assert_eq!(ids(&world, &uri).len(), 5);
                uri = format!("/api/messages?limit=5&before={next}");
            }
            None => break,
        }
    }
    assert_eq!(seen, (1..=50).rev().filter(|id| id % 3 == 0).collect::<Vec<_>>());
}

#[test]
fn what_was_posted_before_positions_were_kept_can_be_deleted() {
    let (world, token) = board(2);
    let old = r#"{"v":1,"author":"alice","name":"A","text":"old","created_at_ms":0}"#;
    world.data.put("latchkey:message:1", old.as_bytes());
    assert_eq!(delete(&world, &token, "1").status(), 204);
    assert_eq!((ids(&world, "/api/messages"), ids(&world, "/api/messages?author=alice")), (vec![2], vec![2]));
}

#[test]
fn a_gap_that_lies_is_passed_over() {
    let (world, _) = board(5);
    for gap in [
        r#"{"v":1,"gap_from":1,"gap_to":2}"#,
        r#"{"v":1,"gap_from":9,"gap_to":4}"#,
        r#"{"v":1,"gap_from":0,"gap_to":3}"#,
    ] {
        world.data.put("latchkey:message:4", gap.as_bytes());
        assert_eq!(ids(&world, "/api/messages?before=m6")[..2], [5, 3], "{gap}");
    }
}
