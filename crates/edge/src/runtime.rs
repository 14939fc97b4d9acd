use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use wasip2::http::types::{IncomingRequest, ResponseOutparam};

use crate::{Wasi, request, response};

/// Answers one request of the host by a function of `service`.
pub fn respond(
    incoming: IncomingRequest,
    outparam: ResponseOutparam,
    handle: impl AsyncFnOnce(&Wasi, Request<Bytes>) -> Response<Bytes>,
) {
    let request = request::read(incoming, service::MAX_BODY_BYTES);
    let reply = run(handle(&Wasi, request)).unwrap_or_else(|| {
        let mut reply = Response::new(Bytes::new());
        *reply.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        reply
    });
    response::write(reply, outparam);
}

/// Runs a future to its end. In WASI 0.2 every call of the host blocks the guest, so a future over [`Wasi`] is ready when
/// it is first asked; one that is not would wait for ever, and is given up.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}
