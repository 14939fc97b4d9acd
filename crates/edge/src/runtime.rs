use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Runs a future that is ready at its first poll. Returns `None` for any other future, because it would wait for ever.
///
/// In WASI 0.2 every call to the host blocks the guest, so any future over [`crate::Wasi`] is ready at its first poll. In
/// WASI 0.3 this holds for futures that neither pause nor sleep, such as that of the authorizer: its function is not async,
/// so it can't wait.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}
