//! The data that exists after a restart, in the same file that Spin uses.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use crate::harness::actors::{self, log_in};
use crate::harness::client::get;
use crate::harness::database::{self, Row};
use crate::harness::host::Setup;
use crate::harness::store::{self, Store};

case!(OwnHost, everything_survives_a_restart);
fn everything_survives_a_restart() {
    let state = tempfile::tempdir().unwrap();
    let mut app = Setup::app().state(state.path()).start();
    let alice = actors::alice(&app);
    alice.post(&app, "before");
    let (list, keys) = (app.get("/api/messages").json(), app.get("/.well-known/jwks.json").json());
    app.stop();
    if Store::chosen() == Store::Default {
        assert!(state.path().join("sqlite_key_value.db").is_file());
    }

    let mut app = Setup::app().state(state.path()).start();
    assert_eq!(app.get("/api/messages").json(), list);
    assert_eq!(app.get("/.well-known/jwks.json").json(), keys);
    assert_eq!(app.send(get("/api/authorizer").bearer(&alice.token)).status, 200, "a token outlives the host");
    assert_eq!(log_in(&app, "alice", &alice.password).status, 200);
    assert_eq!(alice.post(&app, "after")["id"], "2");
    app.stop();
}

case!(OwnHost, a_store_that_others_may_read_is_named_in_the_log);
/// Spin creates its file so.
fn a_store_that_others_may_read_is_named_in_the_log() {
    let state = tempfile::tempdir().unwrap();
    let file = state.path().join("sqlite_key_value.db");
    let named = |mode: u32| -> Vec<String> {
        std::fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        let mut app = Setup::app().state(state.path()).start();
        app.stop();
        let lines = app.output().events().into_iter().filter(|line| line["event"] == "store_is_open_to_other_users");
        lines.map(|line| format!("{} {}", line["file"].as_str().unwrap(), line["mode"].as_str().unwrap())).collect()
    };
    drop(database::create_as_spin_does(state.path()));
    let lines = named(0o644);
    assert!(lines.contains(&format!("{} 644", file.display())), "{lines:?}");
    assert!(lines.iter().any(|line| line.ends_with("-wal 644")), "{lines:?}");
    assert_eq!(named(0o600), [""; 0]);
}

case!(OwnHost, the_file_of_spin_is_used_and_other_stores_are_left_alone);
fn the_file_of_spin_is_used_and_other_stores_are_left_alone() {
    let state = tempfile::tempdir().unwrap();
    let database = database::create_as_spin_does(state.path());
    let others: Vec<Row> = vec![
        ("a key\0with a nul".to_owned(), vec![0, 255, 128]),
        ("counter".to_owned(), 42_i64.to_le_bytes().to_vec()),
        ("empty".to_owned(), vec![]),
        ("user/alice".to_owned(), b"not of this app".to_vec()),
    ];
    for row in &others {
        database::insert(&database, "other", row);
    }
    drop(database);

    let mut app = Setup::app().state(state.path()).start();
    let alice = actors::alice(&app);
    alice.post(&app, "In the file of Spin.");
    app.stop();

    let database = database::open(state.path());
    assert_eq!(database::rows(&database, "other"), others);
    let stores: String = database
        .query_row("SELECT group_concat(DISTINCT store) FROM spin_key_value ORDER BY store", [], |row| row.get(0))
        .unwrap();
    let mut stores: Vec<_> = stores.split(',').collect();
    stores.sort_unstable();
    assert_eq!(stores, ["default", "other"]);
    // The keys of the app have to work on every store that Spin supports: at most 255 bytes, no control characters.
    for (key, _) in database::rows(&database, "default") {
        assert!(key.len() <= 255 && key.bytes().all(|byte| byte.is_ascii_graphic()), "{key:?}");
    }
}

case!(OwnHost, what_is_stored_holds_no_password);
fn what_is_stored_holds_no_password() {
    let state = tempfile::tempdir().unwrap();
    let mut app = Setup::app().state(state.path()).start();
    let alice = actors::alice(&app);
    log_in(&app, "alice", "wrong horse 7").is_problem(401, "invalid_credentials");
    app.stop();
    // Spin also has a folder of logs there, so only files count. Every test checks the logs.
    let files = std::fs::read_dir(state.path()).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file());
    for file in files {
        let bytes = std::fs::read(file).unwrap();
        for secret in [&*alice.password, "wrong horse 7", &*alice.token] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret} is stored");
        }
    }
    for (key, value) in store::rows(state.path()) {
        let value = String::from_utf8_lossy(&value);
        for secret in [&*alice.password, "wrong horse 7", &*alice.token] {
            assert!(!key.contains(secret) && !value.contains(secret), "{secret} is stored");
        }
    }
}
