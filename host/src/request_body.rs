//! The body of a request, with one deadline for all of it.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};
use wasmtime_wasi_http::Error;

/// Tells the connection whether the body of the request was read to its end. If it was not, because the guest did not want it or
/// the client was too slow, the client may still be sending it, and the connection can not be used for another request.
#[derive(Debug, Clone, Default)]
pub(crate) struct BodyFate(Arc<AtomicBool>);

impl BodyFate {
    /// A request has arrived.
    pub(crate) fn begin(&self, body: &Incoming) {
        self.0.store(!body.is_end_stream(), Ordering::Relaxed);
    }

    pub(crate) fn is_read(&self) -> bool {
        !self.0.load(Ordering::Relaxed)
    }

    fn end(&self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// Yields what the client sends until the deadline, then an error.
pub(crate) struct TimedBody {
    /// `None` after the deadline, because dropping it tells hyper to read no more from the connection.
    incoming: Option<Incoming>,
    deadline: Pin<Box<Sleep>>,
    fate: BodyFate,
}

impl TimedBody {
    pub(crate) fn new(incoming: Incoming, deadline: Instant, fate: BodyFate) -> Self {
        Self { incoming: Some(incoming), deadline: Box::pin(sleep_until(deadline)), fate }
    }
}

impl Body for TimedBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if self.incoming.is_some() && self.deadline.as_mut().poll(context).is_ready() {
            self.incoming = None;
        }
        let Some(incoming) = self.incoming.as_mut() else {
            return Poll::Ready(Some(Err(Error::ConnectionReadTimeout)));
        };
        let frame = std::task::ready!(Pin::new(incoming).poll_frame(context));
        if frame.is_none() || self.is_end_stream() {
            self.fate.end();
        }
        Poll::Ready(frame.map(|frame| frame.map_err(Error::from)))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.as_ref().is_some_and(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.as_ref().map(Body::size_hint).unwrap_or_default()
    }
}
