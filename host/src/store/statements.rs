//! The SQL statements. Each is prepared once per connection.

use std::rc::Rc;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params};

use super::error::{Result, StoreError};

/// Spin's table: names, types and key must be the same as in Spin, because both hosts use one file.
const CREATE_TABLE: &str = "CREATE TABLE IF NOT EXISTS spin_key_value (
    store TEXT NOT NULL,
    key   TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (store, key)
)";

/// Creates the table unless it exists, and checks that it has the columns.
pub(super) fn create_table(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(CREATE_TABLE)?;
    connection.prepare("SELECT store, key, value FROM spin_key_value").map(drop)
}

pub(super) fn get(connection: &Connection, store: &str, key: &str) -> Result<Option<Vec<u8>>> {
    let mut statement = connection.prepare_cached("SELECT value FROM spin_key_value WHERE store = ?1 AND key = ?2")?;
    Ok(statement.query_row(params![store, key], |row| row.get(0)).optional()?)
}

/// Uses the same statement as Spin, so that here too keys without a value are left out and SQLite chooses the order.
pub(super) fn get_many(
    connection: &Connection,
    store: &str,
    keys: Vec<String>,
) -> Result<Vec<(String, Option<Vec<u8>>)>> {
    let keys: Vec<Value> = keys.into_iter().map(Value::from).collect();
    let mut statement =
        connection.prepare_cached("SELECT key, value FROM spin_key_value WHERE store = ?1 AND key IN rarray(?2)")?;
    let pairs = statement.query_map(params![store, Rc::new(keys)], |row| Ok((row.get(0)?, Some(row.get(1)?))))?;
    Ok(pairs.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn exists(connection: &Connection, store: &str, key: &str) -> Result<bool> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM spin_key_value WHERE store = ?1 AND key = ?2")?;
    Ok(statement.exists(params![store, key])?)
}

pub(super) fn keys(connection: &Connection, store: &str) -> Result<Vec<String>> {
    let mut statement = connection.prepare_cached("SELECT key FROM spin_key_value WHERE store = ?1")?;
    let keys = statement.query_map(params![store], |row| row.get(0))?;
    Ok(keys.collect::<rusqlite::Result<_>>()?)
}

/// Reads a row, if there is one.
pub(super) fn check(connection: &Connection) -> Result<()> {
    connection.prepare_cached("SELECT 1 FROM spin_key_value LIMIT 1")?.exists([])?;
    Ok(())
}

pub(super) fn set_many(connection: &Connection, store: &str, pairs: &[(String, Vec<u8>)]) -> Result<()> {
    pairs.iter().try_for_each(|(key, value)| set(connection, store, key, value))
}

fn set(connection: &Connection, store: &str, key: &str, value: &[u8]) -> Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO spin_key_value (store, key, value) VALUES (?1, ?2, ?3)
         ON CONFLICT (store, key) DO UPDATE SET value = ?3",
    )?;
    statement.execute(params![store, key, value])?;
    Ok(())
}

pub(super) fn delete_many(connection: &Connection, store: &str, keys: &[String]) -> Result<()> {
    let mut statement = connection.prepare_cached("DELETE FROM spin_key_value WHERE store = ?1 AND key = ?2")?;
    for key in keys {
        statement.execute(params![store, key])?;
    }
    Ok(())
}

pub(super) fn increment(connection: &Connection, store: &str, key: &str, delta: i64) -> Result<i64> {
    let number = match get(connection, store, key)? {
        None => 0,
        Some(value) => {
            let bytes = value.try_into().map_err(|_| StoreError("increment: the value is not a number".to_owned()))?;
            i64::from_le_bytes(bytes)
        }
    };
    let sum = number.checked_add(delta).ok_or_else(|| StoreError("increment: the sum overflows".to_owned()))?;
    set(connection, store, key, &sum.to_le_bytes())?;
    Ok(sum)
}
