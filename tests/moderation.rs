//! Reports, suspensions, roles, reset links and invitations, from sign-up to sign-up, through a host.

use serde_json::{Value, json};

use crate::harness::actors::{self, Actor, log_in};
use crate::harness::client::{Ask, ask, get, post};
use crate::harness::host::{Host, Setup};

/// People of an app whose operator has named ruth. Ruth has to sign up first, so the host is started twice.
struct Board {
    app: Host,
    alice: Actor,
    mallory: Actor,
    ruth: Actor,
    _state: tempfile::TempDir,
}

fn board(signups: &str) -> Board {
    let state = tempfile::tempdir().unwrap();
    let mut app = Setup::app().state(state.path()).start();
    let (alice, mallory) = (actors::alice(&app), actors::mallory(&app));
    let ruth = actors::actor(&app, "ruth", "a bridge of 9 arches", "Ruth");
    app.stop();
    let app = Setup::app().state(state.path()).variable("admins", "ruth").variable("signups", signups).start();
    Board { app, alice, mallory, ruth, _state: state }
}

fn put(path: &str, body: &Value) -> Ask {
    ask("PUT", path).header("content-type", "application/json").body(&body.to_string())
}

fn reporting(message: &Value) -> Ask {
    post(&format!("/api/messages/{}/report", message["id"].as_str().unwrap()), r#"{"reason":"It sells watches."}"#)
}

fn resolving(report: &Value, body: &Value) -> Ask {
    post(&format!("/api/moderation/reports/{}/resolve", report["id"].as_str().unwrap()), &body.to_string())
}

impl Board {
    fn reports(&self) -> Vec<Value> {
        let reply = self.app.send(get("/api/moderation/reports").bearer(&self.ruth.token));
        assert_eq!((reply.status, reply.header("cache-control")), (200, "no-store"), "{}", reply.said());
        reply.json()["reports"].as_array().unwrap().clone()
    }
}

case!(OwnHost, a_message_is_reported_and_a_moderator_removes_it);
fn a_message_is_reported_and_a_moderator_removes_it() {
    let board = board("open");
    let Board { app, alice, mallory, ruth, .. } = &board;
    let watches = mallory.post(app, "Cheap watches!");
    app.send(reporting(&watches)).is_problem(401, "missing_token");
    for _ in 0..2 {
        app.send(reporting(&watches).bearer(&alice.token)).is_empty(204);
    }
    app.send(get("/api/moderation/reports").bearer(&alice.token)).is_problem(403, "insufficient_scope");
    let reports = board.reports();
    assert_eq!(reports.len(), 1, "it is reported once");
    assert_eq!((&reports[0]["message"], &reports[0]["reporter"]["username"]), (&watches, &json!(alice.username)));

    let remove = resolving(&reports[0], &json!({"action": "remove"}));
    app.send(remove.clone().bearer(&alice.token)).is_problem(403, "insufficient_scope");
    let role = format!("/api/admin/accounts/{}/role", alice.username);
    app.send(put(&role, &json!({"role": "moderator"})).bearer(&ruth.token)).is_empty(204);
    app.send(remove.clone().bearer(&alice.token)).is_empty(204);
    app.send(remove.bearer(&alice.token)).is_problem(409, "conflict");
    assert!(!app.get("/api/messages").text().contains("watches"));
    assert!(board.reports().is_empty());
    assert_eq!(app.send(get("/api/account").bearer(&alice.token)).json()["role"], "moderator");
}

case!(OwnHost, who_is_suspended_can_see_why_and_nothing_else);
fn who_is_suspended_can_see_why_and_nothing_else() {
    let board = board("open");
    let Board { app, mallory, ruth, .. } = &board;
    let path = format!("/api/moderation/accounts/{}/suspension", mallory.username);
    let spam = json!({"reason": "Spam.", "until": "2999-01-01T00:00:00Z"});
    app.send(put(&path, &spam).bearer(&mallory.token)).is_problem(403, "insufficient_scope");
    app.send(put(&path, &json!({"reason": ""})).bearer(&ruth.token)).is_invalid(&[("reason", "too_short")]);
    app.send(put(&path, &spam).bearer(&ruth.token)).is_empty(204);
    app.send(mallory.posting("still here?")).is_problem(403, "insufficient_scope");
    let login = log_in(app, &mallory.username, &mallory.password).json();
    assert_eq!((&login["suspension"]["reason"], &login["role"]), (&json!("Spam."), &json!("member")));
    let seen = app.send(get(&path).bearer(&ruth.token)).json();
    assert_eq!((&seen["may_suspend"], &seen["suspension"]["reason"]), (&json!(true), &json!("Spam.")));
    app.send(get(&path).bearer(&mallory.token)).is_problem(403, "insufficient_scope");
    let account = app.send(get("/api/account").bearer(&mallory.token)).json();
    assert_eq!((&account["suspension"]["reason"], &account["role"]), (&json!("Spam."), &json!("member")));
    app.send(ask("DELETE", &path).bearer(&ruth.token)).is_empty(204);
    mallory.post(app, "back again");
    let ruths = "/api/moderation/accounts/ruth/suspension";
    app.send(put(ruths, &spam).bearer(&ruth.token)).is_problem(403, "insufficient_scope");
    assert_eq!(app.send(get(ruths).bearer(&ruth.token)).json(), json!({"may_suspend": false}), "it says so before");
    let mut events = app.output().wait_for_events("authz_admin", 2, |line| line["event"] == "authz_admin");
    let event = events.remove(0);
    assert_eq!(["username", "action", "account"].map(|field| &event[field]), ["ruth", "suspend", &mallory.username]);
    assert!(!app.output().stderr().contains("Spam."), "the reason is not for the log");
}

case!(OwnHost, an_admin_sees_an_account_ends_its_sessions_and_makes_a_reset_link);
fn an_admin_sees_an_account_ends_its_sessions_and_makes_a_reset_link() {
    let board = board("open");
    let Board { app, alice, mallory, ruth, .. } = &board;
    alice.post(app, "hello");
    let path = format!("/api/admin/accounts/{}", alice.username);
    app.send(get(&path).bearer(&mallory.token)).is_problem(403, "insufficient_scope");
    let account = app.send(get(&path).bearer(&ruth.token)).json();
    assert_eq!((&account["posts"], account["sessions"].as_array().unwrap().len()), (&json!(1), 1));
    app.send(get("/api/admin/accounts/nobody").bearer(&ruth.token)).is_problem(404, "not_found");
    let link = app.send(ask("POST", &format!("{path}/reset-link")).bearer(&ruth.token));
    assert_eq!((link.status, link.header("cache-control")), (201, "no-store"), "{}", link.said());
    app.send(ask("DELETE", &format!("{path}/sessions")).bearer(&ruth.token)).is_empty(204);
    app.send(alice.posting("too late")).is_problem(401, "invalid_token");
    assert_eq!(log_in(app, &alice.username, &alice.password).status, 200);
}

case!(OwnHost, by_invitation_one_person_signs_up);
fn by_invitation_one_person_signs_up() {
    let board = board("invited");
    let Board { app, mallory, ruth, .. } = &board;
    let inviting = || post("/api/admin/invitations", r#"{"expires_in_seconds":3600}"#);
    app.send(inviting().bearer(&mallory.token)).is_problem(403, "insufficient_scope");
    let made = app.send(inviting().bearer(&ruth.token));
    assert_eq!((made.status, made.header("cache-control")), (201, "no-store"), "{}", made.said());
    let sign_up = |username: &str, invitation: &Value| {
        let person =
            json!({"username": username, "password": "a bridge of 9 arches", "name": "N", "invitation": invitation});
        app.send(post("/api/signup", &person.to_string()))
    };
    let invitation = &made.json()["invitation"];
    sign_up("carol", &json!("made up")).is_problem(403, "invitation_invalid");
    assert_eq!(sign_up("carol", invitation).status, 201);
    sign_up("dave", invitation).is_problem(403, "invitation_invalid");
    actors::sign_up(app, "dave", "a bridge of 9 arches", "N").is_invalid(&[("invitation", "missing")]);
}
