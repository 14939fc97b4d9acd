//! What a connection waits for, and until when. Its stream and the bodies of its answers report what happens, and the connection
//! reads from it when it may be closed without the loss of a request or an answer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The time limits for what a client sends next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NextRequest {
    /// For its first byte.
    pub(crate) idle: Duration,
    /// For the rest of its head.
    pub(crate) head: Duration,
}

/// The progress of one connection.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    limits: NextRequest,
    waits_for: Arc<Mutex<WaitsFor>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WaitsFor {
    /// Until this moment for the first byte of a request.
    Request(Instant),
    /// Until this moment for the rest of a head.
    Head(Instant),
    /// Since this moment for a body, which has a time limit of its own.
    Body(Instant),
    /// Since this moment for a place to run in.
    Place(Instant),
    /// For the end of an answer. The limits of a request count, and not those here.
    Answer,
    /// Since this moment for the client to take the last bytes of an answer. The time limit is that of writing.
    Client(Instant),
}

impl Progress {
    /// The progress of a new connection.
    pub(crate) fn new(limits: NextRequest) -> Self {
        let waits_for = WaitsFor::Request(Instant::now() + limits.idle);
        Self { limits, waits_for: Arc::new(Mutex::new(waits_for)) }
    }

    pub(crate) fn waits_for(&self) -> WaitsFor {
        *self.lock()
    }

    /// Since when the connection waits for its client, or for a place; `None` while it is being answered.
    pub(crate) fn waits_since(&self) -> Option<Instant> {
        match self.waits_for() {
            WaitsFor::Request(end) => Some(end - self.limits.idle),
            WaitsFor::Head(end) => Some(end - self.limits.head),
            WaitsFor::Body(since) | WaitsFor::Place(since) | WaitsFor::Client(since) => Some(since),
            WaitsFor::Answer => None,
        }
    }

    pub(crate) fn is_idle(&self) -> bool {
        matches!(self.waits_for(), WaitsFor::Request(_))
    }

    /// Bytes have arrived from the client.
    pub(crate) fn received(&self) {
        let mut waits_for = self.lock();
        if matches!(*waits_for, WaitsFor::Request(_)) {
            *waits_for = WaitsFor::Head(Instant::now() + self.limits.head);
        }
    }

    /// A head is complete, and its body is read.
    pub(crate) fn begin_body(&self) {
        *self.lock() = WaitsFor::Body(Instant::now());
    }

    /// A request is complete, and has no place yet.
    pub(crate) fn begin_wait(&self) {
        *self.lock() = WaitsFor::Place(Instant::now());
    }

    /// A request has its place, or needs none.
    pub(crate) fn begin_answer(&self) {
        *self.lock() = WaitsFor::Answer;
    }

    /// Nothing more will be added to the answer.
    pub(crate) fn end_answer(&self) {
        *self.lock() = WaitsFor::Client(Instant::now());
    }

    /// All bytes that there are have been given to the operating system.
    pub(crate) fn flushed(&self) {
        let mut waits_for = self.lock();
        if matches!(*waits_for, WaitsFor::Client(_)) {
            *waits_for = WaitsFor::Request(Instant::now() + self.limits.idle);
        }
    }

    fn lock(&self) -> MutexGuard<'_, WaitsFor> {
        self.waits_for.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
