//! The machine has nothing left: no room on the disk, no descriptor for another file or connection. Nothing is lost, the log says
//! it once, and the host goes on when there is room again.

use std::path::Path;

use rustix::process::{Resource, Rlimit, getrlimit, prlimit};
use serde_json::Value;

use crate::harness::actors;
use crate::harness::board::all;
use crate::harness::client::get;
use crate::harness::host::{Host, Setup};
use crate::harness::raw::Connection;

/// Sets the limit of a host that runs, and returns the one before. The host may raise it again up to the maximum, which it has of
/// this process.
fn limit(app: &Host, resource: Resource, current: Option<u64>) -> Option<u64> {
    let maximum = getrlimit(resource).maximum;
    prlimit(Some(app.pid()), resource, Rlimit { current, maximum }).unwrap().current
}

fn events(app: &Host, event: &str) -> Vec<Value> {
    app.output().events().into_iter().filter(|line| line["event"] == event).collect()
}

case!(OwnHost, a_full_disk_loses_nothing_and_is_said_once);
/// No file may grow beyond what the store's log has: the system refuses that as it refuses to fill a full disk.
fn a_full_disk_loses_nothing_and_is_said_once() {
    let state = tempfile::tempdir().unwrap();
    let app = Setup::app().state(state.path()).start();
    let alice = actors::alice(&app);
    let mut expected = vec!["before".to_owned()];
    alice.post(&app, "before");
    let full = std::fs::metadata(state.path().join("sqlite_key_value.db-wal")).unwrap().len();
    let before = limit(&app, Resource::Fsize, Some(full));
    for number in 0..20 {
        let text = format!("while it is full {number}");
        let reply = app.send(alice.posting(&text));
        if reply.status == 201 {
            expected.push(text);
        } else {
            reply.is_problem(503, "store_unavailable");
        }
        assert_eq!(app.get("/api/messages").status, 200);
    }
    assert!(expected.len() < 20, "the disk was not full");
    limit(&app, Resource::Fsize, before);
    for number in 0..3 {
        let text = format!("after it {number}");
        alice.post(&app, &text);
        expected.push(text);
    }
    let said = events(&app, "store_not_written");
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0]["file"].as_str().unwrap().ends_with("sqlite_key_value.db") && said[0]["error"].is_string());
    assert_eq!(events(&app, "store_is_written_again").len(), 1);
    let found = all(&app, 100, "");
    for text in &expected {
        assert!(found.contains(text), "{text} was acknowledged and is lost");
    }
}

/// A number that a descriptor of the host may get next. There are many connections with lower ones.
fn next_descriptor(app: &Host) -> u64 {
    let folder = format!("/proc/{}/fd", app.pid().as_raw_nonzero());
    (40..).find(|number| !Path::new(&folder).join(number.to_string()).is_symlink()).unwrap()
}

case!(OwnHost, without_descriptors_the_idle_make_way);
fn without_descriptors_the_idle_make_way() {
    let app = Setup::app().start();
    let answer = || app.send(get("/api/messages").header("connection", "close")).status;
    let mut idle: Vec<_> = (0..40).map(|_| Connection::open(&app)).collect();
    assert_eq!(answer(), 200);
    let before = limit(&app, Resource::Nofile, Some(next_descriptor(&app)));
    for _ in 0..8 {
        idle.push(Connection::open(&app));
        assert_eq!(answer(), 200);
    }
    let said = events(&app, "accept_failed");
    assert_eq!(said.len(), 1, "{said:?}");
    limit(&app, Resource::Nofile, before);
    idle.extend((0..20).map(|_| Connection::open(&app)));
    assert_eq!(answer(), 200);
    assert_eq!(events(&app, "accept_failed").len(), 1);
}
