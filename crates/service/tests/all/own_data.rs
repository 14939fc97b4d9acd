//! What the app has of somebody: the name, what has happened to the account, a copy of all, and the end of all messages.

use serde_json::{Value, json};

use crate::second_factor;
use crate::world::{Answer, Fault, PASSWORD, World, anon, bearer};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0";

/// Sends a request from an address, with a browser.
fn send(world: &World, mut request: http::Request<bytes::Bytes>, address: &str) -> Answer {
    request.headers_mut().insert("spin-client-addr", address.parse().unwrap());
    request.headers_mut().insert("user-agent", FIREFOX.parse().unwrap());
    world.send(request)
}

fn log_in(world: &World, password: &str, address: &str) -> Answer {
    let body = json!({"username": "ada", "password": password, "refresh_token_in": "body"});
    send(world, anon("POST", "/api/login", &body.to_string()), address)
}

fn activity(world: &World, token: &str) -> Vec<Value> {
    let answer = world.send(bearer(token, "GET", "/api/account/activity", ""));
    assert_eq!(answer.status(), 200, "{}", answer.said());
    answer.json()["activity"].as_array().unwrap().clone()
}

fn names(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|entry| entry["activity"].as_str().unwrap()).collect()
}

#[test]
fn a_new_name_counts_at_once_for_what_is_posted_and_shown_from_then_on() {
    let world = World::new();
    world.sign_up("ada");
    let (token, refresh) = world.begin("ada");
    assert_eq!(world.say(&token, "before").status(), 201);
    let renamed = world.send(bearer(&token, "PATCH", "/api/account", r#"{"name":" Ada King "}"#));
    assert_eq!((renamed.status(), &renamed.json()["user"]["name"]), (200, &"Ada King".into()));
    assert_eq!(world.say(&token, "after").status(), 201);
    let page = world.get("/api/messages").json();
    assert_eq!(
        [&page["messages"][0]["author"]["name"], &page["messages"][1]["author"]["name"]],
        ["Ada King", "Name of ada"]
    );
    assert_eq!(world.refresh(&refresh).json()["user"]["name"], "Ada King");
    assert_eq!(world.send(bearer(&token, "GET", "/api/authorizer", "")).json()["context"]["name"], "Ada King");
    assert_eq!(world.events("user_updated")[0]["username"], "ada");
    for name in ["", "deleted user", "\u{7}"] {
        let body = json!({ "name": name }).to_string();
        assert_eq!(world.send(bearer(&token, "PATCH", "/api/account", &body)).status(), 422, "{name:?}");
    }
}

#[test]
fn somebody_sees_what_has_happened_to_the_account_from_where() {
    let world = World::new();
    world.sign_up("ada");
    assert_eq!(log_in(&world, "a wrong guess", "198.51.100.77").status(), 401);
    world.advance_millis(1000);
    let token = log_in(&world, PASSWORD, "2001:db8:1:2::7").tokens().0;
    world.advance_millis(1000);
    assert_eq!(world.send(bearer(&token, "PATCH", "/api/account", r#"{"name":"Ada King"}"#)).status(), 200);
    let entries = activity(&world, &token);
    assert_eq!(names(&entries), ["name_changed", "login", "login_failed"]);
    assert_eq!(entries[1]["network"], "2001:db8:1::/48");
    assert_eq!(entries[2]["network"], "198.51.100.0/24");
    assert_eq!(
        (&entries[1]["client"], &entries[2]["client"]),
        (&"Firefox on Linux".into(), &"Firefox on Linux".into())
    );
    assert_eq!(entries[0].get("network"), None, "the host did not tell");
    let other = world.join("bob");
    assert_eq!(names(&activity(&world, &other)), ["login"]);
}

#[test]
fn somebody_sees_what_moderators_and_admins_have_decided_and_not_from_where() {
    let world = World::new();
    let (ruth, token) = (world.join("ruth"), world.join("ada"));
    world.set("admins", "ruth");
    for (method, path, body, status) in [
        ("PUT", "/api/moderation/accounts/ada/suspension", r#"{"reason":"spam"}"#, 204),
        ("DELETE", "/api/moderation/accounts/ada/suspension", "", 204),
        ("PUT", "/api/admin/accounts/ada/role", r#"{"role":"moderator"}"#, 204),
        ("POST", "/api/admin/accounts/ada/reset-link", "", 201),
    ] {
        world.advance_millis(1);
        let answer = send(&world, bearer(&ruth, method, path, body), "192.0.2.7");
        assert_eq!(answer.status(), status, "{path}: {}", answer.said());
    }
    let entries = activity(&world, &token);
    let expected = ["reset_link_made", "role_changed", "suspension_lifted", "suspended"];
    assert_eq!(names(&entries)[..4], expected);
    assert!(entries[..4].iter().all(|entry| entry["client"] == "Moderator or admin" && entry.get("network").is_none()));
}

#[test]
fn somebody_sees_changes_of_what_protects_the_account_and_wrong_codes() {
    let world = World::new();
    let token = world.join("ada");
    let code = second_factor::enrol_with_codes(&world, &token).1.remove(0);
    world.advance_millis(1);
    let ticket = log_in(&world, PASSWORD, "192.0.2.7").json()["ticket"].as_str().unwrap().to_owned();
    let wrong = json!({"ticket": ticket, "code": "000000"}).to_string();
    assert_eq!(send(&world, anon("POST", "/api/login/code", &wrong), "192.0.2.7").status(), 401);
    let mut seen: Vec<String> = names(&activity(&world, &token)).into_iter().map(str::to_owned).collect();
    assert_eq!(seen.remove(0), "login_failed");
    seen.sort_unstable();
    assert_eq!(seen, ["login", "recovery_codes_made", "second_factor_on"]);
    world.advance_millis(1);
    let reset = json!({"username": "ada", "code": code, "new_password": "a quite different secret"}).to_string();
    assert_eq!(send(&world, anon("POST", "/api/recovery", &reset), "192.0.2.7").status(), 204);
    let entries = world.data.get("latchkey:user:ada:events:3").unwrap();
    assert!(String::from_utf8_lossy(&entries).contains("password_reset"));
}

#[test]
fn guessing_does_not_push_the_rest_out_of_sight_and_a_login_stays_after_its_session() {
    let world = World::new();
    world.sign_up("ada");
    let token = log_in(&world, PASSWORD, "192.0.2.7").tokens().0;
    assert_eq!(world.send(bearer(&token, "DELETE", "/api/sessions", "")).status(), 204);
    for _ in 0..100 {
        world.advance_millis(1);
        assert_eq!(log_in(&world, "a wrong guess", "198.51.100.77").status(), 401);
    }
    world.advance_millis(1);
    let token = log_in(&world, PASSWORD, "192.0.2.7").tokens().0;
    let entries = activity(&world, &token);
    let mut expected = vec!["login"];
    expected.extend(["login_failed"; 8]);
    // Both were at the same moment.
    assert_eq!(names(&entries)[..9], expected);
    let mut rest = names(&entries)[9..].to_vec();
    rest.sort_unstable();
    assert_eq!(rest, ["login", "sessions_ended"]);
}

#[test]
fn a_store_that_refuses_the_note_does_not_undo_what_was_done() {
    let world = World::new();
    let token = world.join("ada");
    let rename = || world.send(bearer(&token, "PATCH", "/api/account", r#"{"name":"Ada King"}"#));
    world.data.fail_at(usize::MAX, Fault::Refused);
    assert_eq!(rename().status(), 200);
    let last = world.data.calls();
    // The note is written last.
    world.data.fail_at(last, Fault::Refused);
    let renamed = rename();
    assert!(world.data.heal());
    assert_eq!(renamed.status(), 200, "{}", renamed.said());
    assert_eq!(world.events("activity_not_noted").len(), 1);
}

#[test]
fn a_copy_has_everything_in_pages() {
    let world = World::new();
    world.sign_up("ada");
    let token = world.begin("ada").0;
    let bob = world.join("bob");
    for n in 0..130 {
        assert_eq!(world.say(&token, &format!("message {n}")).status(), 201);
    }
    assert_eq!(world.say(&bob, "not mine").status(), 201);
    let page = |query: &str| {
        let answer = world.send(bearer(&token, "GET", &format!("/api/account/export{query}"), ""));
        assert_eq!(answer.status(), 200, "{}", answer.said());
        answer.json()
    };
    let first = page("");
    assert_eq!(first["account"]["user"], json!({"username": "ada", "name": "Name of ada"}));
    assert_eq!(
        (first["sessions"].as_array().unwrap().len(), names(first["activity"].as_array().unwrap())),
        (1, vec!["login"])
    );
    assert_eq!(
        (first["messages"].as_array().unwrap().len(), &first["messages"][0]["text"]),
        (100, &"message 129".into())
    );
    let second = page(&format!("?before={}", first["next"].as_str().unwrap()));
    assert_eq!((second.get("account"), second["messages"].as_array().unwrap().len()), (None, 30));
    assert_eq!((&second["messages"][29]["text"], &second["next"]), (&"message 0".into(), &Value::Null));
    let secrets = ["pbkdf2", "refresh", "devices"];
    assert!(secrets.iter().all(|secret| !first.to_string().contains(secret)), "{first}");
    assert_eq!(world.send(bearer(&token, "GET", "/api/account/export?before=m7", "")).status(), 400);
}

#[test]
fn all_messages_of_ones_own_go_page_by_page_and_nobody_elses() {
    let world = World::new();
    let (ada, bob) = (world.join("ada"), world.join("bob"));
    for n in 0..45 {
        assert_eq!(world.say(&ada, &format!("message {n}")).status(), 201);
    }
    assert_eq!(world.say(&bob, "not yours").status(), 201);
    let (mut deleted, mut next) = (Vec::new(), String::new());
    loop {
        let answer = world.send(bearer(&ada, "DELETE", &format!("/api/account/messages{next}"), ""));
        assert_eq!(answer.status(), 200, "{}", answer.said());
        let json = answer.json();
        deleted.push(json["deleted"].as_u64().unwrap());
        let Some(before) = json["next"].as_str() else { break };
        next = format!("?before={before}");
    }
    assert_eq!(deleted, [20, 20, 5]);
    let page = world.get("/api/messages").json();
    assert_eq!((page["messages"].as_array().unwrap().len(), &page["messages"][0]["text"]), (1, &"not yours".into()));
}

#[test]
fn nothing_of_it_is_left_after_the_account_is_deleted() {
    let world = World::new();
    let token = world.join("ada");
    assert_eq!(log_in(&world, "a wrong guess", "192.0.2.7").status(), 401);
    assert_eq!(world.send(bearer(&token, "PATCH", "/api/account", r#"{"name":"Ada King"}"#)).status(), 200);
    let body = format!(r#"{{"password":"{PASSWORD}"}}"#);
    assert_eq!(world.send(bearer(&token, "POST", "/api/account/delete", &body)).status(), 204);
    let left: Vec<String> = world.data.keys().into_iter().filter(|key| key.contains("user:ada")).collect();
    assert_eq!(left, ["latchkey:user:ada"]);
}
