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
    /// One of `--max-concurrent-requests`.
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
        running.retain(|(_, request)| request.strong_count() > 0);
        running.push((task, Arc::downgrade(request)));
        let mut last = lock(&self.last_deadline);
        *last = (*last).max(Some(request.deadline));
    }

    /// The record of the request that the task was started for; `None` after its end.
    pub(crate) fn record(&self, task: GuestTaskId) -> Option<Arc<RequestRecord>> {
        let running = lock(&self.running);
        // A task's number is used again after its end, when the rest of its answer may still be on its way.
        let (_, request) = running.iter().rev().find(|(other, _)| *other == task)?;
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
        deadline(&running, self.is_exhausted(), *lock(&self.last_deadline))
    }

    /// Those that wait for an answer.
    pub(crate) fn waiting(&self) -> Vec<oneshot::Sender<Result<(), String>>> {
        let running = lock(&self.running);
        running.iter().filter_map(|(_, request)| request.upgrade()?.take_ended()).collect()
    }
}

fn deadline(running: &[Arc<RunningRequest>], exhausted: bool, last: Option<Instant>) -> Option<Instant> {
    let unanswered = running.iter().filter(|request| !request.is_answered.load(Ordering::Relaxed));
    match unanswered.map(|request| request.deadline).min() {
        Some(first) if running.len() == 1 => Some(first),
        Some(first) => Some(first + GRACE),
        None if running.is_empty() && exhausted => None,
        // Bodies, and what else the guest still does: it was begun by some request.
        None => last,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use tokio::sync::Semaphore;

    use super::*;

    fn request(permits: &Arc<Semaphore>, deadline: Instant) -> Arc<RunningRequest> {
        RunningRequest::new(Arc::clone(permits).try_acquire_owned().unwrap(), deadline).0
    }

    #[test]
    fn the_place_is_given_back_with_the_last_reference() {
        let permits = Arc::new(Semaphore::new(1));
        let request = request(&permits, Instant::now());
        let unanswered = Unanswered(Arc::clone(&request));
        let weak = Arc::downgrade(&request);
        drop(request);
        assert_eq!(permits.available_permits(), 0);
        drop(unanswered);
        assert_eq!((permits.available_permits(), weak.strong_count()), (1, 0));
    }

    #[test]
    fn an_instance_ends_with_the_first_request_that_gets_no_answer() {
        let permits = Arc::new(Semaphore::new(2));
        let early = Instant::now();
        let late = early + Duration::from_secs(1);
        let (first, second) = (request(&permits, early), request(&permits, late));
        let both = [Arc::clone(&first), Arc::clone(&second)];
        let last = Some(late);
        assert_eq!(deadline(&[Arc::clone(&first)], false, last), Some(early));
        assert_eq!(deadline(&both, false, last), Some(early + GRACE));
        // Its body is on its way, which is no reason to end what others do.
        drop(Unanswered(first));
        assert_eq!(deadline(&both, false, last), Some(late + GRACE));
        drop(Unanswered(second));
        assert_eq!(deadline(&both, true, last), last);
        // Nothing is left but what went on after the answers.
        assert_eq!(deadline(&[], false, last), last);
        assert_eq!(deadline(&[], true, last), None);
    }
}
