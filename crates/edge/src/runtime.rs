use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Runs a future to its end that is ready when it is first asked; one that is not would wait for ever, and is given up.
///
/// In WASI 0.2 every call of the host blocks the guest, so any future over [`crate::Wasi`] is such a one. In WASI 0.3 it is
/// one that neither pauses nor sleeps, like that of the authorizer: a function that is not async can't wait.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}
