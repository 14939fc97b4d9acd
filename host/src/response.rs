//! Making of what a guest answered what is sent.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, Method, Response, StatusCode};
use http_body_util::{BodyExt, Either, Full};
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep_until};
use wasmtime_wasi_http::WasiBody;

use crate::access_log::AccessLogLine;
use crate::running::RunningRequest;

/// Up to this length, in bytes, a body that the guest has given a length is awaited before the head is sent: both
/// leave in one write, and a guest that fails in between gets a clean 500.
const MAX_AWAITED: u64 = 64 * 1024;

/// A response body of the host or of a guest.
pub(crate) struct ResponseBody {
    inner: Either<Full<Bytes>, WasiBody>,
    /// The request that the body is a part of, while there may be more of it.
    running: Option<Running>,
    /// Written to the log when the body has been sent.
    line: Option<AccessLogLine>,
}

/// A request and the end of its time.
struct Running {
    deadline: Pin<Box<Sleep>>,
    _request: Arc<RunningRequest>,
}

impl ResponseBody {
    /// A body that is there already.
    pub(crate) fn full(bytes: Bytes) -> Self {
        Self { inner: Either::Left(Full::new(bytes)), running: None, line: None }
    }

    /// Ties the request's line in the log to the body.
    pub(crate) fn set_line(&mut self, line: Option<AccessLogLine>) {
        self.line = line;
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Some(running) = &mut self.running
            && running.deadline.as_mut().poll(context).is_ready()
        {
            self.running = None;
            return Poll::Ready(Some(Err("the component's time is up".into())));
        }
        let frame = std::task::ready!(Pin::new(&mut self.inner).poll_frame(context));
        if matches!(frame, None | Some(Err(_))) {
            self.running = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// Waits for as much of the guest's body as should be there before the head is sent. If there is more, that ends with
/// the time of the request, if one is given.
///
/// # Errors
///
/// Why the answer cannot be sent, for the log.
pub(crate) async fn settle(
    response: Response<WasiBody>,
    method: &Method,
    request: Option<Arc<RunningRequest>>,
) -> Result<Response<ResponseBody>, String> {
    let (head, mut body) = response.into_parts();
    if head.status.is_informational() {
        return Err(format!("the component answered with status {}", head.status.as_u16()));
    }
    if *method == Method::HEAD || matches!(head.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
        // Nothing of it is sent, but a guest that writes it anyway must be able to. Its length may be that of a
        // body it would write for GET.
        while let Some(Ok(_)) = body.frame().await {}
        return Ok(Response::from_parts(head, ResponseBody::full(Bytes::new())));
    }
    match content_length(&head.headers) {
        Some(length) if length <= MAX_AWAITED => {
            let bytes = body.collect().await.map_err(|error| format!("the response body failed: {error}"))?.to_bytes();
            if bytes.len() as u64 != length {
                return Err(format!("the response body has {} bytes, its Content-Length is {length}", bytes.len()));
            }
            Ok(Response::from_parts(head, ResponseBody::full(bytes)))
        }
        _ => {
            let running = request
                .map(|request| Running { deadline: Box::pin(sleep_until(request.deadline.into())), _request: request });
            Ok(Response::from_parts(head, ResponseBody { inner: Either::Right(body), running, line: None }))
        }
    }
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
