//! The backup that docs/operate.md describes: made while the app is used, and restored into a new folder.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::harness::actors::{self, log_in};
use crate::harness::board;
use crate::harness::client::get;
use crate::harness::database;
use crate::harness::host::Setup;
use crate::harness::wait_for;

/// How many people post at the same time, and how many posts there are before the backup and after it.
const WRITERS: usize = 4;
const POSTS: usize = 40;

case!(OwnHost, what_was_acknowledged_before_a_backup_is_in_it);
fn what_was_acknowledged_before_a_backup_is_in_it() {
    let (state, restored) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let app = Setup::app().state(state.path()).start();
    let writers: Vec<_> =
        (0..WRITERS).map(|n| actors::actor(&app, &format!("writer{n}"), "correct horse 7", "Writer")).collect();
    let (acknowledged, is_over) = (Mutex::new(Vec::new()), AtomicBool::new(false));
    let before = thread::scope(|scope| {
        for writer in &writers {
            let (app, acknowledged, is_over) = (&app, &acknowledged, &is_over);
            scope.spawn(move || {
                for count in 0.. {
                    let text = format!("{} {count}", writer.username);
                    writer.post(app, &text);
                    acknowledged.lock().unwrap().push(text);
                    if is_over.load(Ordering::Relaxed) {
                        break;
                    }
                }
            });
        }
        let reach = |count: usize| wait_for("posts", || (acknowledged.lock().unwrap().len() >= count).then_some(()));
        reach(POSTS);
        let before = acknowledged.lock().unwrap().clone();
        let file = restored.path().join("sqlite_key_value.db");
        database::open(state.path()).execute("VACUUM INTO ?1", [file.to_str().unwrap()]).unwrap();
        // The app went on meanwhile.
        reach(before.len() + POSTS);
        is_over.store(true, Ordering::Relaxed);
        before
    });

    let mut after = Setup::app().state(restored.path()).start();
    let texts = board::all(&after, 100, "");
    let lost: Vec<_> = before.iter().filter(|text| !texts.contains(text)).collect();
    assert!(lost.is_empty(), "{lost:?}");
    let writer = &writers[0];
    assert_eq!(after.send(get("/api/account").bearer(&writer.token)).status, 200, "a token of before the backup works");
    assert_eq!(log_in(&after, &writer.username, &writer.password).status, 200);
    writer.post(&after, "after the backup");
    assert_eq!(board::page(&after, "limit=1").0, ["after the backup"]);
    after.stop();

    // Whoever does not trust the sessions of the backup deletes them.
    let deleted = "DELETE FROM spin_key_value WHERE key GLOB 'latchkey:session:*'";
    assert!(database::open(restored.path()).execute(deleted, []).unwrap() >= WRITERS);
    let after = Setup::app().state(restored.path()).start();
    assert_eq!(after.send(get("/api/account").bearer(&writer.token)).status, 401);
    let login = log_in(&after, &writer.username, &writer.password);
    let token = login.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(after.send(get("/api/sessions").bearer(&token)).json()["sessions"].as_array().unwrap().len(), 1);
}
