//! Faults other than failed calls: a store that can't be opened, and records that the app did not write.

use crate::world::World;

#[test]
fn a_store_that_is_not_there() {
    let world = World::new();
    world.set("store", "nowhere");
    for answer in [world.sign_up("alice"), world.log_in("alice"), world.get("/api/messages")] {
        answer.is_refused(500, "misconfigured", &[]);
        assert!(answer.text().contains("variable store ") && !answer.text().contains("nowhere"), "{}", answer.said());
    }
    assert_eq!(world.events("misconfigured")[0]["variable"], "store");
}

#[test]
fn records_that_are_not_ours_are_faults_and_stay() {
    let world = World::new();
    let token = world.join("alice");
    world.say(&token, "hello");
    for (key, bytes) in [
        ("latchkey:user:alice", &b"garbage"[..]),
        ("latchkey:user:alice", br#"{"v":2,"username":"alice"}"#),
        ("latchkey:user:alice", br#"{"v":1,"username":"alice","name":"Alice","password":"plain","created_at_ms":1}"#),
    ] {
        world.data.put(key, bytes);
        let answer = world.log_in("alice");
        assert_eq!(answer.status(), 503, "{}", String::from_utf8_lossy(bytes));
        assert!(!world.whole_log().contains("plain"), "a record is not logged");
        assert_eq!(world.data.get(key).unwrap(), bytes, "{key}");
    }
}

#[test]
fn a_message_that_does_not_read_is_passed_over_and_logged() {
    let world = World::new();
    let token = world.join("alice");
    for text in ["one", "two", "three"] {
        world.say(&token, text);
    }
    world.data.put("latchkey:message:2", b"[]");
    assert_eq!(world.texts("/api/messages?before=m4"), ["three", "one"]);
    world.data.put("latchkey:author:alice:3", br#"{"v":9,"message":3}"#);
    assert_eq!(world.texts("/api/messages?author=alice"), ["one"]);
    let events = world.events("record_unreadable");
    assert!(events.len() >= 3 && events[0]["error"].as_str().unwrap().contains("latchkey:message:2"), "{events:?}");
}

/// A rule became stricter later: the name in this record is too long now, but was valid when it was written.
#[test]
fn old_messages_outlive_stricter_rules() {
    let world = World::new();
    world.data.put("latchkey:messages", &1_i64.to_le_bytes());
    let record = format!(r#"{{"v":1,"author":"al","name":"{}","text":"hi","created_at_ms":0}}"#, "x".repeat(100));
    world.data.put("latchkey:message:1", record.as_bytes());
    assert_eq!(world.texts("/api/messages"), ["hi"]);
}

#[test]
fn counters_that_hold_something_else() {
    let world = World::new();
    for bytes in [&b""[..], b"x", b"123456789x", &(-1_i64).to_le_bytes(), b"99999999999999999999"] {
        world.data.put("latchkey:messages", bytes);
        assert_eq!(world.get("/api/messages").status(), 503, "{bytes:?}");
    }
    for (bytes, count) in [(&b"12345678"[..], 12_345_678), (b"7", 7), (&7_i64.to_le_bytes()[..], 7), (b"0", 0)] {
        world.data.put("latchkey:messages", bytes);
        world.data.put(
            &format!("latchkey:message:{count}"),
            br#"{"v":1,"author":"alice","name":"A","text":"hi","created_at_ms":0}"#,
        );
        let page = world.get("/api/messages?limit=1").json();
        assert_eq!(page["messages"].as_array().unwrap().len(), usize::from(count > 0), "{bytes:?}");
    }
}

#[test]
fn variables_that_can_not_be_read() {
    let world = World::new();
    world.config_is_down.set(true);
    let answer = world.get("/api/messages");
    answer.is_refused(500, "misconfigured", &[]);
    assert!(!answer.text().contains("vault"), "{}", answer.said());
}
