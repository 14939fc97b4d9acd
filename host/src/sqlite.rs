//! SQLite databases that components ask in SQL, in the files that Spin uses.
//!
//! As in Spin each opened connection is one of SQLite, which is made at its first statement, and each statement is a
//! transaction of its own. Statements run on threads that may block.

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

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::sync::atomic::AtomicU32;
    use std::time::Duration;

    use super::*;

    /// Longer than anything here takes.
    const PATIENCE: Duration = Duration::from_secs(60);

    /// A database in a folder of its own, which is removed at the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            static NEXT: AtomicU32 = AtomicU32::new(0);
            let name = format!("latchkey-sqlite-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
            Self(std::env::temp_dir().join(name))
        }

        fn open(&self) -> Result<Databases, Failure> {
            let files = BTreeMap::from([("default".to_owned(), self.0.join("sqlite_db.db"))]);
            Databases::open(files, &Metrics::new())
        }

        fn connection(&self) -> Connection {
            Connection::new(self.open().unwrap().get("default").unwrap())
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            std::fs::remove_dir_all(&self.0).unwrap();
        }
    }

    fn wait<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
    }

    fn run(connection: &Connection, statement: &str, parameters: &[Value]) -> Result<Vec<Vec<Value>>, String> {
        wait(connection.execute(statement.to_owned(), parameters.to_vec())).map(|answer| answer.rows)
    }

    #[test]
    fn a_statement_is_its_own_transaction_and_other_connections_see_it() {
        let folder = Folder::new();
        let connection = folder.connection();
        run(&connection, "CREATE TABLE t (k TEXT PRIMARY KEY, n)", &[]).unwrap();
        let add = "INSERT INTO t VALUES (?1, ?2) ON CONFLICT (k) DO UPDATE SET n = n + excluded.n RETURNING n";
        let parameters = [Value::Text("a".to_owned()), Value::Integer(2)];
        assert_eq!(run(&connection, add, &parameters).unwrap(), [[Value::Integer(2)]]);
        assert_eq!(run(&folder.connection(), add, &parameters).unwrap(), [[Value::Integer(4)]]);
        let values = [Value::Null, Value::Real(0.5), Value::Blob(vec![0, 255])];
        assert_eq!(run(&connection, "SELECT ?1, ?2, ?3", &values).unwrap(), [values]);
        let answer = wait(connection.execute("SELECT k, n AS number FROM t".to_owned(), Vec::new())).unwrap();
        assert_eq!(answer.columns, ["k", "number"]);
        let error = run(&connection, "SELECT * FROM absent", &[]).unwrap_err();
        assert!(error.starts_with("no such table: absent"), "{error}");
    }

    #[test]
    fn what_is_committed_is_on_the_disk_and_for_the_owner_alone() {
        let folder = Folder::new();
        let databases = folder.open().unwrap();
        let connection = Connection::new(databases.get("default").unwrap());
        assert_eq!(run(&connection, "PRAGMA journal_mode", &[]).unwrap(), [[Value::Text("wal".to_owned())]]);
        assert_eq!(run(&connection, "PRAGMA synchronous", &[]).unwrap(), [[Value::Integer(2)]]);
        run(&connection, "CREATE TABLE t (k)", &[]).unwrap();
        for name in ["sqlite_db.db", "sqlite_db.db-wal"] {
            assert_eq!(folder.0.join(name).metadata().unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        }
        assert!(wait(databases.are_ready()));
        databases.close();
        assert!(!wait(databases.are_ready()));
    }

    #[test]
    fn no_other_file_is_reached() {
        let folder = Folder::new();
        let connection = folder.connection();
        let other = folder.0.join("other.db");
        let attach = format!("ATTACH '{}' AS other", other.display());
        assert_eq!(run(&connection, &attach, &[]).unwrap_err(), "not authorized");
        let path = || Value::Text(other.display().to_string());
        for statement in ["ATTACH ?1 AS other", "ATTACH ?1 || '' AS other", "VACUUM INTO ?1"] {
            let refused = run(&connection, statement, &[path()]).unwrap_err();
            assert!(["not authorized", "authorization denied"].contains(&&*refused), "{statement}: {refused}");
        }
        run(&connection, "VACUUM", &[]).unwrap();
        assert!(!other.exists());
        run(&connection, "ATTACH ':memory:' AS memory", &[]).unwrap();
    }

    #[test]
    fn what_the_process_shares_stays_as_it_is() {
        let folder = Folder::new();
        let connection = folder.connection();
        let shared = || {
            let other = rusqlite::Connection::open_in_memory().unwrap();
            ["hard_heap_limit", "soft_heap_limit"]
                .map(|name| other.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap())
        };
        assert_eq!(shared(), [512 << 20; 2], "SQLite takes no more memory");
        for statement in [
            "PRAGMA hard_heap_limit = 4000000",
            "PRAGMA main.Soft_Heap_Limit(4000000)",
            "PRAGMA temp_store_directory = '/'",
        ] {
            assert_eq!(run(&connection, statement, &[]).unwrap_err(), "not authorized", "{statement}");
        }
        assert_eq!(shared(), [512 << 20; 2]);
    }

    #[test]
    fn the_schema_is_not_written_as_a_table() {
        let folder = Folder::new();
        let connection = folder.connection();
        run(&connection, "PRAGMA writable_schema = ON", &[]).unwrap();
        let error = run(&connection, "UPDATE sqlite_schema SET sql = 'x'", &[]).unwrap_err();
        assert!(error.starts_with("table sqlite_master may not be modified"), "{error}");
    }

    #[test]
    fn a_statement_that_nobody_waits_for_ends() {
        let folder = Folder::new();
        let connection = folder.connection();
        let endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
        let next = wait(async {
            let running = connection.execute(endless.to_owned(), Vec::new());
            assert!(tokio::time::timeout(Duration::from_millis(50), running).await.is_err());
            tokio::time::timeout(PATIENCE, connection.execute("SELECT 1".to_owned(), Vec::new())).await
        });
        assert_eq!(next.unwrap().unwrap().rows, [[Value::Integer(1)]]);
    }

    #[test]
    fn a_component_takes_no_more_memory_than_a_result_may_have() {
        let folder = Folder::new();
        let connection = folder.connection();
        let rows =
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20) SELECT zeroblob(?1) FROM n";
        let size = |bytes: usize| [Value::Integer(bytes as i64)];
        assert_eq!(run(&connection, rows, &size(1024)).unwrap().len(), 20);
        let error = run(&connection, rows, &size(MAX_BYTES / 19)).unwrap_err();
        assert!(error.contains("query result exceeds limit of"), "{error}");
        let error = run(&connection, "SELECT zeroblob(?1)", &size(MAX_BYTES + 1)).unwrap_err();
        assert!(error.contains("too big"), "{error}");
    }

    #[test]
    fn a_file_that_is_no_database_is_left_as_it_is() {
        let folder = Folder::new();
        std::fs::create_dir_all(&folder.0).unwrap();
        let file = folder.0.join("sqlite_db.db");
        std::fs::write(&file, [7; 4096]).unwrap();
        let refused = folder.open().map(|_| ()).unwrap_err().to_string();
        assert!(refused.starts_with("SQLite database ") && refused.contains("not a database"), "{refused}");
        assert_eq!(std::fs::read(&file).unwrap(), [7; 4096]);
    }
}
