//! Reports: made, listed and resolved.

use serde_json::{Value, json};

use super::{Board, ids};
use crate::world::{PASSWORD, anon, bearer};

#[test]
fn a_message_is_reported_once_by_each_account() {
    let board = Board::new();
    assert_eq!([board.report(&board.bob, "1"), board.report(&board.bob, "1")], [204, 204]);
    let before = board.world.data.snapshot();
    let again = board.ask(&board.bob, "POST", "/api/messages/1/report", &json!({"reason": "other"}));
    assert_eq!((again.status(), again.text()), (204, ""));
    assert!(board.world.data.snapshot() == before, "it writes nothing");
    assert_eq!([board.report(&board.ruth, "1"), board.report(&board.bob, "2")], [204, 204]);
    let reports = board.reports("");
    assert_eq!((ids(&reports), &reports["next"]), (["3", "2", "1"].map(str::to_owned).to_vec(), &Value::Null));
    let message = board.world.get("/api/messages").json()["messages"][1].take();
    let expected = json!({
        "id": "1",
        "reason": "spam",
        "reporter": {"username": "bob", "name": "Name of bob"},
        "created_at": "2027-01-15T08:00:00.000Z",
        "message": message,
        "may_suspend": true,
    });
    assert_eq!(reports["reports"][2], expected);
    let events = board.world.events("report_created");
    let logged: Vec<_> = events.iter().map(|event| (&event["username"], &event["message"], &event["report"])).collect();
    assert_eq!(logged[0], (&"bob".into(), &"1".into(), &"1".into()));
    assert_eq!(logged.len(), 3);
    assert!(!board.world.whole_log().contains("spam"));
}

/// So the site has no button that would be refused.
#[test]
fn a_report_says_whether_whoever_asks_may_suspend_the_author() {
    let board = Board::new();
    for (token, message) in [(&board.mia, "3"), (&board.ruth, "4"), (&board.bob, "5")] {
        assert_eq!(board.world.say(token, message).status(), 201);
    }
    for message in ["1", "3", "4", "5"] {
        assert_eq!(board.report(&board.alice, message), 204);
    }
    let delete = json!({ "password": PASSWORD });
    assert_eq!(board.ask(&board.bob, "POST", "/api/account/delete", &delete).status(), 204);
    let who_may = |token: &str| {
        let reports = board.ask(token, "GET", "/api/moderation/reports", &Value::Null).json();
        let may = |report: &Value| report["may_suspend"].as_bool().unwrap();
        reports["reports"].as_array().unwrap().iter().rev().map(may).collect::<Vec<_>>()
    };
    assert_eq!(who_may(&board.mia), [true, false, false, false], "of a member, a moderator, the operator's, nobody");
    assert_eq!(who_may(&board.ann), [true, true, false, false]);
    assert_eq!(board.world.send(bearer(&board.alice, "DELETE", "/api/messages/1", "")).status(), 204);
    assert_eq!(who_may(&board.ann), [false, true, false, false], "nothing is left to suspend somebody for");
}

#[test]
fn who_may_report_what_and_how() {
    let board = Board::new();
    let answer = board.world.send(anon("POST", "/api/messages/1/report", r#"{"reason":"spam"}"#));
    answer.is_refused(401, "missing_token", &[]);
    assert_eq!(board.world.send(bearer(&board.alice, "DELETE", "/api/messages/2", "")).status(), 204);
    for id in ["2", "3", "4", "0", "01", "x", "99999999999999999999"] {
        assert_eq!(board.report(&board.bob, id), 404, "{id}");
    }
    for (reason, code) in [("", "too_short"), ("a\0", "invalid_character"), (&*"x".repeat(501), "too_long")] {
        let answer = board.ask(&board.bob, "POST", "/api/messages/1/report", &json!({ "reason": reason }));
        answer.is_invalid(&[&format!("reason:{code}")]);
    }
    assert!(board.open().is_empty());
    board.world.set("reports_per_hour", "1");
    assert_eq!(
        [board.report(&board.bob, "1"), board.report(&board.bob, "1"), board.report(&board.ann, "1")],
        [204, 429, 204]
    );
    board.world.advance_millis(60 * 60 * 1000);
    assert_eq!(board.report(&board.world.begin("bob").0, "1"), 204);
}

#[test]
fn members_see_no_reports_and_resolve_none() {
    let board = Board::new();
    board.report(&board.bob, "1");
    board.ask(&board.bob, "GET", "/api/moderation/reports", &Value::Null).is_refused(403, "insufficient_scope", &[]);
    board.resolve(&board.bob, "1", &json!({"action": "dismiss"})).is_refused(403, "insufficient_scope", &[]);
    assert_eq!(board.open(), ["1"]);
    for query in ["?before=m1", "?before=r0", "?limit=1"] {
        let answer = board.ask(&board.mia, "GET", &format!("/api/moderation/reports{query}"), &Value::Null);
        assert_eq!((answer.status(), answer.code().as_str()), (400, "invalid_request"), "{query}");
    }
}

#[test]
fn a_report_is_resolved_by_removing_suspending_or_dismissing() {
    let board = Board::new();
    let dave = board.world.join("dave");
    for message in ["1", "2"] {
        board.report(&board.bob, message);
    }
    board.report(&dave, "2");
    assert_eq!(board.resolve(&board.mia, "1", &json!({"action": "remove"})).status(), 204);
    assert_eq!(
        (board.world.texts("/api/messages"), board.open()),
        (vec!["two".to_owned()], vec!["3".to_owned(), "2".to_owned()])
    );
    let suspend = json!({"action": "suspend", "reason": "spam", "until": "2027-01-16T08:00:00Z"});
    assert_eq!(board.resolve(&board.ann, "2", &suspend).status(), 204);
    assert_eq!(board.world.say(&board.alice, "three").status(), 403);
    let until = json!({"reason": "spam", "since": "2027-01-15T08:00:00.000Z", "until": "2027-01-16T08:00:00.000Z"});
    assert_eq!(
        (&board.account("alice")["suspension"], &board.account("alice")["suspended_by"]),
        (&until, &"ann".into())
    );
    assert_eq!(board.resolve(&board.mia, "3", &json!({"action": "dismiss"})).status(), 204);
    assert!(board.open().is_empty());
    assert_eq!(board.world.texts("/api/messages"), ["two"]);
    let events = board.world.events("report_resolved");
    let logged: Vec<_> = events.iter().map(|event| (&event["username"], &event["action"], &event["author"])).collect();
    let expected = [("mia", "remove"), ("ann", "suspend"), ("mia", "dismiss")];
    assert_eq!(logged.len(), 3);
    for ((who, action, author), (name, what)) in logged.into_iter().zip(expected) {
        assert_eq!((who, action, author), (&name.into(), &what.into(), &"alice".into()));
    }
    for (report, status) in [("1", 409), ("3", 409), ("4", 404), ("0", 404), ("x", 404)] {
        assert_eq!(board.resolve(&board.mia, report, &json!({"action": "dismiss"})).status(), status, "{report}");
    }
    let records = board.world.data.keys().into_iter().filter(|key| key.starts_with("latchkey:report:"));
    for key in records {
        let record = String::from_utf8(board.world.data.get(&key).unwrap()).unwrap();
        assert!(!record.contains("spam") && !record.contains("bob"), "nothing is kept of it: {record}");
    }
}

#[test]
fn only_a_suspension_has_a_reason_and_an_end() {
    let board = Board::new();
    board.report(&board.bob, "1");
    for (body, error) in [
        (json!({}), "action:missing"),
        (json!({"action": "delete"}), "action:invalid"),
        (json!({"action": "remove", "reason": "spam"}), "reason:unknown_field"),
        (json!({"action": "dismiss", "until": "2027-01-16T08:00:00Z"}), "until:unknown_field"),
        (json!({"action": "suspend"}), "reason:missing"),
        (json!({"action": "suspend", "reason": "a", "until": "2027-01-15T08:00:00Z"}), "until:invalid"),
        (json!({"action": "suspend", "reason": "a", "until": "tomorrow"}), "until:invalid"),
    ] {
        board.resolve(&board.mia, "1", &body).is_invalid(&[error]);
    }
    assert_eq!(board.open(), ["1"]);
}

#[test]
fn a_moderator_does_not_suspend_by_a_report_whom_they_may_not_suspend() {
    let board = Board::new();
    for token in [&board.ann, &board.ruth] {
        board.world.say(token, "hello");
    }
    let suspend = json!({"action": "suspend", "reason": "spam"});
    for (report, message) in [("1", "3"), ("2", "4")] {
        board.report(&board.bob, message);
        board.resolve(&board.mia, report, &suspend).is_refused(403, "insufficient_scope", &[]);
    }
    assert_eq!(board.open(), ["2", "1"]);
    board.resolve(&board.ann, "2", &suspend).is_refused(403, "insufficient_scope", &[]);
    assert_eq!(board.resolve(&board.ruth, "1", &suspend).status(), 204);
    assert_eq!(board.open(), ["2"]);
}

#[test]
fn what_is_gone_is_told_and_the_report_can_be_closed() {
    let board = Board::new();
    let dave = board.world.join("dave");
    for token in [&board.bob, &dave] {
        board.report(token, "1");
    }
    board.report(&board.bob, "2");
    let delete = json!({ "password": PASSWORD });
    assert_eq!(board.world.send(bearer(&board.alice, "DELETE", "/api/messages/1", "")).status(), 204);
    assert_eq!(board.ask(&dave, "POST", "/api/account/delete", &delete).status(), 204);
    let reports = board.reports("")["reports"].take();
    let nobody = json!({"username": null, "name": "deleted user"});
    assert_eq!((&reports[1]["reporter"], &reports[1]["message"]), (&nobody, &Value::Null));
    assert_eq!(reports[0]["message"]["author"]["username"], "alice");
    // Who deletes the message can be suspended all the same.
    let suspend = json!({"action": "suspend", "reason": "spam"});
    assert_eq!(board.resolve(&board.mia, "1", &suspend).status(), 204);
    assert_eq!(board.world.say(&board.alice, "three").status(), 403);
    assert_eq!(board.ask(&board.alice, "POST", "/api/account/delete", &delete).status(), 204);
    assert_eq!(board.reports("")["reports"][0]["message"]["author"], nobody);
    board.resolve(&board.mia, "2", &suspend).is_invalid(&["action:invalid"]);
    board.resolve(&board.mia, "3", &suspend).is_invalid(&["action:invalid"]);
    assert_eq!(board.resolve(&board.mia, "2", &json!({"action": "remove"})).status(), 204);
    assert_eq!(board.resolve(&board.mia, "3", &json!({"action": "remove"})).status(), 204);
    assert!(board.open().is_empty());
}

/// A board with this many reports, all of one message.
fn crowd(count: usize) -> Board {
    let board = Board::new();
    for n in 0..count {
        assert_eq!(board.world.say(&board.alice, &format!("message {n}")).status(), 201);
        assert_eq!(board.report(&board.bob, &(n + 3).to_string()), 204);
    }
    board
}

#[test]
fn pages_have_20_reports_and_cursors_go_on() {
    let board = crowd(45);
    for n in (1..=45).filter(|n| n % 10 == 0) {
        assert_eq!(board.resolve(&board.mia, &n.to_string(), &json!({"action": "dismiss"})).status(), 204);
    }
    let (mut seen, mut query) = (Vec::new(), String::new());
    loop {
        let page = board.reports(&query);
        seen.push(ids(&page));
        match page["next"].as_str() {
            Some(next) => query = format!("?before={next}"),
            None => break,
        }
    }
    assert_eq!(seen.iter().map(Vec::len).collect::<Vec<_>>(), [20, 20, 1]);
    let expected: Vec<_> = (1..=45).rev().filter(|n| n % 10 != 0).map(|n| n.to_string()).collect();
    assert_eq!(seen.concat(), expected);
}

#[test]
fn resolved_reports_are_passed_in_one_step_however_many_they_are() {
    let orders: [fn(usize) -> Vec<usize>; 3] = [
        |n| (2..n).collect(),
        |n| (2..n).rev().collect(),
        |n| (2..n).filter(|i| i % 2 == 0).chain((2..n).filter(|i| i % 2 == 1)).collect(),
    ];
    let cost = |board: &Board| board.world.data.work_of(|| board.open()).1;
    let few = crowd(2);
    for order in orders {
        let board = crowd(130);
        for report in order(130) {
            assert_eq!(board.resolve(&board.mia, &report.to_string(), &json!({"action": "dismiss"})).status(), 204);
        }
        assert_eq!(board.open(), ["130", "1"]);
        let (reads, writes) = cost(&board);
        assert!(reads <= cost(&few).0 + 1 && writes == 0, "{reads}");
    }
}
