//! The one thread that writes to a file: it commits whatever is queued in one transaction, so that many writers
//! share the cost of making the disk certain, and answers each of them only then.

use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::error::{Result, StoreError};

/// So that the first of a long queue does not wait for all of it.
const MAX_BATCH: usize = 256;

/// Tells a caller how it went, given whether the transaction was committed.
type Answer = Box<dyn FnOnce(Result<()>) + Send>;
/// Does one caller's work in the open transaction, or learns why there is none.
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

    /// Runs the statements and returns their result once they are on disk. If they fail, theirs alone are undone.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        statements: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let closed = || StoreError("the store is closed".to_owned());
        let (sender, receiver) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let result = connection.and_then(|connection| undoable(connection, statements));
            Box::new(move |committed| {
                // Nobody waits any more if the request was given up.
                _ = sender.send(result.and_then(|value| committed.map(|()| value)));
            })
        });
        self.queue.send(Message::Job(job)).map_err(|_| closed())?;
        receiver.await.map_err(|_| closed())?
    }

    /// Waits until what is queued is written and the log is folded into the file.
    pub(super) fn close(&self) {
        // Fails only if the thread has ended already.
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
        commit(&connection, batch);
    }
    // What cannot be folded now is folded by whoever opens the file next.
    _ = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
}

fn commit(connection: &Connection, batch: Vec<Job>) {
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
}

/// SQLite gives up the whole transaction for some errors (a full disk): then every caller in it must learn so.
fn in_transaction(connection: &Connection) -> Result<&Connection> {
    if connection.is_autocommit() {
        return Err(StoreError("the transaction was given up".to_owned()));
    }
    Ok(connection)
}
