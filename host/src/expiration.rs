//! Decides when an instance ends: at the time limit of its requests, or after some time without a request.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::time::Sleep;
use wasmtime_wasi_http::handler::{WorkerExpiration, WorkerStatus};

use crate::guest_output::GuestOutput;
use crate::permits::Permits;
use crate::running::InstanceRequests;

/// Wasmtime polls this outside the guest, so that it also ends a guest that is busy.
pub(crate) struct Expiration {
    requests: Arc<InstanceRequests>,
    output: GuestOutput,
    idle_time: Duration,
    sleep: Pin<Box<Sleep>>,
    wanted: Pin<Box<dyn Future<Output = ()> + Send + Sync>>,
}

impl Expiration {
    pub(crate) fn new(
        requests: Arc<InstanceRequests>,
        instances: Arc<Permits>,
        output: GuestOutput,
        idle_time: Duration,
    ) -> Self {
        Self {
            requests,
            output,
            idle_time,
            sleep: Box::pin(tokio::time::sleep(idle_time)),
            wanted: Box::pin(instances.wanted()),
        }
    }
}

impl WorkerExpiration for Expiration {
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>, status: WorkerStatus, start: Instant) -> Poll<()> {
        let end = match status {
            WorkerStatus::Idle => {
                // Any later output belongs to another request, so the unfinished line is complete.
                self.output.finish();
                if self.wanted.as_mut().poll(context).is_ready() {
                    return Poll::Ready(());
                }
                start.checked_add(self.idle_time)
            }
            WorkerStatus::Requests | WorkerStatus::PostReturn => match self.requests.deadline() {
                None => return Poll::Ready(()),
                end => end,
            },
        };
        let Some(end) = end.map(tokio::time::Instant::from_std) else { return Poll::Pending };
        if end != self.sleep.deadline() {
            self.sleep.as_mut().reset(end);
        }
        self.sleep.as_mut().poll(context)
    }
}
