//! Opens a database file. A file that is damaged or is not a database is never changed.

use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::failure::Failure;

/// How long to wait for another process (Spin on the same file) to finish its transaction.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// For a connection that writes: each commit is on the disk before it is acknowledged.
pub(crate) const FLUSH_EACH_COMMIT: &str = "PRAGMA synchronous = FULL";

/// The check at the start ends after this many pages, 8 MiB of a file with pages of the usual size, so that the start of a large store
/// does not take minutes.
const CHECKED_PAGES: i32 = 2048;

/// Opens the file for writing, or creates it and its folder. An existing one is checked before anything is written. `kind` says
/// in errors what the file is, and `create_tables` is called once the file can be written.
///
/// # Errors
///
/// The folder cannot be created, or the file is damaged, is not a database, or is read-only.
pub(crate) fn open(
    kind: &str,
    path: &Path,
    create_tables: impl FnOnce(&Connection) -> rusqlite::Result<()>,
) -> Result<Connection, Failure> {
    let located = |problem: String| Failure::new(format_args!("{kind} {}: {problem}", path.display()));
    let exists = path.try_exists().map_err(|error| located(error.to_string()))?;
    if !exists {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|error| located(format!("cannot create the folder {}: {error}", folder.display())))?;
        }
        // Only the owner may read the file, because it will hold password hashes and private keys. SQLite gives its
        // write-ahead log the same mode.
        std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .map_err(|error| located(format!("cannot be created: {error}")))?;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(|error| located(error.to_string()))?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(|error| located(error.to_string()))?;
    if exists && let Err(problem) = check(&mut connection) {
        // Without this, closing would merge the write-ahead log of a damaged database into its file, which must stay as
        // it is.
        _ = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
        return Err(located(format!("the file is damaged or not a database, and was left as it is ({problem})")));
    }
    prepare(&connection, create_tables).map_err(|error| located(format!("cannot be written ({error})")))?;
    warn_of_readers(path);
    Ok(connection)
}

/// Checks a part of the file, or all of a small one.
fn check(connection: &mut Connection) -> Result<(), String> {
    let interrupt = || true;
    connection.progress_handler(CHECKED_PAGES, Some(interrupt)).map_err(|error| error.to_string())?;
    let answer: Result<String, _> = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0));
    connection.progress_handler(0, None::<fn() -> bool>).map_err(|error| error.to_string())?;
    match answer {
        Ok(answer) if answer == "ok" => Ok(()),
        Ok(problem) => Err(problem),
        // The first damaged page would have ended the check, so the pages so far are whole.
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

/// Spin creates its file for everybody to read, as far as the umask allows. The file may be somebody else's, so its mode is for the
/// operator to change.
fn warn_of_readers(path: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(suffix);
        let file = PathBuf::from(file);
        let Ok(metadata) = file.metadata() else { continue };
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            tracing::warn!(file = %file.display(), mode = %format_args!("{mode:o}"), "store_is_open_to_other_users");
        }
    }
}

/// Prepares the file for the writer, and checks that it can be written.
fn prepare(
    connection: &Connection,
    create_tables: impl FnOnce(&Connection) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        // This happens on a file system without shared memory, for example. The store works correctly, but readers wait
        // for writers.
        tracing::warn!(journal_mode = mode, "store_without_wal");
    }
    connection.execute_batch(FLUSH_EACH_COMMIT)?;
    create_tables(connection)?;
    connection.execute_batch("BEGIN IMMEDIATE; COMMIT")
}
