//! The steps of answering a request: the host's own paths, the route, a permit to run, the call of the component.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::body::{Body, Incoming};
use tokio::sync::Semaphore;
use wasmtime_wasi_http::{Error, WasiBody};

use crate::access_log::AccessLogLine;
use crate::component_call::call;
use crate::permits::Permits;
use crate::problem::Problem;
use crate::request::{Addresses, Target};
use crate::request_body::{BodyFate, TimedBody};
use crate::response::ResponseBody;
use crate::route::{RESERVED_PREFIX, Router};
use crate::running::RunningRequest;
use crate::worker::Handler;

/// Answers requests.
pub(crate) struct Service {
    pub(crate) router: Router,
    /// By the component's ID.
    pub(crate) handlers: BTreeMap<String, Handler>,
    /// One for each request that may run at the same time.
    pub(crate) permits: Arc<Semaphore>,
    pub(crate) instances: Arc<Permits>,
    /// How long a client may take to send a body.
    pub(crate) body_timeout: Duration,
}

impl Service {
    /// Answers every request, if need be with a problem.
    pub(crate) async fn answer(
        &self,
        request: Request<Incoming>,
        addresses: &Addresses,
        fate: &BodyFate,
    ) -> Response<ResponseBody> {
        fate.begin(request.body());
        let mut line = tracing::enabled!(tracing::Level::DEBUG).then(|| AccessLogLine {
            component: String::new(),
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            status: StatusCode::OK,
            started: Instant::now(),
            record: Arc::default(),
        });
        let mut response = match self.dispatch(request, addresses, fate, line.as_mut()).await {
            Ok(response) => response,
            Err(problem) => problem.response().map(ResponseBody::full),
        };
        if let Some(line) = &mut line {
            line.status = response.status();
        }
        response.body_mut().set_line(line);
        response
    }

    async fn dispatch(
        &self,
        request: Request<Incoming>,
        addresses: &Addresses,
        fate: &BodyFate,
        line: Option<&mut AccessLogLine>,
    ) -> Result<Response<ResponseBody>, Problem> {
        let (mut head, incoming) = request.into_parts();
        // The host's own paths come before any other check of the request, as in Spin.
        if let Some(name) = head.uri.path().strip_prefix(RESERVED_PREFIX) {
            return if name == "health" { Ok(healthy()) } else { Err(Problem::NotFound) };
        }
        let target = Target::new(&head, &addresses.own)?;
        let found = self.router.find(target.path()).ok_or(Problem::NotFound)?;
        let handler = self.handlers.get(&found.route.component).ok_or(Problem::NotFound)?;
        target.add_headers(&mut head.headers, &addresses.client, &found)?;
        let permit = Arc::clone(&self.permits).try_acquire_owned().map_err(|_| Problem::Overloaded)?;
        head.uri = target.into_uri().map_err(|_| Problem::InvalidTarget)?;
        let (running, ending) = RunningRequest::new(permit, Instant::now() + handler.state().limits.request_time);
        if let Some(line) = line {
            line.component.clone_from(&handler.state().id);
            line.record = Arc::clone(&running.record);
        }
        let method = head.method.clone();
        let request = Request::from_parts(head, self.body(incoming, fate));
        call(handler, running, request, &method, ending).await
    }

    fn body(&self, incoming: Incoming, fate: &BodyFate) -> WasiBody {
        if incoming.is_end_stream() {
            return Empty::new().map_err(Error::from).boxed_unsync();
        }
        let deadline = tokio::time::Instant::now() + self.body_timeout;
        TimedBody::new(incoming, deadline, fate.clone()).boxed_unsync()
    }
}

fn healthy() -> Response<ResponseBody> {
    let mut response = Response::new(ResponseBody::full(Bytes::from_static(b"OK")));
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("2"));
    response
}
