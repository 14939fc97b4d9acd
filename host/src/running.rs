//! The requests that components are working on, and which of them share an instance.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use wasmtime::component::GuestTaskId;

use crate::places::Place;

/// A request that shares its instance ends the instance this long after the request's time limit. Only an instance that
/// is busy without a pause reaches this point: a guest that yields lets the host mark the instance as exhausted, and the
/// other requests can finish.
const GRACE: Duration = Duration::from_millis(250);

/// Counts of what one request has used. They appear in the request's line in the log.
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

    /// The number of calls of `wasi:keyvalue` that read, and the number of those that write.
    pub(crate) fn store_calls(&self) -> (u64, u64) {
        (self.store_reads.load(Ordering::Relaxed), self.store_writes.load(Ordering::Relaxed))
    }
}

/// A request that a component is working on. The request has ended when the last reference to it is dropped.
pub(crate) struct RunningRequest {
    pub(crate) record: Arc<RequestRecord>,
    /// The end of its time limit.
    pub(crate) deadline: Instant,
    /// Whether it handles a password. Its instance gets no request after it.
    is_last: bool,
    /// Receives the result of the instance when the instance ends. A trap is reported there.
    ended: Mutex<Option<oneshot::Sender<Result<(), String>>>>,
    /// True once there is a response, even if parts of its body are still missing.
    is_answered: AtomicBool,
    /// True once nobody waits for a response any more.
    is_abandoned: AtomicBool,
    _place: Place,
}

impl RunningRequest {
    /// Returns the request, and the receiver of the instance's result.
    pub(crate) fn new(
        place: Place,
        deadline: Instant,
        is_last: bool,
    ) -> (Arc<Self>, oneshot::Receiver<Result<(), String>>) {
        let (sender, receiver) = oneshot::channel();
        let ended = Mutex::new(Some(sender));
        let (is_answered, is_abandoned) = (AtomicBool::new(false), AtomicBool::new(false));
        let request =
            Self { record: Arc::default(), deadline, is_last, ended, is_answered, is_abandoned, _place: place };
        (Arc::new(request), receiver)
    }

    /// Whether it may be given up: nobody waits for it, and it has written nothing. What has begun to write goes on to its end, or
    /// clients could choose where a change breaks off.
    fn may_be_given_up(&self) -> bool {
        self.is_abandoned.load(Ordering::Relaxed) && self.record.store_calls().1 == 0
    }

    /// The sender to which the result of the instance goes. It holds no reference to the request, so the request can end
    /// before the result is sent.
    fn take_ended(&self) -> Option<oneshot::Sender<Result<(), String>>> {
        lock(&self.ended).take()
    }
}

/// Exists until the request has a response, or until it is certain that it will get none. Dropping it marks the request
/// as answered.
pub(crate) struct Unanswered(pub(crate) Arc<RunningRequest>);

impl Drop for Unanswered {
    fn drop(&mut self) {
        self.0.is_answered.store(true, Ordering::Relaxed);
    }
}

/// Exists while somebody waits for the response. Dropping it before there is one marks the request as abandoned.
pub(crate) struct Caller {
    pub(crate) request: Arc<RunningRequest>,
    pub(crate) has_response: bool,
}

impl Drop for Caller {
    fn drop(&mut self) {
        self.request.is_abandoned.store(!self.has_response, Ordering::Relaxed);
    }
}

/// The requests of one instance.
#[derive(Default)]
pub(crate) struct InstanceRequests {
    running: Mutex<Vec<(GuestTaskId, Weak<RunningRequest>)>>,
    /// The latest deadline of all requests that have entered the instance so far.
    last_deadline: Mutex<Option<Instant>>,
    /// True once the instance has got a request that is its last.
    has_last: AtomicBool,
    /// True once a request has used up its time. The guest may still be working on that request.
    exhausted: AtomicBool,
    /// True once the instance was told to end because all of its requests may be given up.
    given_up: AtomicBool,
}

impl InstanceRequests {
    pub(crate) fn add(&self, task: GuestTaskId, request: &Arc<RunningRequest>) {
        if request.is_last {
            self.has_last.store(true, Ordering::Relaxed);
        }
        let mut running = lock(&self.running);
        running.retain(|(_, request)| request.strong_count() > 0);
        running.push((task, Arc::downgrade(request)));
        let mut last = lock(&self.last_deadline);
        *last = (*last).max(Some(request.deadline));
    }

    /// The record of the request that the task was started for; `None` after the end of that request.
    pub(crate) fn record(&self, task: GuestTaskId) -> Option<Arc<RequestRecord>> {
        let running = lock(&self.running);
        // The number of a task is reused after its end, possibly while the rest of its answer is still being sent. So the
        // entry that was added last is the right one.
        let (_, request) = running.iter().rev().find(|(other, _)| *other == task)?;
        Some(Arc::clone(&request.upgrade()?.record))
    }

    /// Lets no further request into the instance, and makes the instance end after the requests that are in it.
    pub(crate) fn set_exhausted(&self) {
        self.exhausted.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_exhausted(&self) -> bool {
        self.exhausted.load(Ordering::Relaxed)
    }

    /// Whether no further request may enter the instance.
    pub(crate) fn is_closed(&self) -> bool {
        self.is_exhausted() || self.has_last.load(Ordering::Relaxed)
    }

    /// The latest moment at which the instance must end; `None` means at once.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let running: Vec<_> = lock(&self.running).iter().filter_map(|(_, request)| request.upgrade()).collect();
        if may_be_given_up(&running) {
            self.given_up.store(true, Ordering::Relaxed);
            return None;
        }
        deadline(&running, self.is_exhausted(), *lock(&self.last_deadline))
    }

    pub(crate) fn are_given_up(&self) -> bool {
        self.given_up.load(Ordering::Relaxed)
    }

    /// The senders of the requests that have not ended. Each receiver waits for the result of the instance.
    pub(crate) fn waiting(&self) -> Vec<oneshot::Sender<Result<(), String>>> {
        let running = lock(&self.running);
        running.iter().filter_map(|(_, request)| request.upgrade()?.take_ended()).collect()
    }
}

/// Whether there are requests, and nobody needs any of them.
fn may_be_given_up(running: &[Arc<RunningRequest>]) -> bool {
    !running.is_empty() && running.iter().all(|request| request.may_be_given_up())
}

fn deadline(running: &[Arc<RunningRequest>], exhausted: bool, last: Option<Instant>) -> Option<Instant> {
    let unanswered = running.iter().filter(|request| !request.is_answered.load(Ordering::Relaxed));
    match unanswered.map(|request| request.deadline).min() {
        Some(first) if running.len() == 1 => Some(first),
        Some(first) => Some(first + GRACE),
        None if running.is_empty() && exhausted => None,
        // The guest still sends bodies or does other work. Some request began that work, so the last deadline of all
        // bounds it.
        None => last,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;
    use crate::places::Places;
    use crate::share::Percent;

    fn places(total: u32) -> Places {
        Places::new(total, 0, Percent(100), Duration::from_secs(1))
    }

    async fn request(places: &Places, deadline: Instant) -> Arc<RunningRequest> {
        let place = places.take(IpAddr::from([127, 0, 0, 1]).into()).await;
        RunningRequest::new(place.ok().unwrap(), deadline, false).0
    }

    #[tokio::test]
    async fn the_place_is_given_back_with_the_last_reference() {
        let places = places(1);
        let request = request(&places, Instant::now()).await;
        let unanswered = Unanswered(Arc::clone(&request));
        let weak = Arc::downgrade(&request);
        drop(request);
        assert_eq!(places.taken(), 1);
        drop(unanswered);
        assert_eq!((places.taken(), weak.strong_count()), (0, 0));
    }

    #[tokio::test]
    async fn an_instance_ends_with_the_first_request_that_gets_no_answer() {
        let places = places(2);
        let early = Instant::now();
        let late = early + Duration::from_secs(1);
        let (first, second) = (request(&places, early).await, request(&places, late).await);
        let both = [Arc::clone(&first), Arc::clone(&second)];
        let last = Some(late);
        assert_eq!(deadline(&[Arc::clone(&first)], false, last), Some(early));
        assert_eq!(deadline(&both, false, last), Some(early + GRACE));
        // The body of the first request is still being sent. That must not end the other request early.
        drop(Unanswered(first));
        assert_eq!(deadline(&both, false, last), Some(late + GRACE));
        drop(Unanswered(second));
        assert_eq!(deadline(&both, true, last), last);
        // All requests have ended; only work that continues after the answers is left.
        assert_eq!(deadline(&[], false, last), last);
        assert_eq!(deadline(&[], true, last), None);
    }

    #[tokio::test]
    async fn what_nobody_waits_for_is_given_up_unless_it_has_begun_to_write() {
        let places = places(2);
        let late = Instant::now() + Duration::from_secs(1);
        let (first, second) = (request(&places, late).await, request(&places, late).await);
        let gone = |request: &Arc<RunningRequest>| Caller { request: Arc::clone(request), has_response: false };
        drop(gone(&first));
        assert!(may_be_given_up(&[Arc::clone(&first)]));
        assert!(!may_be_given_up(&[Arc::clone(&first), Arc::clone(&second)]), "somebody waits for the second");
        second.record.count_store_read();
        drop(gone(&second));
        assert!(may_be_given_up(&[Arc::clone(&first), Arc::clone(&second)]));
        second.record.count_store_write();
        assert!(!may_be_given_up(&[first, second]));
        assert!(!may_be_given_up(&[]), "the instance may do other work");
    }
}
