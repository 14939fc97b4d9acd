//! `fermyon:spin/sqlite`, which the host offers to components that the manifest grants a database.

use std::path::PathBuf;

use crate::harness::client::{Client, get};
use crate::harness::host::{Host, Setup};
use crate::harness::{Wasi, workspace};

/// A manifest of the fixture that grants it databases.
fn manifest(folder: &tempfile::TempDir, grant: &str) -> PathBuf {
    let source = Wasi::tested().components()[1].join("fixture.wasm");
    let text = std::fs::read_to_string(workspace().join("tests/fixture/spin.toml")).unwrap();
    let at = text.find("[component.fixture]").unwrap();
    let component =
        format!("[component.fixture]\nsource = {:?}\nsqlite_databases = [{grant}]\n", source.display().to_string());
    let path = folder.path().join("spin.toml");
    std::fs::write(&path, format!("{}{component}", &text[..at])).unwrap();
    path
}

fn start(folder: &tempfile::TempDir, grant: &str) -> Host {
    Setup::manifest(&manifest(folder, grant)).state(folder.path()).start()
}

#[track_caller]
fn ask(app: &Client, database: &str, statement: &str) -> String {
    let reply = app.send(get("/sql").header("x-database", database).header("x-statement", statement));
    assert_eq!(reply.status, 200, "{}", reply.said());
    reply.text()
}

case!(OwnHost, rows_are_kept_over_a_kill_in_the_file_of_spin);
fn rows_are_kept_over_a_kill_in_the_file_of_spin() {
    let folder = tempfile::tempdir().unwrap();
    let mut app = start(&folder, "\"default\"");
    ask(&app, "default", "CREATE TABLE t (k TEXT PRIMARY KEY, n)");
    let add = "INSERT INTO t VALUES ('a', 2) ON CONFLICT (k) DO UPDATE SET n = n + excluded.n RETURNING n";
    assert!(ask(&app, "default", add).contains("Integer(2)"));
    app.kill();
    app.wait_for_end();
    assert!(folder.path().join("sqlite_db.db").is_file());
    let app = start(&folder, "\"default\"");
    assert!(ask(&app, "default", add).contains("Integer(4)"));
    let error = ask(&app, "default", "SELECT * FROM absent");
    assert!(error.starts_with("Error::Io(\"no such table: absent"), "{error}");
}

case!(OwnHost, a_database_that_is_not_granted_is_denied);
fn a_database_that_is_not_granted_is_denied() {
    let folder = tempfile::tempdir().unwrap();
    let denied = "Error::AccessDenied";
    for grant in ["", "\"default\""] {
        let app = start(&folder, grant);
        assert_eq!(ask(&app, "other", "SELECT 1"), denied);
        assert_eq!(ask(&app, "default", "SELECT 1") == denied, grant.is_empty());
    }
}

case!(OwnHost, a_label_that_nothing_defines_is_refused);
fn a_label_that_nothing_defines_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused = Setup::manifest(&manifest(&folder, "\"no-such-database\"")).refused();
    assert!(refused.contains("no-such-database"), "{refused}");
}
