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
pub(crate) struct Progress(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    limits: NextRequest,
    waits_for: WaitsFor,
    /// The requests of an HTTP/2 connection, each with a progress of its own.
    requests: Vec<Progress>,
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
        Self(Arc::new(Mutex::new(State { limits, waits_for, requests: Vec::new() })))
    }

    pub(crate) fn waits_for(&self) -> WaitsFor {
        self.lock().waits_for
    }

    /// Since when the connection waits for its client, or for a place; `None` while it is being answered.
    pub(crate) fn waits_since(&self) -> Option<Instant> {
        let state = self.lock();
        match state.waits_for {
            WaitsFor::Request(end) => Some(end - state.limits.idle),
            WaitsFor::Head(end) => Some(end - state.limits.head),
            WaitsFor::Body(since) | WaitsFor::Place(since) | WaitsFor::Client(since) => Some(since),
            // If none of the requests is being answered, the connection waits since the last of them does.
            WaitsFor::Answer if !state.requests.is_empty() => {
                let waits: Option<Vec<_>> = state.requests.iter().map(Self::waits_since).collect();
                waits?.into_iter().max()
            }
            WaitsFor::Answer => None,
        }
    }

    pub(crate) fn is_idle(&self) -> bool {
        matches!(self.waits_for(), WaitsFor::Request(_))
    }

    /// A head has begun to arrive.
    pub(crate) fn received(&self) {
        let mut state = self.lock();
        if matches!(state.waits_for, WaitsFor::Request(_)) {
            state.waits_for = WaitsFor::Head(Instant::now() + state.limits.head);
        }
    }

    /// What has arrived was no request: the TLS handshake, or a head to which HTTP/2 needs no answer.
    pub(crate) fn received_no_request(&self) {
        let mut state = self.lock();
        if matches!(state.waits_for, WaitsFor::Head(_)) {
            state.wait_for_request();
        }
    }

    /// One of several requests at a time has arrived. The result is its own progress.
    pub(crate) fn begin_request(&self) -> Self {
        let mut state = self.lock();
        let request = Self::new(state.limits);
        request.begin_answer();
        state.requests.push(request.clone());
        state.waits_for = WaitsFor::Answer;
        request
    }

    /// One of several requests at a time has been answered, or needs no answer any more.
    pub(crate) fn end_request(&self, request: &Self) {
        let mut state = self.lock();
        state.requests.retain(|other| !Arc::ptr_eq(&other.0, &request.0));
        if state.requests.is_empty() {
            state.wait_for_request();
        }
    }

    /// A head is complete, and its body is read.
    pub(crate) fn begin_body(&self) {
        self.lock().waits_for = WaitsFor::Body(Instant::now());
    }

    /// A request is complete, and has no place yet.
    pub(crate) fn begin_wait(&self) {
        self.lock().waits_for = WaitsFor::Place(Instant::now());
    }

    /// A request has its place, or needs none.
    pub(crate) fn begin_answer(&self) {
        self.lock().waits_for = WaitsFor::Answer;
    }

    /// Nothing more will be added to the answer.
    pub(crate) fn end_answer(&self) {
        self.lock().waits_for = WaitsFor::Client(Instant::now());
    }

    /// All bytes that there are have been given to the operating system.
    pub(crate) fn flushed(&self) {
        let mut state = self.lock();
        if matches!(state.waits_for, WaitsFor::Client(_)) {
            state.wait_for_request();
        }
    }

    /// From now on the connection may be idle for this long.
    pub(crate) fn limit_idle(&self, idle: Duration) {
        let mut state = self.lock();
        state.limits.idle = idle;
        if matches!(state.waits_for, WaitsFor::Request(_)) {
            state.wait_for_request();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn wait_for_request(&mut self) {
        self.waits_for = WaitsFor::Request(Instant::now() + self.limits.idle);
    }
}
