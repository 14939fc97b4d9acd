//! Calls a component for one request, and returns its answer or the reason why there is none.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::{Method, Request, Response};
use tokio::sync::oneshot;
use tokio::time::{timeout, timeout_at};
use wasmtime_wasi_http::WasiBody;
use wasmtime_wasi_http::handler::TrapOrPanicError;

use crate::problem::Problem;
use crate::response::{self, ResponseBody};
use crate::running::{Caller, RunningRequest};
use crate::worker::Handler;

/// The host gives a request up this long after its time limit, even if it has not heard from the instance: an instance
/// that is busy with several requests does not end at the limit of the first one. The host waits as long for the reason
/// of an instance's end.
const PATIENCE: Duration = Duration::from_millis(100);

/// How a call failed.
struct Failed {
    error: String,
    /// True if the instance ends or has ended. Its result then says more than `error`.
    with_instance: bool,
}

/// Calls the component and waits for the response that is to be sent. `ending` receives the result of the instance when
/// the instance ends.
pub(crate) async fn call(
    handler: &Handler,
    running: Arc<RunningRequest>,
    request: Request<WasiBody>,
    method: &Method,
    ending: oneshot::Receiver<Result<(), String>>,
) -> Result<Response<ResponseBody>, Problem> {
    let give_up = running.deadline + PATIENCE;
    let mut caller = Caller { request: Arc::clone(&running), has_response: false };
    let outcome = timeout_at(give_up.into(), attempt(handler, &running, request, method)).await;
    caller.has_response = true;
    let failed = match outcome {
        Ok(Ok(response)) => return Ok(response),
        Ok(Err(failed)) => failed,
        Err(_) => Failed { error: "no answer in time".to_owned(), with_instance: false },
    };
    let error = if failed.with_instance {
        match timeout(PATIENCE, ending).await {
            Ok(Ok(Err(trap))) => trap,
            _ => failed.error,
        }
    } else {
        failed.error
    };
    let target_component = handler.state().id.as_str();
    if Instant::now() >= running.deadline {
        let time_limit_s = handler.state().limits.request_time.as_secs();
        tracing::warn!(target_component, time_limit_s, "request_timeout");
        return Err(Problem::RequestTimeout);
    }
    tracing::error!(target_component, error, "component_failed");
    Err(Problem::Internal)
}

async fn attempt(
    handler: &Handler,
    running: &Arc<RunningRequest>,
    request: Request<WasiBody>,
    method: &Method,
) -> Result<Response<ResponseBody>, Failed> {
    let response = handler.handle(Arc::clone(running), request).await.map_err(|error| Failed {
        // An instance of WASI 0.2 that traps may tell so only at its end.
        with_instance: handler.state().is_wasi_0_2() || error.is::<TrapOrPanicError>(),
        error: format!("{error:#}"),
    })?;
    let settled = response::settle(response, method, Arc::clone(running)).await;
    settled.map_err(|error| Failed { error, with_instance: true })
}
