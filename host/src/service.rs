//! What happens to a request: the host's own paths, the route, a place among the running ones, the component.

use crate::instance::RequestRecord;
use crate::problem::Problem;
use crate::request::Target;
use crate::request_body::{BodyFate, TimedBody};
use crate::response::{self, ResponseBody};
use crate::route::{RESERVED_PREFIX, Router};
use crate::worker::{Handler, RequestData};
use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::body::{Body, Incoming};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, oneshot};
use wasmtime_wasi_http::{Error, WasiBody};

/// Answers requests.
pub(crate) struct Service {
    pub(crate) router: Router<Handler>,
    /// One for each request that may run at the same time.
    pub(crate) permits: Arc<Semaphore>,
    /// How long a client may take to send a body.
    pub(crate) body_timeout: Duration,
}

/// What a request leaves in the log, at debug level, when its answer has been sent.
pub(crate) struct RequestLine {
    component: String,
    method: Method,
    path: String,
    status: StatusCode,
    started: Instant,
    record: Arc<RequestRecord>,
}

impl Drop for RequestLine {
    fn drop(&mut self) {
        let duration_us = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        let (store_reads, store_writes) = self.record.store_calls();
        tracing::debug!(
            target_component = self.component.as_str(),
            method = self.method.as_str(),
            path = self.path.as_str(),
            status = u64::from(self.status.as_u16()),
            duration_us,
            store_reads,
            store_writes,
            "request"
        );
    }
}

impl Service {
    /// Always answers. `client` is the value of `spin-client-addr`.
    pub(crate) async fn answer(
        &self,
        request: Request<Incoming>,
        client: &HeaderValue,
        fate: &BodyFate,
    ) -> Response<ResponseBody> {
        let mut line = tracing::enabled!(tracing::Level::DEBUG).then(|| RequestLine {
            component: String::new(),
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            status: StatusCode::OK,
            started: Instant::now(),
            record: Arc::default(),
        });
        let mut response = match self.dispatch(request, client, fate, line.as_mut()).await {
            Ok(response) => response,
            Err(problem) => problem.response().map(ResponseBody::full),
        };
        if fate.is_late() {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        if let Some(line) = &mut line {
            line.status = response.status();
        }
        response.body_mut().set_line(line);
        response
    }

    async fn dispatch(
        &self,
        request: Request<Incoming>,
        client: &HeaderValue,
        fate: &BodyFate,
        line: Option<&mut RequestLine>,
    ) -> Result<Response<ResponseBody>, Problem> {
        let (mut head, incoming) = request.into_parts();
        let target = Target::new(&head.uri, &head.headers)?;
        if let Some(name) = target.path().strip_prefix(RESERVED_PREFIX) {
            return if name == "health" { Ok(healthy()) } else { Err(Problem::NotFound) };
        }
        let found = self.router.find(target.path()).ok_or(Problem::NotFound)?;
        let permit = Arc::clone(&self.permits).try_acquire_owned().map_err(|_| Problem::Overloaded)?;
        let handler = found.target;
        target.add_headers(&mut head.headers, client, &found);
        head.uri = target.into_uri().map_err(|_| Problem::InvalidTarget)?;
        let (ended, ending) = oneshot::channel();
        let data = RequestData { permit, record: Arc::default(), ended };
        if let Some(line) = line {
            line.component.clone_from(&handler.state().id);
            line.record = Arc::clone(&data.record);
        }
        let method = head.method.clone();
        let request = Request::from_parts(head, self.body(incoming, fate));
        run(handler, data, request, &method, ending).await
    }

    fn body(&self, incoming: Incoming, fate: &BodyFate) -> WasiBody {
        if incoming.is_end_stream() {
            return Empty::new().map_err(Error::from).boxed_unsync();
        }
        let deadline = tokio::time::Instant::now() + self.body_timeout;
        TimedBody::new(incoming, deadline, fate.clone()).boxed_unsync()
    }
}

async fn run(
    handler: &Handler,
    data: RequestData,
    request: Request<WasiBody>,
    method: &Method,
    ending: oneshot::Receiver<wasmtime::Result<()>>,
) -> Result<Response<ResponseBody>, Problem> {
    let started = Instant::now();
    let outcome = match handler.handle(data, request).await {
        Ok(response) => response::settle(response, method).await,
        Err(error) => Err(format!("{error:#}")),
    };
    let error = match outcome {
        Ok(response) => return Ok(response),
        Err(error) => error,
    };
    // A trap is a better reason than the answer that did not come because of it.
    let error = match ending.await {
        Ok(Err(trap)) => format!("{trap:#}"),
        Ok(Ok(())) | Err(_) => error,
    };
    let target_component = handler.state().id.as_str();
    let time_limit = handler.state().time_limit;
    if started.elapsed() >= time_limit {
        tracing::warn!(target_component, time_limit_s = time_limit.as_secs(), "request_timeout");
        return Err(Problem::RequestTimeout);
    }
    tracing::error!(target_component, error, "component_failed");
    Err(Problem::Internal)
}

fn healthy() -> Response<ResponseBody> {
    let mut response = Response::new(ResponseBody::full(Bytes::from_static(b"OK")));
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("2"));
    response
}
