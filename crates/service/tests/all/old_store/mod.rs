//! A store that the app of an earlier release has filled: its sessions live on, and its keys are replaced in
//! time.

mod crashes;

use serde_json::{Value, json};

use crate::world::{Answer, World, bearer};

const DAY: u64 = 24 * 60 * 60 * 1000;
const NEW_PASSWORD: &str = "only since the new release";

/// A session that was begun by the earlier release.
struct Old {
    username: String,
    access_tokens: Vec<String>,
    /// Refresh tokens that have been used, the first one first.
    used: Vec<String>,
    refresh_token: String,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn texts(values: &Value) -> Vec<String> {
    values.as_array().unwrap().iter().map(text).collect()
}

fn sessions(known: &Value) -> Vec<Old> {
    let sessions = known["living_sessions"].as_array().unwrap().iter();
    let read = |session: &Value| Old {
        username: text(&session["username"]),
        access_tokens: texts(&session["access_tokens"]),
        used: texts(&session["used_refresh_tokens"]),
        refresh_token: text(&session["refresh_token"]),
    };
    sessions.map(read).collect()
}

/// The sessions of one account.
fn sessions_of(known: &Value, username: &str) -> Vec<Old> {
    sessions(known).into_iter().filter(|session| session.username == username).collect()
}

fn password(known: &Value, username: &str) -> String {
    let accounts = known["accounts"].as_array().unwrap();
    text(&accounts.iter().find(|account| account["username"] == username).unwrap()["password"])
}

fn log_in(world: &World, username: &str, password: &str) -> Answer {
    let body = json!({"username": username, "password": password, "refresh_token_in": "body"}).to_string();
    world.post("/api/login", &body)
}

fn change_password(world: &World, token: &str, current: &str) -> Answer {
    let body = json!({"current_password": current, "new_password": NEW_PASSWORD}).to_string();
    world.send(bearer(token, "POST", "/api/account/password", &body))
}

fn delete_account(world: &World, token: &str, password: &str) -> Answer {
    world.send(bearer(token, "POST", "/api/account/delete", &json!({ "password": password }).to_string()))
}

fn board(world: &World) -> Vec<Value> {
    let page = world.get("/api/messages?limit=100");
    assert_eq!(page.status(), 200, "{}", page.said());
    page.json()["messages"].as_array().unwrap().clone()
}

#[test]
fn its_sessions_go_on() {
    let (world, known) = World::with_old_store();
    for session in sessions(&known) {
        assert!(session.access_tokens.iter().all(|token| world.accepts(token) == 200), "{}", session.username);
        let mut refresh_token = session.refresh_token;
        for _ in 0..3 {
            let answer = world.refresh(&refresh_token);
            assert_eq!(answer.status(), 200, "{}", answer.said());
            assert_eq!(answer.json()["user"]["username"], session.username);
            let (token, next) = answer.tokens();
            assert_eq!(world.accepts(&token), 200, "{}", session.username);
            assert_eq!(world.say(&token, "still here").status(), 201);
            refresh_token = next;
            world.advance_millis(60_000);
        }
        assert!(session.access_tokens.iter().all(|token| world.accepts(token) == 200), "{}", session.username);
    }
    let ended = &known["ended_session"];
    assert_eq!(world.accepts(&text(&ended["access_token"])), 401);
    assert_eq!(world.refresh(&text(&ended["refresh_token"])).status(), 401);
}

#[test]
fn they_end_as_early_as_they_would_have() {
    // 7 days without a refresh: for one session since it began, for the other one since its refresh.
    for username in ["cyd", "ada"] {
        for (millis, status) in [(7 * DAY - 60_000, 200), (7 * DAY + 60_000, 401)] {
            let (world, known) = World::with_old_store();
            world.advance_millis(millis);
            let old = &sessions_of(&known, username)[0];
            assert_eq!(world.refresh(&old.refresh_token).status(), status, "{username} after {millis} ms");
        }
    }
    // 30 days, however often it is refreshed.
    let (world, known) = World::with_old_store();
    let mut refresh_token = sessions_of(&known, "ada")[0].refresh_token.clone();
    for _ in 0..5 {
        world.advance_millis(6 * DAY - 60_000);
        refresh_token = world.refresh(&refresh_token).tokens().1;
    }
    world.advance_millis(6 * 60_000);
    assert_eq!(world.refresh(&refresh_token).status(), 401);
}

#[test]
fn an_answer_that_was_lost_is_fetched_again_and_a_stolen_token_ends_the_session() {
    let (world, known) = World::with_old_store();
    let ada = &sessions_of(&known, "ada")[0];
    let again = world.refresh(&ada.used[0]);
    assert_eq!(again.status(), 200, "{}", again.said());
    assert_eq!(again.tokens().1, ada.refresh_token);
    let bob = &sessions_of(&known, "bob")[0];
    assert_eq!(world.refresh(&bob.used[0]).status(), 401, "its successor has been used");
    assert_eq!(world.events("authn_token_reuse").len(), 1);
    assert_eq!(world.refresh(&bob.refresh_token).status(), 401);
    assert!(bob.access_tokens.iter().all(|token| world.accepts(token) == 401));
}

#[test]
fn they_are_listed_and_ended() {
    let (world, known) = World::with_old_store();
    let [one, other] = <[Old; 2]>::try_from(sessions_of(&known, "fay")).ok().unwrap();
    let listed = world.sessions(&one.access_tokens[0]);
    assert_eq!(listed.len(), 32);
    assert_eq!((&listed[0]["current"], &listed[0]["client"]), (&json!(true), &json!("Firefox on Linux")));
    let id = other.refresh_token.split('.').next().unwrap();
    let end = world.send(bearer(&one.access_tokens[0], "DELETE", &format!("/api/sessions/{id}"), ""));
    assert_eq!(end.status(), 204, "{}", end.said());
    assert_eq!((world.accepts(&other.access_tokens[0]), world.refresh(&other.refresh_token).status()), (401, 401));
    assert_eq!(world.sessions(&one.access_tokens[0]).len(), 31);
    assert_eq!(world.send(bearer(&one.access_tokens[0], "DELETE", "/api/sessions", "")).status(), 204);
    assert_eq!((world.accepts(&one.access_tokens[0]), world.refresh(&one.refresh_token).status()), (401, 401));
}

#[test]
fn a_new_password_ends_the_others_and_a_deleted_account_all() {
    let (world, known) = World::with_old_store();
    let [one, other] = <[Old; 2]>::try_from(sessions_of(&known, "fay")).ok().unwrap();
    let answer = change_password(&world, &one.access_tokens[0], &password(&known, "fay"));
    assert_eq!(answer.status(), 204, "{}", answer.said());
    assert_eq!((world.accepts(&other.access_tokens[0]), world.refresh(&other.refresh_token).status()), (401, 401));
    assert_eq!((world.accepts(&one.access_tokens[0]), world.refresh(&one.refresh_token).status()), (200, 200));
    assert_eq!(delete_account(&world, &one.access_tokens[0], NEW_PASSWORD).status(), 204);
    for old in sessions_of(&known, "fay") {
        assert_eq!((world.accepts(&old.access_tokens[0]), world.refresh(&old.refresh_token).status()), (401, 401));
    }
}

/// The ids of the published keys, newest first.
fn published(world: &World) -> Vec<String> {
    let set = world.get("/.well-known/jwks.json").json();
    set["keys"].as_array().unwrap().iter().map(|key| text(&key["kid"])).collect()
}

#[test]
fn its_keys_are_published_and_replaced_in_time() {
    let (world, known) = World::with_old_store();
    let old = published(&world);
    assert_eq!(world.get("/.well-known/jwks.json").json(), known["jwks"]);
    for day in 0..70 {
        let (token, _) = log_in(&world, "ada", &password(&known, "ada")).tokens();
        assert_eq!(world.accepts(&token), 200, "day {day}");
        assert_eq!(published(&world).contains(&old[0]), day <= 31, "day {day}");
        world.advance_millis(DAY);
    }
    assert!(published(&world).iter().all(|kid| !old.contains(kid)));
}

#[test]
fn years_later_it_is_the_same_board_with_the_same_people() {
    let (world, known) = World::with_old_store();
    assert_eq!(json!(board(&world)), known["board"]);
    world.advance_millis(5 * 365 * DAY);
    assert_eq!(json!(board(&world)), known["board"]);
    for account in known["accounts"].as_array().unwrap() {
        let username = account["username"].as_str().unwrap();
        let of_author = board(&world).into_iter().filter(|message| message["author"]["username"] == username);
        let of_author: Vec<_> = of_author.map(|message| text(&message["text"])).collect();
        assert_eq!(world.texts(&format!("/api/messages?author={username}")), of_author);
        let answer = log_in(&world, username, account["password"].as_str().unwrap());
        assert_eq!(answer.status(), 200, "{}", answer.said());
        assert_eq!(world.accepts(&answer.tokens().0), 200);
    }
    for session in sessions(&known) {
        assert_eq!(
            (world.accepts(&session.access_tokens[0]), world.refresh(&session.refresh_token).status()),
            (401, 401)
        );
    }
}
