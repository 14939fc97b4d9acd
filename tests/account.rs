//! The account of the caller: /api/account, /api/sessions and /api/logout, and what a deletion removes.

use serde_json::{Value, json};

use crate::harness::actors::{self, Actor, log_in};
use crate::harness::app::App;
use crate::harness::board::all;
use crate::harness::client::{Ask, Client, ask, get, post};
use crate::harness::host::Setup;

const NEW: &str = "another good one 8";

fn sessions(app: &Client, token: &str) -> Vec<Value> {
    let reply = app.send(get("/api/sessions").bearer(token));
    assert_eq!((reply.status, reply.header("cache-control")), (200, "no-store"), "{}", reply.said());
    reply.json()["sessions"].as_array().unwrap().clone()
}

fn again(app: &Client, alice: &Actor, agent: &str) -> String {
    let login = actors::logging_in(&alice.username, &alice.password).header("user-agent", agent);
    app.send(login).json()["token"].as_str().unwrap().to_owned()
}

fn changing(current: &str, new: &str) -> Ask {
    post("/api/account/password", &json!({"current_password": current, "new_password": new}).to_string())
}

fn deleting(password: &str) -> Ask {
    post("/api/account/delete", &json!({"password": password}).to_string())
}

case!(AnyHost, the_account_and_its_sessions_are_shown);
fn the_account_and_its_sessions_are_shown() {
    let app = App::any();
    let alice = actors::alice(&app);
    let account = app.send(get("/api/account").bearer(&alice.token)).json();
    assert_eq!(account["user"], json!({"username": alice.username, "name": "Alice"}));
    assert!(account["created_at"].as_str().unwrap().ends_with('Z'));
    let phone = again(&app, &alice, "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0");
    let listed = sessions(&app, &phone);
    let shown: Vec<_> = listed.iter().map(|s| (s["client"].as_str().unwrap(), s["current"] == true)).collect();
    assert_eq!(shown, [("Firefox on Android", true), ("Unknown program", false)]);
}

case!(AnyHost, logging_out_ends_the_token_at_once);
fn logging_out_ends_the_token_at_once() {
    let app = App::any();
    let alice = actors::alice(&app);
    let other = again(&app, &alice, "curl/8");
    app.send(ask("POST", "/api/logout").bearer(&alice.token)).is_empty(204);
    app.send(alice.posting("too late")).is_problem(401, "invalid_token");
    app.send(get("/api/authorizer").bearer(&alice.token)).is_problem(401, "invalid_token");
    assert_eq!(sessions(&app, &other).len(), 1);
}

case!(AnyHost, one_session_is_ended_and_then_all);
fn one_session_is_ended_and_then_all() {
    let app = App::any();
    let (alice, mallory) = (actors::alice(&app), actors::mallory(&app));
    let other = again(&app, &alice, "curl/8");
    let listed = sessions(&app, &alice.token);
    let id = listed.iter().find(|session| session["current"] == false).unwrap()["id"].as_str().unwrap().to_owned();
    let end = |token: &str| app.send(ask("DELETE", &format!("/api/sessions/{id}")).bearer(token));
    end(&mallory.token).is_problem(404, "not_found");
    end(&alice.token).is_empty(204);
    end(&alice.token).is_problem(404, "not_found");
    app.send(get("/api/sessions").bearer(&other)).is_problem(401, "invalid_token");
    let third = again(&app, &alice, "curl/8");
    app.send(ask("DELETE", "/api/sessions").bearer(&third)).is_empty(204);
    for token in [&alice.token, &third] {
        app.send(get("/api/sessions").bearer(token)).is_problem(401, "invalid_token");
    }
    assert_eq!(sessions(&app, &mallory.token).len(), 1);
}

case!(AnyHost, the_password_is_changed);
fn the_password_is_changed() {
    let app = App::any();
    let alice = actors::alice(&app);
    let other = again(&app, &alice, "curl/8");
    let wrong = app.send(changing("wrong horse 7", NEW).bearer(&alice.token));
    wrong.is_invalid(&[("current_password", "wrong_password")]);
    let weak = app.send(changing(&alice.password, "short").bearer(&alice.token));
    weak.is_invalid(&[("new_password", "too_short")]);
    app.send(changing(&alice.password, NEW).bearer(&alice.token)).is_empty(204);
    log_in(&app, &alice.username, &alice.password).is_problem(401, "invalid_credentials");
    assert_eq!(log_in(&app, &alice.username, NEW).status, 200);
    app.send(get("/api/sessions").bearer(&other)).is_problem(401, "invalid_token");
    assert_eq!(sessions(&app, &alice.token).len(), 2, "this one, and the login after");
}

case!(AnyHost, the_account_is_deleted);
fn the_account_is_deleted() {
    let app = App::any();
    let alice = actors::alice(&app);
    let posted = app.send(alice.posting("I was here."));
    app.send(deleting("wrong horse 7").bearer(&alice.token)).is_invalid(&[("password", "wrong_password")]);
    app.send(deleting(&alice.password).bearer(&alice.token)).is_empty(204);
    app.send(alice.posting("too late")).is_problem(401, "invalid_token");
    log_in(&app, &alice.username, &alice.password).is_problem(401, "invalid_credentials");
    let shown = app.get(posted.header("location")).json()["message"].take();
    assert_eq!(shown["author"], json!({"username": null, "name": "deleted user"}));
}

case!(AnyHost, a_message_is_deleted_by_its_author);
fn a_message_is_deleted_by_its_author() {
    let app = App::any();
    let (alice, mallory) = (actors::alice(&app), actors::mallory(&app));
    let ids: Vec<_> = ["one", "two", "three"].map(|text| alice.post(&app, text)["id"].take()).to_vec();
    let list = format!("/api/messages?author={}", alice.username);
    let delete =
        |token: &str| app.send(ask("DELETE", &format!("/api/messages/{}", ids[1].as_str().unwrap())).bearer(token));
    delete(&mallory.token).is_problem(403, "not_the_author");
    delete(&alice.token).is_empty(204);
    delete(&alice.token).is_problem(404, "not_found");
    let texts: Vec<_> =
        app.get(&list).json()["messages"].as_array().unwrap().iter().map(|m| m["text"].clone()).collect();
    assert_eq!(texts, ["three", "one"]);
}

case!(OwnHost, deletions_survive_a_kill);
/// The host dies while it deletes an account with many messages. The client that asks again gets the deletion completed.
fn deletions_survive_a_kill() {
    let state = tempfile::tempdir().unwrap();
    let mut app = Setup::app().state(state.path()).start();
    let alice = actors::alice(&app);
    let messages = 60;
    for number in 0..messages {
        alice.post(&app, &format!("message {number}"));
    }
    for round in 0..6_u32 {
        let reply = std::thread::scope(|scope| {
            let asking = scope.spawn(|| app.try_send(deleting(&alice.password).bearer(&alice.token)));
            // Each round kills the host at a different moment. The exact moments do not matter.
            std::thread::sleep(std::time::Duration::from_millis(u64::from(round) * 15));
            app.kill();
            asking.join().unwrap()
        });
        app.wait_for_end();
        app = Setup::app().state(state.path()).start();
        assert_eq!(all(&app, 100, "").len(), messages, "no message is lost");
        if reply.is_ok_and(|reply| reply.status == 204) {
            break;
        }
    }
    let reply = app.send(deleting(&alice.password).bearer(&alice.token));
    assert!([204, 401].contains(&reply.status), "{}", reply.said());
    log_in(&app, "alice", &alice.password).is_problem(401, "invalid_credentials");
    assert!(!app.get("/api/messages?limit=100").text().contains("alice"));
}
