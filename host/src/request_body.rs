//! The body of a request. The host reads it whole before the request takes a place or an instance, so that a client that sends
//! slowly holds nothing but its own connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use tokio::time::timeout;

use crate::problem::Problem;
use crate::progress::Progress;

/// What a body may have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyLimits {
    pub(crate) bytes: usize,
    /// From the end of the head to the end of the body.
    pub(crate) time: Duration,
}

/// Tells the connection whether the body of the request was read to its end. If it was not, the client may still be sending it,
/// and the connection can not be used for another request.
#[derive(Debug, Clone)]
pub(crate) struct BodyFate {
    is_unread: Arc<AtomicBool>,
    progress: Progress,
}

impl BodyFate {
    pub(crate) fn new(progress: &Progress) -> Self {
        Self { is_unread: Arc::default(), progress: progress.clone() }
    }

    /// A request has arrived.
    pub(crate) fn begin(&self, body: &Incoming) {
        self.is_unread.store(!body.is_end_stream(), Ordering::Relaxed);
    }

    /// The progress of the connection that the body comes by.
    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }

    pub(crate) fn is_read(&self) -> bool {
        !self.is_unread.load(Ordering::Relaxed)
    }
}

/// Reads the whole body. A `Content-Length` beyond the limit is refused before any of the body is read.
///
/// # Errors
///
/// The body is too large, does not come in time, or breaks off.
pub(crate) async fn read(incoming: Incoming, limits: BodyLimits, fate: &BodyFate) -> Result<Bytes, Problem> {
    if incoming.is_end_stream() {
        return Ok(Bytes::new());
    }
    if incoming.size_hint().lower() > limits.bytes as u64 {
        return Err(Problem::BodyTooLarge);
    }
    fate.progress.begin_body();
    let outcome = timeout(limits.time, Limited::new(incoming, limits.bytes).collect()).await;
    fate.progress.begin_answer();
    match outcome {
        Ok(Ok(body)) => {
            fate.is_unread.store(false, Ordering::Relaxed);
            Ok(body.to_bytes())
        }
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Problem::BodyTooLarge),
        Ok(Err(_)) => Err(Problem::IncompleteBody),
        Err(_) => Err(Problem::BodyTimeout),
    }
}
