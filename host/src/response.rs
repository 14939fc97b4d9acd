//! Makes the response that is sent out of the response of a guest.

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
use crate::progress::Progress;
use crate::running::RunningRequest;

/// If the guest states a `Content-Length` of at most this many bytes, the host waits for the whole body before it sends
/// the head. Then head and body leave in one write, and if the guest fails in between, the client gets a clean 500.
const MAX_AWAITED: u64 = 64 * 1024;

/// A response body of the host or of a guest.
pub(crate) struct ResponseBody {
    inner: Either<Full<Bytes>, WasiBody>,
    /// The request that the body answers, as long as more of the body may follow.
    running: Option<Running>,
    /// The line of the access log. Dropping it writes it, which happens when the body has been sent.
    line: Option<AccessLogLine>,
    /// The progress of the connection that the body is sent on.
    progress: Option<Progress>,
}

/// A request and the end of its time limit.
struct Running {
    deadline: Pin<Box<Sleep>>,
    _request: Arc<RunningRequest>,
}

impl ResponseBody {
    /// A body that is complete already.
    pub(crate) fn full(bytes: Bytes) -> Self {
        Self { inner: Either::Left(Full::new(bytes)), running: None, line: None, progress: None }
    }

    /// Ties the request's line in the log to the body.
    pub(crate) fn set_line(&mut self, line: Option<AccessLogLine>) {
        self.line = line;
    }

    /// Makes the body report its end.
    pub(crate) fn set_progress(&mut self, progress: Progress) {
        self.progress = Some(progress);
    }
}

impl Drop for ResponseBody {
    fn drop(&mut self) {
        if let Some(progress) = &self.progress {
            progress.end_answer();
        }
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

/// Waits for the part of the guest's body that must be there before the head is sent: a short body completely, a longer
/// one not at all. A longer body holds the `request`, whose time limit ends it.
///
/// # Errors
///
/// The reason why the answer cannot be sent, as text for the log.
pub(crate) async fn settle(
    response: Response<WasiBody>,
    method: &Method,
    request: Arc<RunningRequest>,
) -> Result<Response<ResponseBody>, String> {
    let (head, mut body) = response.into_parts();
    if head.status.is_informational() {
        return Err(format!("the component answered with status {}", head.status.as_u16()));
    }
    if *method == Method::HEAD || matches!(head.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
        // No part of the body is sent, but a guest may write one anyway and must not block on it. The `Content-Length`
        // may be that of the body for GET, so it is not compared.
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
            let running = Running { deadline: Box::pin(sleep_until(request.deadline.into())), _request: request };
            let inner = Either::Right(body);
            Ok(Response::from_parts(head, ResponseBody { inner, running: Some(running), line: None, progress: None }))
        }
    }
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
