//! The users of the tests. `anon` is a caller that sends no token.

use serde_json::{Value, json};

use super::client::{Ask, Client, post};
use super::reply::Reply;

/// A user with an account, logged in.
#[derive(Clone)]
pub(crate) struct Actor {
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) token: String,
}

/// The user who uses the app as intended.
#[track_caller]
pub(crate) fn alice(app: &Client) -> Actor {
    actor(app, "alice", "correct horse 7", "Alice")
}

/// The attacker.
#[track_caller]
pub(crate) fn mallory(app: &Client) -> Actor {
    actor(app, "mallory", "muhahaha 1666", "Mallory")
}

/// Signs up and logs in.
#[track_caller]
pub(crate) fn actor(app: &Client, username: &str, password: &str, name: &str) -> Actor {
    let username = app.name(username);
    let reply = sign_up(app, &username, password, name);
    assert_eq!(reply.status, 201, "{}", reply.said());
    let reply = log_in(app, &username, password);
    assert_eq!(reply.status, 200, "{}", reply.said());
    let token = reply.json()["token"].as_str().unwrap().to_owned();
    Actor { username, password: password.to_owned(), token }
}

#[track_caller]
pub(crate) fn sign_up(app: &Client, username: &str, password: &str, name: &str) -> Reply {
    app.send(signing_up(username, password, name))
}

#[track_caller]
pub(crate) fn log_in(app: &Client, username: &str, password: &str) -> Reply {
    app.send(logging_in(username, password))
}

pub(crate) fn signing_up(username: &str, password: &str, name: &str) -> Ask {
    post("/api/signup", &json!({"username": username, "password": password, "name": name}).to_string())
}

pub(crate) fn logging_in(username: &str, password: &str) -> Ask {
    post("/api/login", &json!({"username": username, "password": password}).to_string())
}

impl Actor {
    pub(crate) fn posting(&self, text: &str) -> Ask {
        post("/api/messages", &json!({"text": text}).to_string()).bearer(&self.token)
    }

    /// Posts, and returns the message.
    #[track_caller]
    pub(crate) fn post(&self, app: &Client, text: &str) -> Value {
        let reply = app.send(self.posting(text));
        assert_eq!(reply.status, 201, "{}", reply.said());
        reply.json()["message"].take()
    }
}
