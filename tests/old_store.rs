//! The app of today on a store that the app of an earlier release has filled: see `fixture/stores/README.md`. The file gets
//! older, so nothing here depends on what ends with time: neither its sessions nor its keys.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::harness::actors::{Actor, log_in, sign_up};
use crate::harness::board::all;
use crate::harness::client::{Client, ask, post};
use crate::harness::database;
use crate::harness::host::{Host, Setup};
use crate::harness::reply::Reply;
use crate::harness::workspace;

/// How long a signing key signs by default, less a day: the next one takes over shortly before the end.
const KEY_SIGNS_MILLIS: u64 = 29 * 24 * 60 * 60 * 1000;
const NEW_PASSWORD: &str = "only since the new release";

/// What is known of the store.
struct Old {
    state: tempfile::TempDir,
    known: Value,
}

fn fixture(extension: &str) -> PathBuf {
    workspace().join("tests/fixture/stores/before-flat-cost").with_extension(extension)
}

impl Old {
    /// A copy of the store, so that each test finds it as it was.
    fn store() -> Self {
        let state = tempfile::tempdir().unwrap();
        std::fs::copy(fixture("db"), state.path().join("sqlite_key_value.db")).unwrap();
        let known = serde_json::from_slice(&std::fs::read(fixture("json")).unwrap()).unwrap();
        Self { state, known }
    }

    fn state(&self) -> &Path {
        self.state.path()
    }

    fn host(&self) -> Host {
        Setup::app().state(self.state()).start()
    }

    /// Username, name and password of each account.
    fn accounts(&self) -> impl Iterator<Item = [&str; 3]> {
        let accounts = self.known["accounts"].as_array().unwrap().iter();
        accounts.map(|account| ["username", "name", "password"].map(|member| account[member].as_str().unwrap()))
    }

    /// All messages, newest first.
    fn board(&self) -> Vec<Value> {
        self.known["board"].as_array().unwrap().clone()
    }

    fn log_in(&self, app: &Client, username: &str) -> Actor {
        let [_, _, password] = self.accounts().find(|account| account[0] == username).unwrap();
        let reply = log_in(app, username, password);
        assert_eq!(reply.status, 200, "{}", reply.said());
        let token = reply.json()["token"].as_str().unwrap().to_owned();
        Actor { username: username.to_owned(), password: password.to_owned(), token }
    }
}

fn delete(app: &Client, by: &Actor, id: &str) -> Reply {
    app.send(ask("DELETE", &format!("/api/messages/{id}")).bearer(&by.token))
}

/// Expects the board to hold these messages and no others, on one page, on pages of 20 and on small ones, and each of the
/// pages of authors to hold those of its author.
#[track_caller]
fn shows(app: &Client, messages: &[Value], authors: &[&str]) {
    app.get("/api/messages?limit=100").is(200, &json!({"messages": messages, "next": null}).to_string());
    let newest = app.get("/api/messages").json();
    assert_eq!(newest["messages"], json!(messages[..20]));
    assert_eq!(newest["next"].is_string(), messages.len() > 20);
    let texts = |by: Option<&str>| {
        let of_author = messages.iter().filter(|m| by.is_none() || m["author"]["username"].as_str() == by);
        of_author.map(|message| message["text"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for limit in [1, 7] {
        assert_eq!(all(app, limit, ""), texts(None));
        for author in authors {
            assert_eq!(all(app, limit, &format!("&author={author}")), texts(Some(author)), "{author}");
        }
    }
}

const AUTHORS: [&str; 8] = ["ada", "bob", "cyd", "dot", "eve", "fay", "gus", "noe"];

case!(OwnHost, the_text_of_the_store_is_what_the_file_holds);
fn the_text_of_the_store_is_what_the_file_holds() {
    let old = Old::store();
    let rows = database::rows(&database::open(old.state()), "default");
    let lines = rows.iter().map(|(key, value)| match <[u8; 8]>::try_from(value.as_slice()) {
        Ok(counter) => format!("{key}\t{:016X}\n", u64::from_be_bytes(counter)),
        Err(_) => format!("{key}\t{}\n", String::from_utf8(value.clone()).unwrap()),
    });
    assert_eq!(lines.collect::<String>(), std::fs::read_to_string(fixture("tsv")).unwrap());
}

case!(OwnHost, every_account_has_its_last_password_and_no_earlier_one);
fn every_account_has_its_last_password_and_no_earlier_one() {
    let old = Old::store();
    let known = old.known["accounts"].as_array().unwrap();
    // A login may write the record of an account anew, so each logs in a second time, on a host that knows only the store.
    for _ in 0..2 {
        let mut app = old.host();
        for (account, [username, name, password]) in known.iter().zip(old.accounts()) {
            for former in account["former_passwords"].as_array().unwrap() {
                log_in(&app, username, former.as_str().unwrap()).is_problem(401, "invalid_credentials");
            }
            log_in(&app, username, "not the right password").is_problem(401, "invalid_credentials");
            let reply = log_in(&app, username, password);
            assert_eq!(reply.status, 200, "{}", reply.said());
            assert_eq!(reply.json()["user"], json!({"username": username, "name": name}));
            sign_up(&app, username, NEW_PASSWORD, "Somebody else").is_problem(409, "username_taken");
        }
        app.stop();
    }
}

case!(OwnHost, the_name_of_a_deleted_account_stays_taken);
fn the_name_of_a_deleted_account_stays_taken() {
    let old = Old::store();
    let app = old.host();
    let eve = &old.known["deleted_account"];
    let [username, password] = ["username", "password"].map(|member| eve[member].as_str().unwrap());
    log_in(&app, username, password).is_problem(401, "invalid_credentials");
    sign_up(&app, username, NEW_PASSWORD, "Another Eve").is_problem(409, "username_taken");
    log_in(&app, username, NEW_PASSWORD).is_problem(401, "invalid_credentials");
}

case!(OwnHost, the_board_is_as_it_was_and_grows);
fn the_board_is_as_it_was_and_grows() {
    let old = Old::store();
    let mut app = old.host();
    let mut board = old.board();
    shows(&app, &board, &AUTHORS);
    assert_eq!(board.iter().filter(|m| m["author"] == json!({"username": null, "name": "deleted user"})).count(), 3);
    let mut newest = 31; // The last position, whose message was deleted.
    for username in ["ada", "gus", "cyd", "ada"] {
        let message = old.log_in(&app, username).post(&app, &format!("{username} goes on"));
        let id: u64 = message["id"].as_str().unwrap().parse().unwrap();
        assert!(id > newest, "{id} comes after {newest}");
        newest = id;
        board.insert(0, message);
        shows(&app, &board, &AUTHORS);
    }
    app.stop();
    shows(&old.host(), &board, &AUTHORS);
}

case!(OwnHost, a_message_of_before_is_deleted_by_its_author_alone);
fn a_message_of_before_is_deleted_by_its_author_alone() {
    let old = Old::store();
    let mut app = old.host();
    let mut board = old.board();
    let [ada, bob, dot] = ["ada", "bob", "dot"].map(|username| old.log_in(&app, username));
    // The first two are neighbours of deleted ones on the board. The author of the last one is gone.
    for (id, author) in [("5", &ada), ("8", &dot), ("14", &bob), ("1", &ada)] {
        let other = if author.username == "bob" { &ada } else { &bob };
        delete(&app, other, id).is_problem(403, "not_the_author");
        delete(&app, author, id).is_empty(204);
        delete(&app, author, id).is_problem(404, "not_found");
        board.retain(|message| message["id"] != id);
        shows(&app, &board, &AUTHORS);
    }
    delete(&app, &ada, "6").is_problem(404, "not_found");
    let gone = board.iter().find(|message| message["author"]["username"].is_null()).unwrap();
    delete(&app, &ada, gone["id"].as_str().unwrap()).is_problem(403, "not_the_author");
    app.stop();
    shows(&old.host(), &board, &AUTHORS);
}

case!(OwnHost, a_password_of_before_is_changed);
fn a_password_of_before_is_changed() {
    let old = Old::store();
    let mut app = old.host();
    // Never changed, changed before, hashed again, both, and in a form that is not NFC.
    for username in ["ada", "bob", "cyd", "dot", "noe"] {
        let [other, user] = [(); 2].map(|()| old.log_in(&app, username));
        let body = json!({"current_password": user.password, "new_password": NEW_PASSWORD}).to_string();
        let change = |user: &Actor| app.send(post("/api/account/password", &body).bearer(&user.token));
        change(&user).is_empty(204);
        change(&other).is_problem(401, "invalid_token");
    }
    app.stop();
    let app = old.host();
    for username in ["ada", "bob", "cyd", "dot", "noe"] {
        let [_, _, password] = old.accounts().find(|account| account[0] == username).unwrap();
        log_in(&app, username, password).is_problem(401, "invalid_credentials");
        assert_eq!(log_in(&app, username, NEW_PASSWORD).status, 200, "{username}");
    }
}

case!(OwnHost, an_account_of_before_is_deleted);
fn an_account_of_before_is_deleted() {
    let old = Old::store();
    let mut app = old.host();
    let mut board = old.board();
    for username in ["bob", "cyd", "ada", "noe", "gus", "fay"] {
        let user = old.log_in(&app, username);
        let body = json!({"password": user.password}).to_string();
        app.send(post("/api/account/delete", &body).bearer(&user.token)).is_empty(204);
        log_in(&app, username, &user.password).is_problem(401, "invalid_credentials");
        sign_up(&app, username, NEW_PASSWORD, "Another").is_problem(409, "username_taken");
        for message in board.iter_mut().filter(|message| message["author"]["username"] == username) {
            message["author"] = json!({"username": null, "name": "deleted user"});
        }
        shows(&app, &board, &AUTHORS);
    }
    app.stop();
    shows(&old.host(), &board, &AUTHORS);
}

case!(OwnHost, the_key_of_before_signs_until_its_time_is_over);
fn the_key_of_before_signs_until_its_time_is_over() {
    let old = Old::store();
    let app = old.host();
    let token = old.log_in(&app, "ada").token;
    let header = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    let set = app.get("/.well-known/jwks.json").json();
    let mut published = set["keys"].as_array().unwrap().iter().map(|key| &key["kid"]);
    assert!(published.any(|kid| *kid == header["kid"]), "{header} is not in {set}");
    let newest = &old.known["newest_signing_key"];
    let signs_from = newest["signs_from_ms"].as_u64().unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as u64;
    // A machine whose clock is behind the file may sign with an older key of it.
    if (signs_from..signs_from + KEY_SIGNS_MILLIS).contains(&now) {
        assert_eq!(header["kid"], newest["kid"]);
    }
}
