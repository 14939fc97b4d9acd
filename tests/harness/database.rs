//! The SQLite file behind a host, as Spin lays it out.

use std::path::Path;

use rusqlite::{Connection, params};

/// The statement that Spin creates its table with (`crates/key-value-spin/src/store.rs`).
const SPIN_TABLE: &str = "CREATE TABLE IF NOT EXISTS spin_key_value (
    store TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (store, key))";

/// Key and value.
pub(crate) type Row = (String, Vec<u8>);

/// Opens the file of a host.
pub(crate) fn open(state: &Path) -> Connection {
    Connection::open(state.join("sqlite_key_value.db")).unwrap()
}

pub(crate) fn create_as_spin_does(state: &Path) -> Connection {
    let database = open(state);
    database.execute(SPIN_TABLE, []).unwrap();
    database
}

pub(crate) fn insert(database: &Connection, store: &str, (key, value): &Row) {
    let sql = "INSERT INTO spin_key_value (store, key, value) VALUES (?1, ?2, ?3)";
    database.execute(sql, params![store, key, value]).unwrap();
}

pub(crate) fn rows(database: &Connection, store: &str) -> Vec<Row> {
    let sql = "SELECT key, value FROM spin_key_value WHERE store = ?1 ORDER BY key";
    let mut statement = database.prepare(sql).unwrap();
    let rows = statement.query_map([store], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

/// What the adapter over `fermyon:spin/sqlite` has stored: counters as text, all else as bytes.
pub(super) fn adapter_rows(state: &Path) -> Vec<Row> {
    let file = state.join("sqlite_db.db");
    if !file.exists() {
        return Vec::new();
    }
    let database = Connection::open(file).unwrap();
    // The first write of the app makes the table.
    let Ok(mut statement) = database.prepare("SELECT key, CAST(value AS BLOB) FROM latchkey ORDER BY key") else {
        return Vec::new();
    };
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}
