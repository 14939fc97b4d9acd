//! The steps of answering a request: the host's own paths, the route, the body, a place to run, the call of the component.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Incoming;
use wasmtime_wasi_http::WasiBody;

use crate::access_log::AccessLogLine;
use crate::component_call::call;
use crate::metrics::{self, Metrics};
use crate::permits::Permits;
use crate::places::AllPlaces;
use crate::problem::{Form, Problem};
use crate::request::{Addresses, Target};
use crate::request_body::{self, BodyFate, BodyLimits};
use crate::response::ResponseBody;
use crate::route::{RESERVED_PREFIX, Router};
use crate::running::RunningRequest;
use crate::worker::Handler;

/// Answers requests.
pub(crate) struct Service {
    pub(crate) router: Router,
    /// By the component's ID.
    pub(crate) handlers: BTreeMap<String, Handler>,
    pub(crate) places: Arc<AllPlaces>,
    pub(crate) instances: Arc<Permits>,
    pub(crate) body_limits: BodyLimits,
    pub(crate) metrics: Metrics,
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
        let (started, _running) = (Instant::now(), self.metrics.begin_request());
        let (method, mut component) = (request.method().clone(), metrics::HOST);
        let mut line = tracing::enabled!(tracing::Level::DEBUG).then(|| AccessLogLine {
            component: String::new(),
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            status: gone(),
            started,
            record: Arc::default(),
        });
        let form = Form::preferred(request.headers());
        let mut response = match self.dispatch(request, addresses, fate, line.as_mut(), &mut component).await {
            Ok(response) => response,
            Err(problem) => problem.response(form).map(ResponseBody::full),
        };
        self.metrics.answered(component, &method, response.status(), started);
        if let Some(line) = &mut line {
            line.status = response.status();
        }
        response.body_mut().set_line(line);
        response
    }

    async fn dispatch<'service>(
        &'service self,
        request: Request<Incoming>,
        addresses: &Addresses,
        fate: &BodyFate,
        line: Option<&mut AccessLogLine>,
        component: &mut &'service str,
    ) -> Result<Response<ResponseBody>, Problem> {
        let (mut head, incoming) = request.into_parts();
        // The host's own paths come before any other check of the request, as in Spin.
        if let Some(name) = head.uri.path().strip_prefix(RESERVED_PREFIX) {
            return if name == "health" { Ok(healthy()) } else { Err(Problem::NotFound) };
        }
        let target = Target::new(&head, addresses)?;
        let found = self.router.find(target.path()).ok_or(Problem::NotFound)?;
        let handler = self.handlers.get(&found.route.component).ok_or(Problem::NotFound)?;
        *component = &handler.state().id;
        target.add_headers(&mut head.headers, &addresses.client, &found)?;
        let body = request_body::read(incoming, self.body_limits, fate).await?;
        let computes_long = handler.state().computes_long(&head.method, &found.route.pattern);
        let waiting = self.metrics.wait_for_place(computes_long);
        fate.progress().begin_wait();
        let place = self.places.of(computes_long).take(addresses.network).await;
        fate.progress().begin_answer();
        drop(waiting);
        let place = place?;
        head.uri = target.into_uri().map_err(|_| Problem::InvalidTarget)?;
        let deadline = Instant::now() + handler.state().limits.request_time;
        let (running, ending) = RunningRequest::new(place, deadline, computes_long);
        if let Some(line) = line {
            line.component.clone_from(&handler.state().id);
            line.record = Arc::clone(&running.record);
        }
        let method = head.method.clone();
        let request = Request::from_parts(head, guest_body(body));
        call(handler, running, request, &method, ending).await
    }
}

fn guest_body(bytes: Bytes) -> WasiBody {
    if bytes.is_empty() {
        return Empty::new().map_err(|never| match never {}).boxed_unsync();
    }
    Full::new(bytes).map_err(|never| match never {}).boxed_unsync()
}

/// The status of a request whose client went away before the answer, in the log alone. It is nginx's.
fn gone() -> StatusCode {
    StatusCode::from_u16(499).unwrap_or_default()
}

fn healthy() -> Response<ResponseBody> {
    let mut response = Response::new(ResponseBody::full(Bytes::from_static(b"OK")));
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("2"));
    response
}
