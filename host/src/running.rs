//! Requests that are in a component, and which of them are in one instance.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use wasmtime::component::GuestTaskId;

/// How much later than its time limit a request that shares its instance ends it. Only a guest that is busy all the
/// time gets there: the others learn of the limit from one that lets go.
const GRACE: Duration = Duration::from_millis(250);

/// What one request has used, for its line in the log.
#[derive(Debug, Default)]
pub(crate) struct RequestRecord {
    store_reads: AtomicU64,
    store_writes: AtomicU64,
}

impl RequestRecord {
    pub(crate) fn count_store_read(&self) {
        self.store_reads.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_store_write(&self) {
        self.store_writes.fetch_add(1, Ordering::Relaxed);
    }

    /// Calls of `wasi:keyvalue` that read, and those that write.
    pub(crate) fn store_calls(&self) -> (u64, u64) {
        (self.store_reads.load(Ordering::Relaxed), self.store_writes.load(Ordering::Relaxed))
    }
}

/// A request in a component. It has ended when nobody refers to it any more.
pub(crate) struct RunningRequest {
    pub(crate) record: Arc<RequestRecord>,
    /// When its time is up.
    pub(crate) deadline: Instant,
    /// Learns how the instance ended, which is where a trap shows.
    ended: Mutex<Option<oneshot::Sender<Result<(), String>>>>,
    /// There is a response, if not all of its body.
    is_answered: AtomicBool,
    /// Its place among `--max-concurrent-requests`.
    _permit: OwnedSemaphorePermit,
}

impl RunningRequest {
    /// With what the end of the instance is learnt from.
    pub(crate) fn new(
        permit: OwnedSemaphorePermit,
        deadline: Instant,
    ) -> (Arc<Self>, oneshot::Receiver<Result<(), String>>) {
        let (sender, receiver) = oneshot::channel();
        let ended = Mutex::new(Some(sender));
        let is_answered = AtomicBool::new(false);
        (Arc::new(Self { record: Arc::default(), deadline, ended, is_answered, _permit: permit }), receiver)
    }

    /// What remains to be done when the instance is gone; it refers to the request no more.
    fn take_ended(&self) -> Option<oneshot::Sender<Result<(), String>>> {
        lock(&self.ended).take()
    }
}

/// Belongs to a request until it has a response, or will get none.
pub(crate) struct Unanswered(pub(crate) Arc<RunningRequest>);

impl Drop for Unanswered {
    fn drop(&mut self) {
        self.0.is_answered.store(true, Ordering::Relaxed);
    }
}

/// The requests of one instance.
#[derive(Default)]
pub(crate) struct InstanceRequests {
    running: Mutex<Vec<(GuestTaskId, Weak<RunningRequest>)>>,
    /// The last of all deadlines so far.
    last_deadline: Mutex<Option<Instant>>,
    /// A request used up its time, and the guest may still be at it.
    exhausted: AtomicBool,
}

impl InstanceRequests {
    pub(crate) fn add(&self, task: GuestTaskId, request: &Arc<RunningRequest>) {
        let mut running = lock(&self.running);
        // A task's number is used again after its end.
        running.retain(|(other, request)| *other != task && request.strong_count() > 0);
        running.push((task, Arc::downgrade(request)));
        let mut last = lock(&self.last_deadline);
        *last = (*last).max(Some(request.deadline));
    }

    /// The record of the request that the task was called for; `None` after its end.
    pub(crate) fn record(&self, task: GuestTaskId) -> Option<Arc<RequestRecord>> {
        let running = lock(&self.running);
        let (_, request) = running.iter().find(|(other, _)| *other == task)?;
        Some(Arc::clone(&request.upgrade()?.record))
    }

    /// Lets no further request into the instance, and ends it after those that are in it.
    pub(crate) fn set_exhausted(&self) {
        self.exhausted.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_exhausted(&self) -> bool {
        self.exhausted.load(Ordering::Relaxed)
    }

    /// When the instance must end at the latest; `None` is at once.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let running: Vec<_> = lock(&self.running).iter().filter_map(|(_, request)| request.upgrade()).collect();
        let unanswered = running.iter().filter(|request| !request.is_answered.load(Ordering::Relaxed));
        match unanswered.map(|request| request.deadline).min() {
            Some(first) if running.len() == 1 => Some(first),
            Some(first) => Some(first + GRACE),
            None if running.is_empty() && self.is_exhausted() => None,
            // Bodies, and what else the guest still does: it was begun by some request.
            None => *lock(&self.last_deadline),
        }
    }

    /// Those that wait for an answer.
    pub(crate) fn waiting(&self) -> Vec<oneshot::Sender<Result<(), String>>> {
        let running = lock(&self.running);
        running.iter().filter_map(|(_, request)| request.upgrade()?.take_ended()).collect()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
