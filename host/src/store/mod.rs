//! Key-value stores in SQLite, in the file and table that Spin uses, so that each host finds the data of the other.
//!
//! Reads run on the calling thread, on read-only connections. Writes go to one thread per file. That thread commits all
//! queued writes in one transaction and answers only after the commit, so an acknowledged write survives a kill and a
//! power loss.

mod error;
pub(crate) mod file;
mod readers;
mod statements;
#[cfg(test)]
mod tests;
mod writer;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use error::Result;
pub(crate) use error::StoreError;
use readers::Readers;
use rusqlite::Connection;
use writer::Writer;

use crate::failure::Failure;
use crate::metrics::Metrics;

/// One SQLite file.
struct Database {
    readers: Readers,
    writer: Writer,
    metrics: Metrics,
}

impl Database {
    fn open(path: &Path, metrics: &Metrics) -> std::result::Result<Self, Failure> {
        let connection = file::open("key-value store", path, statements::create_table)?;
        let writer = Writer::start(connection)
            .map_err(|error| Failure::new(format_args!("cannot start the writer of {}: {error}", path.display())))?;
        Ok(Self { readers: Readers::new(path), writer, metrics: metrics.clone() })
    }

    fn read<T>(&self, operation: &'static str, read: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let started = Instant::now();
        let result = self.readers.with(read);
        self.metrics.called_store(operation, started, result.is_err());
        result
    }

    async fn write<T: Send + 'static>(
        &self,
        operation: &'static str,
        statements: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (started, _waiting) = (Instant::now(), self.metrics.begin_write());
        let result = self.writer.write(statements).await;
        self.metrics.called_store(operation, started, result.is_err());
        result
    }
}

/// The stores of an application by label.
pub(crate) struct Stores {
    buckets: BTreeMap<String, Bucket>,
    databases: Vec<Arc<Database>>,
}

impl Stores {
    /// Opens the file of every label, creating those that do not exist; labels may share a file.
    ///
    /// # Errors
    ///
    /// A file is damaged, is not a database of this form, or cannot be written. The file stays as it was.
    pub(crate) fn open(files: &BTreeMap<String, PathBuf>, metrics: &Metrics) -> std::result::Result<Self, Failure> {
        let mut opened: BTreeMap<&Path, Arc<Database>> = BTreeMap::new();
        let mut buckets = BTreeMap::new();
        for (label, path) in files {
            let database = match opened.get(path.as_path()) {
                Some(database) => Arc::clone(database),
                None => Arc::new(Database::open(path, metrics)?),
            };
            opened.insert(path, Arc::clone(&database));
            buckets.insert(label.clone(), Bucket { database, label: label.as_str().into() });
        }
        Ok(Self { buckets, databases: opened.into_values().collect() })
    }

    /// The store with this label.
    pub(crate) fn get(&self, label: &str) -> Option<Bucket> {
        self.buckets.get(label).cloned()
    }

    /// Whether each file answers a read and would take a write.
    pub(crate) async fn are_ready(&self) -> bool {
        for database in &self.databases {
            let read = database.read("check", statements::check);
            if read.is_err() || database.write("check", |_| Ok(())).await.is_err() {
                return false;
            }
        }
        true
    }

    /// Finishes the queued writes and merges the write-ahead log into the file. Later reads and writes fail.
    pub(crate) fn close(&self) {
        for database in &self.databases {
            database.readers.close();
            database.writer.close();
        }
    }
}

/// The rows of one label. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Bucket {
    database: Arc<Database>,
    label: Arc<str>,
}

impl Bucket {
    /// The value of the key.
    pub(crate) fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        self.database.read("get", |connection| statements::get(connection, &self.label, key))
    }

    /// Returns each key that has a value once, with its value, in no particular order. All values are those of the same
    /// moment.
    pub(crate) fn get_many(&self, keys: Vec<String>) -> Result<Vec<(String, Option<Vec<u8>>)>> {
        self.database.read("get_many", |connection| statements::get_many(connection, &self.label, keys))
    }

    /// Whether the key has a value.
    pub(crate) fn exists(&self, key: &str) -> Result<bool> {
        self.database.read("exists", |connection| statements::exists(connection, &self.label, key))
    }

    /// All keys, in no particular order.
    pub(crate) fn keys(&self) -> Result<Vec<String>> {
        self.database.read("list_keys", |connection| statements::keys(connection, &self.label))
    }

    /// Sets all keys or, on an error, none.
    pub(crate) async fn set_many(&self, pairs: Vec<(String, Vec<u8>)>) -> Result<()> {
        let label = Arc::clone(&self.label);
        self.database.write("set", move |connection| statements::set_many(connection, &label, &pairs)).await
    }

    /// Deletes all keys or, on an error, none. A key that does not exist is not an error.
    pub(crate) async fn delete_many(&self, keys: Vec<String>) -> Result<()> {
        let label = Arc::clone(&self.label);
        self.database.write("delete", move |connection| statements::delete_many(connection, &label, &keys)).await
    }

    /// Adds `delta` to the number that the key holds and returns the sum. An absent key counts as 0.
    ///
    /// # Errors
    ///
    /// The store fails, the value is not a number of 8 bytes, or the sum overflows. The value then stays as it is.
    pub(crate) async fn increment(&self, key: String, delta: i64) -> Result<i64> {
        let label = Arc::clone(&self.label);
        self.database.write("increment", move |connection| statements::increment(connection, &label, &key, delta)).await
    }
}
