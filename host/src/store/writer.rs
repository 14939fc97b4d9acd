//! The one thread that writes to a file. It commits all queued writes in one transaction, so that many callers share the
//! cost of flushing to the disk, and answers each of them only after the commit.

use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Instant;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::error::{Result, StoreError};
use crate::trouble::Trouble;

/// The most jobs in one transaction. The limit keeps the first job of a long queue from waiting for the whole queue.
const MAX_BATCH: usize = 256;

/// Sends a caller its result. The argument says whether the transaction was committed.
type Answer = Box<dyn FnOnce(Result<()>) + Send>;
/// Does one caller's work in the open transaction, or gets the reason why there is no transaction.
type Job = Box<dyn FnOnce(Result<&Connection>) -> Answer + Send>;

enum Message {
    Job(Job),
    Close,
}

pub(super) struct Writer {
    queue: Sender<Message>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    pub(super) fn start(connection: Connection) -> io::Result<Self> {
        let (queue, jobs) = channel();
        let thread = Builder::new().name("store-writer".to_owned()).spawn(move || run(connection, &jobs))?;
        Ok(Self { queue, thread: Mutex::new(Some(thread)) })
    }

    /// Runs the statements and returns their result once they are on disk. If they fail, only these statements are
    /// undone, not those of other callers in the same transaction.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        statements: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let closed = || StoreError("the store is closed".to_owned());
        let (sender, receiver) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let result = connection.and_then(|connection| undoable(connection, statements));
            Box::new(move |committed| {
                // Sending fails if the request was given up and nobody waits any more.
                _ = sender.send(result.and_then(|value| committed.map(|()| value)));
            })
        });
        self.queue.send(Message::Job(job)).map_err(|_| closed())?;
        receiver.await.map_err(|_| closed())?
    }

    /// Waits until the queued writes are done and the write-ahead log is merged into the file.
    pub(super) fn close(&self) {
        // Sending fails only if the thread has ended already.
        _ = self.queue.send(Message::Close);
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            _ = thread.join();
        }
    }
}

fn undoable<T>(connection: &Connection, statements: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
    connection.prepare_cached("SAVEPOINT job")?.execute([])?;
    let result = statements(connection);
    if result.is_err() {
        connection.prepare_cached("ROLLBACK TO job")?.execute([])?;
    }
    connection.prepare_cached("RELEASE job")?.execute([])?;
    result
}

fn run(connection: Connection, jobs: &Receiver<Message>) {
    let mut trouble = Trouble::default();
    let mut open = true;
    while open && let Ok(Message::Job(first)) = jobs.recv() {
        let mut batch = vec![first];
        while batch.len() < MAX_BATCH {
            match jobs.try_recv() {
                Ok(Message::Job(job)) => batch.push(job),
                Ok(Message::Close) => {
                    open = false;
                    break;
                }
                Err(_) => break,
            }
        }
        match commit(&connection, batch) {
            Ok(()) if trouble.is_over() => tracing::info!(file = connection.path(), "store_is_written_again"),
            Ok(()) => {}
            Err(error) => {
                if let Some(times) = trouble.happened(Instant::now()) {
                    tracing::error!(file = connection.path(), %error, times, "store_not_written");
                }
            }
        }
    }
    // If the write-ahead log cannot be merged now, the next process that opens the file merges it.
    _ = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
}

/// Runs the jobs in one transaction, and answers each.
fn commit(connection: &Connection, batch: Vec<Job>) -> Result<()> {
    let begun = connection.execute_batch("BEGIN IMMEDIATE").map_err(StoreError::from);
    let mut answers = Vec::with_capacity(batch.len());
    for job in batch {
        answers.push(job(begun.clone().and_then(|()| in_transaction(connection))));
    }
    let committed = begun.and_then(|()| in_transaction(connection)).and_then(|connection| {
        connection.execute_batch("COMMIT").map_err(|error| {
            _ = connection.execute_batch("ROLLBACK");
            StoreError::from(error)
        })
    });
    for answer in answers {
        answer(committed.clone());
    }
    committed
}

/// On some errors, such as a full disk, SQLite rolls back the whole transaction. Then every caller in it must get an
/// error, so this checks that the transaction is still open.
fn in_transaction(connection: &Connection) -> Result<&Connection> {
    if connection.is_autocommit() {
        return Err(StoreError("the transaction was given up".to_owned()));
    }
    Ok(connection)
}
