//! What moderators and admins decide about accounts.

use domain::{AppSecret, Purpose, Timestamp};
use serde_json::{Value, json};

use super::{Board, suspension_of};
use crate::world::{PASSWORD, bearer};

#[test]
fn a_moderator_suspends_members_alone_and_an_admin_all_but_whom_the_operator_names() {
    for (by, whom, status) in [
        ("mia", "bob", 204),
        ("mia", "mia", 403),
        ("mia", "ann", 403),
        ("mia", "ruth", 403),
        ("ann", "bob", 204),
        ("ann", "mia", 204),
        ("ann", "ann", 204),
        ("ann", "ruth", 403),
        ("ruth", "ann", 204),
        ("ruth", "ruth", 403),
        ("bob", "alice", 403),
        ("mia", "nobody", 404),
        ("mia", "no.body", 404),
    ] {
        let board = Board::new();
        let token = match by {
            "mia" => &board.mia,
            "ann" => &board.ann,
            "ruth" => &board.ruth,
            _ => &board.bob,
        };
        let before = board.world.data.snapshot();
        let asked = board.ask(token, "GET", &suspension_of(whom), &Value::Null);
        let expected = if by == "bob" { Value::Null } else { (status == 204).into() };
        match status {
            404 => assert_eq!(asked.status(), 404, "{by} {whom}"),
            _ => assert_eq!(asked.json()["may_suspend"], expected, "{by} {whom}: it says so before"),
        }
        let answer = board.suspend(token, whom);
        assert_eq!(answer.status(), status, "{by} {whom}: {}", answer.said());
        match status {
            204 => assert_eq!(board.world.events("authz_admin")[0]["account"], whom),
            _ => assert!(board.world.data.snapshot() == before, "{by} {whom}"),
        }
        let lifted = board.ask(token, "DELETE", &suspension_of(whom), &Value::Null).status();
        let is_own = by == whom && status == 204;
        assert_eq!(lifted, if is_own { 403 } else { status }, "who has suspended their own account can't lift it");
    }
}

#[test]
fn only_who_may_lift_a_suspension_sees_it() {
    let board = Board::new();
    let ask = |token: &str, username: &str| board.ask(token, "GET", &suspension_of(username), &Value::Null);
    assert_eq!(ask(&board.mia, "bob").json(), json!({"may_suspend": true}));
    assert_eq!([board.suspend(&board.mia, "bob").status(), board.suspend(&board.ann, "ann").status()], [204, 204]);
    let since = "2027-01-15T08:00:00.000Z";
    let expected = json!({"may_suspend": true, "suspension": {"reason": "spam", "since": since, "until": null}});
    assert_eq!(ask(&board.mia, "bob").json(), expected);
    assert_eq!(ask(&board.mia, "ann").json(), json!({"may_suspend": false}));
    assert_eq!([ask(&board.bob, "bob").status(), ask(&board.alice, "bob").status()], [403, 403]);
}

#[test]
fn a_suspension_acts_at_the_next_request_and_its_reason_is_not_logged() {
    let board = Board::new();
    let body = json!({"reason": " sells\r\nwatches ", "until": "2027-01-15T09:00:00.5Z"});
    assert_eq!(board.ask(&board.mia, "PUT", &suspension_of("bob"), &body).status(), 204);
    board.world.say(&board.bob, "hello").is_refused(403, "insufficient_scope", &[]);
    let own = board.ask(&board.bob, "GET", "/api/account", &Value::Null).json();
    let expected =
        json!({"reason": "sells\nwatches", "since": "2027-01-15T08:00:00.000Z", "until": "2027-01-15T09:00:00.500Z"});
    assert_eq!((&own["suspension"], &own["role"]), (&expected, &"member".into()));
    assert!(!board.world.whole_log().contains("watches"));
    let event = board.world.events("authz_admin").pop().unwrap();
    assert_eq!(
        (&event["username"], &event["action"], &event["account"]),
        (&"mia".into(), &"suspend".into(), &"bob".into())
    );
    assert_eq!(board.suspend(&board.ann, "bob").status(), 204);
    assert_eq!(board.account("bob")["suspension"]["until"], Value::Null, "another one replaces it");
    assert_eq!(board.ask(&board.mia, "DELETE", &suspension_of("bob"), &Value::Null).status(), 204);
    assert_eq!(board.world.say(&board.bob, "hello").status(), 201);
    let own = board.ask(&board.bob, "GET", "/api/account", &Value::Null).json();
    assert_eq!(own.get("suspension"), None);
    board.ask(&board.mia, "PUT", &suspension_of("bob"), &json!({})).is_invalid(&["reason:missing"]);
}

#[test]
fn an_admin_gives_and_takes_roles_at_the_next_request() {
    let board = Board::new();
    let set = |token: &str, username: &str, role: &str| {
        board.ask(token, "PUT", &format!("/api/admin/accounts/{username}/role"), &json!({ "role": role })).status()
    };
    assert_eq!(set(&board.mia, "bob", "moderator"), 403);
    assert_eq!(board.report(&board.alice, "1"), 204);
    assert_eq!(board.resolve(&board.bob, "1", &json!({"action": "dismiss"})).status(), 403);
    assert_eq!(set(&board.ann, "bob", "moderator"), 204);
    assert_eq!(board.resolve(&board.bob, "1", &json!({"action": "dismiss"})).status(), 204);
    assert_eq!(
        [set(&board.ann, "bob", "operator"), set(&board.ann, "bob", "Admin"), set(&board.ann, "bobby", "admin")],
        [422, 422, 404]
    );
    assert_eq!([set(&board.ann, "ruth", "member"), set(&board.ruth, "ruth", "member")], [403, 403], "the operator's");
    assert_eq!([set(&board.ruth, "ann", "member"), set(&board.ann, "bob", "member")], [204, 403]);
    let event = board.world.events("authz_change").remove(0);
    let expected = ["ann", "bob", "member", "moderator"].map(Value::from);
    assert_eq!(["username", "account", "from", "to"].map(|field| event[field].clone()), expected);
    let own = board.ask(&board.ruth, "GET", "/api/account", &Value::Null).json();
    assert_eq!(own["role"], "admin");
}

#[test]
fn an_admin_sees_an_account() {
    let board = Board::new();
    board.world.send(bearer(&board.alice, "DELETE", "/api/messages/1", ""));
    board.world.begin("alice");
    let account = board.account("alice");
    let sessions = account["sessions"].as_array().unwrap();
    assert_eq!((sessions.len(), &sessions[0]["current"]), (2, &false.into()));
    for (member, expected) in [
        ("user", json!({"username": "alice", "name": "Name of alice"})),
        ("created_at", "2027-01-15T08:00:00.000Z".into()),
        ("role", "member".into()),
        ("named_by_operator", false.into()),
        ("posts", 2.into()),
    ] {
        assert_eq!(account[member], expected, "{member}");
    }
    let ruth = board.account("ruth");
    assert_eq!((&ruth["role"], &ruth["named_by_operator"], &ruth["posts"]), (&"admin".into(), &true.into(), &0.into()));
    assert_eq!(board.ask(&board.mia, "GET", "/api/admin/accounts/alice", &Value::Null).status(), 403);
    for nobody in ["nobody", "no.body"] {
        assert_eq!(board.ask(&board.ann, "GET", &format!("/api/admin/accounts/{nobody}"), &Value::Null).status(), 404);
    }
    let delete = json!({ "password": PASSWORD });
    assert_eq!(board.ask(&board.alice, "POST", "/api/account/delete", &delete).status(), 204);
    for (method, path, body) in [
        ("GET", "/api/admin/accounts/alice", Value::Null),
        ("PUT", "/api/admin/accounts/alice/role", json!({"role": "admin"})),
        ("DELETE", "/api/admin/accounts/alice/sessions", Value::Null),
        ("POST", "/api/admin/accounts/alice/reset-link", Value::Null),
        ("PUT", "/api/moderation/accounts/alice/suspension", json!({"reason": "spam"})),
    ] {
        assert_eq!(board.ask(&board.ann, method, path, &body).status(), 404, "{method} {path}: it is deleted");
    }
}

#[test]
fn an_admin_ends_the_sessions_of_an_account() {
    let board = Board::new();
    let end = |token: &str, username: &str| {
        board.ask(token, "DELETE", &format!("/api/admin/accounts/{username}/sessions"), &Value::Null).status()
    };
    let (other, refresh) = board.world.begin("bob");
    assert_eq!([end(&board.mia, "bob"), end(&board.ann, "ruth"), end(&board.ann, "bob")], [403, 403, 204]);
    assert_eq!([board.world.accepts(&board.bob), board.world.accepts(&other)], [401, 401]);
    assert_eq!((board.world.refresh(&refresh).status(), board.world.log_in("bob").status()), (401, 200));
    assert_eq!(board.world.events("authz_admin")[0]["action"], "end_sessions");
}

#[test]
fn a_reset_link_is_for_an_hour_and_for_one_revision() {
    let board = Board::new();
    let link = |token: &str, username: &str| {
        board.ask(token, "POST", &format!("/api/admin/accounts/{username}/reset-link"), &Value::Null)
    };
    let answer = link(&board.ann, "bob");
    assert_eq!((answer.status(), answer.header("cache-control")), (201, Some("no-store")), "{}", answer.said());
    assert_eq!(answer.json()["expires_at"], "2027-01-15T09:00:00.000Z");
    let ticket = answer.json()["ticket"].as_str().unwrap().to_owned();
    let record: Value = serde_json::from_slice(&board.world.data.get("latchkey:places").unwrap()).unwrap();
    let secret = AppSecret::from_hex(record["secret"].as_str().unwrap()).unwrap();
    let now = Timestamp::from_millis(board.world.data.now_millis());
    let (text, until) = secret.open(Purpose::Reset, &ticket, now).unwrap();
    assert_eq!((text.as_str(), until), ("bob.0", now.plus_secs(3600)));
    assert_eq!([link(&board.mia, "bob").status(), link(&board.ann, "ruth").status()], [403, 403]);
    assert!(!board.world.whole_log().contains(&ticket));
    assert_eq!(board.world.events("authz_admin")[0]["action"], "reset_link");
}
