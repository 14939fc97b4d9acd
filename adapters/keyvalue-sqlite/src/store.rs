//! The store is one table. Each operation is one statement, which SQLite runs as a whole or not at all: a host may send each
//! statement to a server of its own choice, so a transaction can't span two of them.

use std::collections::BTreeMap;

use keyvalue::{Backend, Error};

use crate::bindings::fermyon::spin::sqlite::{RowResult, Value};

/// A column without a type keeps each value as it was bound: those that were set are blobs, and counters are integers.
const TABLE: &str = "CREATE TABLE IF NOT EXISTS latchkey (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID";
/// Lets readers go on while somebody writes, and makes a write one sync in place of several. The file keeps it.
const WRITE_AHEAD: &str = "PRAGMA journal_mode = WAL";
const GET: &str = "SELECT value FROM latchkey WHERE key = ?1";
const EXISTS: &str = "SELECT 1 FROM latchkey WHERE key = ?1";
const DELETE: &str = "DELETE FROM latchkey WHERE key = ?1";
/// The conditions keep a value that is no counter, or whose sum is no 64-bit integer: then no row is returned.
const ADD: &str = "INSERT INTO latchkey (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE \
                   SET value = value + excluded.value \
                   WHERE typeof(value) = 'integer' AND typeof(value + excluded.value) = 'integer' RETURNING value";
const CREATE: &str = "INSERT INTO latchkey (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO NOTHING RETURNING 1";
/// The cast makes a counter the blob that it reads as.
const REPLACE: &str = "UPDATE latchkey SET value = ?2 WHERE key = ?1 AND CAST(value AS BLOB) = ?3 RETURNING 1";

/// A SQLite database as the host offers it.
pub(crate) trait Database: Sized + 'static {
    /// Opens the database of a label.
    fn open(label: &str) -> Result<Self, Error>;

    /// Executes one statement, and returns the rows that it gives.
    fn execute(&self, statement: &str, parameters: &[Value]) -> Result<Vec<RowResult>, Error>;
}

/// The key-value store in a database.
pub(crate) struct Store<D>(D);

impl<D: Database> Store<D> {
    /// Executes a statement. The table is made when a statement finds that it is missing, so that no other one has to look.
    fn run(&self, statement: &str, parameters: &[Value]) -> Result<Vec<RowResult>, Error> {
        match self.0.execute(statement, parameters) {
            Err(Error::Other(reason)) if reason.contains("no such table") => {
                // A database that is no file of this machine refuses it, and needs it not.
                let _ = self.0.execute(WRITE_AHEAD, &[]);
                self.0.execute(TABLE, &[])?;
                self.0.execute(statement, parameters)
            }
            result => result,
        }
    }

    /// The first column of the first row, if there is a row.
    fn first(&self, statement: &str, parameters: &[Value]) -> Result<Option<Value>, Error> {
        Ok(self.run(statement, parameters)?.into_iter().next().and_then(|row| row.values.into_iter().next()))
    }
}

impl<D: Database> Backend for Store<D> {
    fn open(identifier: &str) -> Result<Self, Error> {
        D::open(identifier).map(Self)
    }

    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        self.first(GET, &[text(key)])?.map(bytes).transpose()
    }

    fn set(&self, key: &str, value: &[u8]) -> Result<(), Error> {
        self.run(&set(1), &[text(key), blob(value)]).map(drop)
    }

    fn delete(&self, key: &str) -> Result<(), Error> {
        self.run(DELETE, &[text(key)]).map(drop)
    }

    fn exists(&self, key: &str) -> Result<bool, Error> {
        Ok(self.first(EXISTS, &[text(key)])?.is_some())
    }

    fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        let statement = format!("SELECT key, value FROM latchkey WHERE key IN ({})", list("?", keys.len()));
        let mut found = BTreeMap::new();
        for row in self.run(&statement, &texts(keys))? {
            let Ok([Value::Text(key), value]) = <[Value; 2]>::try_from(row.values) else {
                return Err(Error::Other("the database returned other columns than it was asked for".to_owned()));
            };
            found.insert(key, bytes(value)?);
        }
        Ok(keys.iter().map(|key| found.get(key).cloned()).collect())
    }

    fn set_many(&self, pairs: &[(String, Vec<u8>)]) -> Result<(), Error> {
        let parameters: Vec<_> = pairs.iter().flat_map(|(key, value)| [text(key), blob(value)]).collect();
        self.run(&set(pairs.len()), &parameters).map(drop)
    }

    fn delete_many(&self, keys: &[String]) -> Result<(), Error> {
        let statement = format!("DELETE FROM latchkey WHERE key IN ({})", list("?", keys.len()));
        self.run(&statement, &texts(keys)).map(drop)
    }

    fn add(&self, key: &str, delta: i64) -> Result<i64, Error> {
        match self.first(ADD, &[text(key), Value::Integer(delta)])? {
            Some(Value::Integer(sum)) => Ok(sum),
            _ => Err(Error::Other("the value is no counter, or its sum no 64-bit integer".to_owned())),
        }
    }

    fn replace(&self, key: &str, expected: Option<&[u8]>, value: &[u8]) -> Result<bool, Error> {
        let written = match expected {
            None => self.first(CREATE, &[text(key), blob(value)]),
            Some(expected) => self.first(REPLACE, &[text(key), blob(value), blob(expected)]),
        };
        Ok(written?.is_some())
    }
}

/// The statement that writes this number of pairs.
fn set(pairs: usize) -> String {
    let rows = list("(?, ?)", pairs);
    format!("INSERT INTO latchkey (key, value) VALUES {rows} ON CONFLICT (key) DO UPDATE SET value = excluded.value")
}

fn list(item: &str, count: usize) -> String {
    vec![item; count].join(", ")
}

fn text(key: &str) -> Value {
    Value::Text(key.to_owned())
}

fn texts(keys: &[String]) -> Vec<Value> {
    keys.iter().map(|key| text(key)).collect()
}

fn blob(value: &[u8]) -> Value {
    Value::Blob(value.to_owned())
}

fn bytes(value: Value) -> Result<Vec<u8>, Error> {
    match value {
        Value::Blob(bytes) => Ok(bytes),
        Value::Integer(number) => Ok(number.to_string().into_bytes()),
        Value::Real(_) | Value::Text(_) | Value::Null => {
            Err(Error::Other("the table holds a value that this adapter has not written".to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use rusqlite::types::{ToSqlOutput, Value as Column, ValueRef};
    use rusqlite::{Connection, ToSql, params_from_iter};

    use super::*;

    impl ToSql for Value {
        fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
            Ok(ToSqlOutput::Borrowed(match self {
                Self::Integer(number) => ValueRef::Integer(*number),
                Self::Real(number) => ValueRef::Real(*number),
                Self::Text(text) => ValueRef::Text(text.as_bytes()),
                Self::Blob(bytes) => ValueRef::Blob(bytes),
                Self::Null => ValueRef::Null,
            }))
        }
    }

    fn value(column: Column) -> Value {
        match column {
            Column::Integer(number) => Value::Integer(number),
            Column::Real(number) => Value::Real(number),
            Column::Text(text) => Value::Text(text),
            Column::Blob(bytes) => Value::Blob(bytes),
            Column::Null => Value::Null,
        }
    }

    fn failed(error: rusqlite::Error) -> Error {
        Error::Other(error.to_string())
    }

    /// SQLite without a host; the label is the path of a file.
    impl Database for Connection {
        fn open(path: &str) -> Result<Self, Error> {
            Self::open(path).map_err(failed)
        }

        fn execute(&self, statement: &str, parameters: &[Value]) -> Result<Vec<RowResult>, Error> {
            let mut statement = self.prepare(statement).map_err(failed)?;
            let columns = statement.column_count();
            let row = |row: &rusqlite::Row<'_>| {
                let values: rusqlite::Result<_> = (0..columns).map(|column| row.get(column).map(value)).collect();
                Ok(RowResult { values: values? })
            };
            statement
                .query_map(params_from_iter(parameters), row)
                .map_err(failed)?
                .collect::<Result<_, _>>()
                .map_err(failed)
        }
    }

    fn in_memory() -> Store<Connection> {
        Backend::open(":memory:").unwrap()
    }

    #[test]
    fn it_keeps_what_the_trait_promises() {
        keyvalue::conformance::check(&in_memory());
    }

    #[test]
    fn the_file_has_a_write_ahead_log() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        let store = Store::<Connection>::open(path.to_str().unwrap()).unwrap();
        store.set("key", b"value").unwrap();
        let mode = Connection::open(&path).unwrap().query_row("PRAGMA journal_mode", [], |row| row.get::<_, String>(0));
        assert_eq!(mode.unwrap(), "wal");
    }

    #[test]
    fn a_sum_that_is_no_64_bit_integer_leaves_the_counter_as_it_is() {
        let store = in_memory();
        store.add("key", i64::MAX).unwrap();
        assert!(store.add("key", 1).is_err());
        assert_eq!(store.add("key", 0), Ok(i64::MAX));
    }

    #[test]
    fn of_those_that_write_at_once_one_creates_and_each_counts() {
        const WRITERS: i64 = 8;
        const TIMES: i64 = 20;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        let write = |writer: i64| {
            let store = Store::<Connection>::open(path.to_str().unwrap()).unwrap();
            let creates = store.replace("once", None, &[u8::try_from(writer).unwrap()]).unwrap();
            (creates, (0..TIMES).map(|_| store.add("counter", 1).unwrap()).collect::<Vec<_>>())
        };
        let write = &write;
        let ended: Vec<_> = thread::scope(|scope| {
            let writers: Vec<_> = (0..WRITERS).map(|writer| scope.spawn(move || write(writer))).collect();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        assert_eq!(ended.iter().filter(|(creates, _)| *creates).count(), 1);
        let mut numbers: Vec<i64> = ended.into_iter().flat_map(|(_, numbers)| numbers).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=WRITERS * TIMES).collect::<Vec<_>>());
    }
}
