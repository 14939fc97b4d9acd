//! The requests of one HTTP/2 connection and their answers. The HTTP library takes an answer long before the client does, and has
//! no time limit for that. So each piece of an answer reports when it is sent.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::{Buf, Bytes};
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Instant;

use crate::progress::Progress;
use crate::response::ResponseBody;

/// A client that cancels this many requests more than it lets the host answer is cut off (CVE-2023-44487): a request that is
/// cancelled has cost the host something, and no longer counts among those that run at the same time.
const MAX_CANCELLED: u32 = 100;

/// The exchanges of one connection.
#[derive(Clone)]
pub(crate) struct Exchanges(Arc<Shared>);

struct Shared {
    progress: Progress,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    next: u64,
    open: BTreeMap<u64, Turn>,
    /// How many more requests were cancelled than answered.
    cancelled: u32,
    /// The task that holds the connection to its time limits.
    watcher: Option<Waker>,
}

/// Who has to do something for an answer.
#[derive(Clone, Copy)]
struct Turn {
    /// How many pieces of the answer the HTTP library has and has not sent.
    unsent: usize,
    /// The HTTP library would take another piece, and there is none yet.
    is_of_component: bool,
    /// The client has taken a part of the answer.
    is_taken: bool,
    /// When a part of the answer was last sent, or was there to be sent.
    moved: Instant,
}

impl Exchanges {
    pub(crate) fn new(progress: Progress) -> Self {
        Self(Arc::new(Shared { progress, state: Mutex::default() }))
    }

    /// A request has arrived.
    pub(crate) fn begin(&self) -> Arc<Exchange> {
        let mut state = self.0.lock();
        let id = state.next;
        state.next += 1;
        state.open.insert(id, Turn { unsent: 0, is_of_component: true, is_taken: false, moved: Instant::now() });
        Arc::new(Exchange { all: Arc::clone(&self.0), id, progress: self.0.progress.begin_request() })
    }

    /// From now on wakes this task when a time limit may have begun or ended.
    pub(crate) fn wake(&self, watcher: &Waker) {
        self.0.lock().watcher.get_or_insert_with(|| watcher.clone()).clone_from(watcher);
    }

    /// Since when the client has taken nothing of an answer that is there: of all answers, the earliest such moment.
    pub(crate) fn waits_for_client_since(&self) -> Option<Instant> {
        let state = self.0.lock();
        let turns = state.open.values().filter(|turn| turn.is_of_client());
        turns.map(|turn| turn.moved).min()
    }

    pub(crate) fn are_mostly_cancelled(&self) -> bool {
        self.0.lock().cancelled > MAX_CANCELLED
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request and its answer. Dropping it ends it: all of the answer was sent, or the client has cancelled it.
pub(crate) struct Exchange {
    all: Arc<Shared>,
    id: u64,
    progress: Progress,
}

impl Exchange {
    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }

    fn turn(&self, change: impl FnOnce(&mut Turn)) {
        let mut state = self.all.lock();
        if let Some(turn) = state.open.get_mut(&self.id) {
            let waited = turn.is_of_client();
            change(turn);
            turn.moved = Instant::now();
            if waited != turn.is_of_client() {
                state.wake();
            }
        }
    }
}

impl Turn {
    fn is_of_client(&self) -> bool {
        self.unsent > 0 || !self.is_of_component
    }
}

impl State {
    fn wake(&self) {
        if let Some(watcher) = &self.watcher {
            watcher.wake_by_ref();
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let mut state = self.all.lock();
        let is_taken = state.open.remove(&self.id).is_some_and(|turn| turn.is_taken);
        state.cancelled = if is_taken { state.cancelled.saturating_sub(1) } else { state.cancelled + 1 };
        self.all.progress.end_request(&self.progress);
        state.wake();
    }
}

/// The body of an answer.
pub(crate) struct SentBody {
    body: ResponseBody,
    exchange: Arc<Exchange>,
}

impl SentBody {
    pub(crate) fn new(body: ResponseBody, exchange: Arc<Exchange>) -> Self {
        // Nobody asks for an empty body.
        let is_empty = body.is_end_stream();
        exchange.turn(|turn| (turn.is_of_component, turn.is_taken) = (false, is_empty));
        Self { body, exchange }
    }
}

impl Body for SentBody {
    type Data = SentBytes;
    type Error = <ResponseBody as Body>::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<SentBytes>, Self::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        let exchange = Arc::clone(&self.exchange);
        if frame.is_pending() {
            exchange.turn(|turn| turn.is_of_component = true);
            return Poll::Pending;
        }
        exchange.turn(|turn| (turn.is_of_component, turn.is_taken) = (false, true));
        frame.map_ok(|frame| frame.map_data(|bytes| SentBytes::new(bytes, exchange)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A piece of an answer.
pub(crate) struct SentBytes {
    bytes: Bytes,
    exchange: Arc<Exchange>,
}

impl SentBytes {
    fn new(bytes: Bytes, exchange: Arc<Exchange>) -> Self {
        exchange.turn(|turn| turn.unsent += 1);
        Self { bytes, exchange }
    }
}

impl Buf for SentBytes {
    fn remaining(&self) -> usize {
        self.bytes.remaining()
    }

    fn chunk(&self) -> &[u8] {
        self.bytes.chunk()
    }

    fn advance(&mut self, count: usize) {
        self.bytes.advance(count);
        self.exchange.turn(|_| {});
    }
}

impl Drop for SentBytes {
    fn drop(&mut self) {
        self.exchange.turn(|turn| turn.unsent = turn.unsent.saturating_sub(1));
    }
}
