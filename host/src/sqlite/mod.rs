//! SQLite databases that components ask in SQL, in the files that Spin uses.
//!
//! As in Spin each opened connection is one of SQLite, which is made at its first statement, and each statement is a
//! transaction of its own. Statements run on threads that may block.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{OpenFlags, params_from_iter};

use crate::failure::Failure;
use crate::metrics::Metrics;
use crate::store::file::{self, BUSY_TIMEOUT, FLUSH_EACH_COMMIT};

/// The most bytes of a value and of a result. Spin allows 128 MiB; here many components share the memory of one process.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// All connections of the process together get no more memory from SQLite than this, 512 MiB. What a statement takes while it runs
/// has no other bound, nor has a database in memory. SQLite bears a failed allocation; the process would end.
const HEAP_LIMIT: &str = "PRAGMA hard_heap_limit = 536870912";
/// Settings that hold for all connections of the process.
const OF_THE_PROCESS: [&str; 4] =
    ["data_store_directory", "hard_heap_limit", "soft_heap_limit", "temp_store_directory"];
/// After so many instructions a statement looks whether somebody still waits for it.
const INSTRUCTIONS: i32 = 10_000;

/// The databases of an application, by label.
pub(crate) struct Databases(BTreeMap<String, Arc<Database>>);

/// One SQLite file.
pub(crate) struct Database {
    path: PathBuf,
    /// It is open for as long as the host serves: SQLite would remove the write-ahead log together with the last connection, and
    /// make it anew for the next.
    kept: Mutex<Option<rusqlite::Connection>>,
    metrics: Metrics,
}

/// What a statement returned.
pub(crate) struct Rows {
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<Value>>,
}

/// A connection that a component has opened.
#[derive(Clone)]
pub(crate) struct Connection {
    database: Arc<Database>,
    opened: Arc<Mutex<Option<rusqlite::Connection>>>,
}

impl Databases {
    /// Opens the file of every label, creating those that do not exist.
    ///
    /// # Errors
    ///
    /// A file is damaged, is not a database, or cannot be written. The file stays as it was.
    pub(crate) fn open(files: BTreeMap<String, PathBuf>, metrics: &Metrics) -> Result<Self, Failure> {
        let open = |(label, path): (String, PathBuf)| {
            let limit = |connection: &rusqlite::Connection| connection.execute_batch(HEAP_LIMIT);
            let kept = Mutex::new(Some(file::open("SQLite database", &path, limit)?));
            Ok((label, Arc::new(Database { path, kept, metrics: metrics.clone() })))
        };
        Ok(Self(files.into_iter().map(open).collect::<Result<_, Failure>>()?))
    }

    /// The database with this label.
    pub(crate) fn get(&self, label: &str) -> Option<Arc<Database>> {
        self.0.get(label).cloned()
    }

    /// Whether each file would take a write.
    pub(crate) async fn are_ready(&self) -> bool {
        for database in self.0.values() {
            let database = Arc::clone(database);
            let is_ready = move || {
                let kept = database.kept.lock().unwrap_or_else(PoisonError::into_inner);
                kept.as_ref().is_some_and(|kept| kept.execute_batch("BEGIN IMMEDIATE; COMMIT").is_ok())
            };
            if !tokio::task::spawn_blocking(is_ready).await.unwrap_or(false) {
                return false;
            }
        }
        true
    }

    /// Merges the write-ahead logs into the files.
    pub(crate) fn close(&self) {
        for database in self.0.values() {
            if let Some(kept) = database.kept.lock().unwrap_or_else(PoisonError::into_inner).take() {
                // If the log cannot be merged now, the next process that opens the file merges it.
                _ = kept.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            }
        }
    }
}

impl Connection {
    pub(crate) fn new(database: Arc<Database>) -> Self {
        Self { database, opened: Arc::default() }
    }

    /// Runs a statement. If nobody waits for the result any more, a statement that computes for long ends, and changes nothing.
    ///
    /// # Errors
    ///
    /// What SQLite says, as Spin passes it on.
    pub(crate) async fn execute(&self, statement: String, parameters: Vec<Value>) -> Result<Rows, String> {
        let started = Instant::now();
        let abandoned = Abandoned::default();
        let (database, opened, flag) = (Arc::clone(&self.database), Arc::clone(&self.opened), Arc::clone(&abandoned.0));
        let work = move || {
            let mut opened = opened.lock().unwrap_or_else(PoisonError::into_inner);
            let mut connection = match opened.take() {
                Some(connection) => connection,
                None => connect(&database.path)?,
            };
            let result = execute(&mut connection, &statement, parameters, flag);
            *opened = Some(connection);
            result
        };
        let result = tokio::task::spawn_blocking(work).await.map_err(|error| error.to_string());
        let result = result.and_then(|result| result.map_err(|error: rusqlite::Error| error.to_string()));
        self.database.metrics.called_store("sql", started, result.is_err());
        result
    }
}

/// Tells a running statement that nobody waits for it: when it is dropped.
#[derive(Default)]
struct Abandoned(Arc<AtomicBool>);

impl Drop for Abandoned {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn connect(path: &Path) -> rusqlite::Result<rusqlite::Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = rusqlite::Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.execute_batch(FLUSH_EACH_COMMIT)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_BYTES as i32)?;
    // Without this, SQL could damage the file in a way that harms whoever reads it, so this process.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.authorizer(Some(|context: AuthContext<'_>| authorize(&context.action)))?;
    Ok(connection)
}

/// As in Spin, a component reaches no other file; here also not if an expression names it. And it changes nothing that the whole
/// process shares.
fn authorize(action: &AuthAction<'_>) -> Authorization {
    match action {
        AuthAction::Attach { filename: "" | ":memory:" } => Authorization::Allow,
        // An ATTACH is unknown to `rusqlite` if the name is no literal: SQLite computes the name only later.
        AuthAction::Attach { .. } | AuthAction::Unknown { .. } => Authorization::Deny,
        AuthAction::Pragma { pragma_name, .. } if OF_THE_PROCESS.contains(&&*pragma_name.to_ascii_lowercase()) => {
            Authorization::Deny
        }
        _ => Authorization::Allow,
    }
}

fn execute(
    connection: &mut rusqlite::Connection,
    statement: &str,
    parameters: Vec<Value>,
    abandoned: Arc<AtomicBool>,
) -> rusqlite::Result<Rows> {
    connection.progress_handler(INSTRUCTIONS, Some(move || abandoned.load(Ordering::Relaxed)))?;
    let mut statement = connection.prepare_cached(statement)?;
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut found = statement.query(params_from_iter(parameters))?;
    let (mut rows, mut bytes) = (Vec::new(), 0);
    while let Some(row) = found.next()? {
        let mut values = Vec::new();
        for column in 0..columns.len() {
            let value = value(row.get_ref(column)?)?;
            bytes += size(&value);
            if bytes > MAX_BYTES {
                return Err(other(format!("query result exceeds limit of {MAX_BYTES} bytes")));
            }
            values.push(value);
        }
        rows.push(values);
    }
    drop(found);
    drop(statement);
    Ok(Rows { columns, rows })
}

fn value(value: ValueRef<'_>) -> rusqlite::Result<Value> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(text) => {
            Value::Text(String::from_utf8(text.to_vec()).map_err(|error| other(error.to_string()))?)
        }
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    })
}

fn size(value: &Value) -> usize {
    size_of::<Value>()
        + match value {
            Value::Text(text) => text.len(),
            Value::Blob(bytes) => bytes.len(),
            Value::Null | Value::Integer(_) | Value::Real(_) => 0,
        }
}

fn other(text: String) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(text.into())
}
