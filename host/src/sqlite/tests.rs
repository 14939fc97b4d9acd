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
    let rows = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20) SELECT zeroblob(?1) FROM n";
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
