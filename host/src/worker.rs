//! Runs one component by wasmtime's [`ProxyHandler`]. An instance answers several requests, of WASI 0.3 also at the same time, and
//! waits a moment for more. A request that handles a password is the last one that its instance gets.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use wasmtime::component::GuestTaskId;
use wasmtime::{Store, StoreContextMut};
use wasmtime_wasi_http::WasiHttpView;
use wasmtime_wasi_http::handler::{HandlerState, Instance, ProxyHandler, ProxyPre, ShouldAccept, WorkerState};

use crate::expiration::Expiration;
use crate::instance::{Grants, InstanceState};
use crate::metrics::{Counted, Metrics};
use crate::permits::{Permit, Permits};
use crate::running::{InstanceRequests, RunningRequest, Unanswered};

/// Runs requests on one component.
pub(crate) type Handler = ProxyHandler<Worker>;

/// The limits of every instance.
pub(crate) struct InstanceLimits {
    /// How long it may work on one request.
    pub(crate) request_time: Duration,
    /// How much memory it may have, in bytes.
    pub(crate) memory_bytes: usize,
    /// How many requests it may answer.
    pub(crate) requests: usize,
    /// How many requests it may answer at the same time, for WASI 0.3.
    pub(crate) concurrent_requests: usize,
    /// How long it may wait for another request.
    pub(crate) idle_time: Duration,
}

/// What is needed to make instances of one component.
pub(crate) struct Worker {
    /// The component's ID in the manifest.
    pub(crate) id: String,
    pub(crate) component: ProxyPre<InstanceState>,
    pub(crate) grants: Arc<Grants>,
    pub(crate) limits: Arc<InstanceLimits>,
    pub(crate) instances: Arc<Permits>,
    /// Methods, and patterns of routes, of the requests that compute for long.
    pub(crate) long_requests: BTreeSet<(String, String)>,
    pub(crate) metrics: Metrics,
}

impl Worker {
    /// Whether the request needs one of the places for those that compute for long.
    pub(crate) fn computes_long(&self, method: &Method, pattern: &str) -> bool {
        self.long_requests.iter().any(|(long, route)| long == method.as_str() && route == pattern)
    }

    /// Whether the component is of WASI 0.2, whose instances answer one request at a time.
    pub(crate) fn is_wasi_0_2(&self) -> bool {
        matches!(self.component, ProxyPre::P2(_))
    }
}

impl HandlerState for Worker {
    type StoreData = InstanceState;
    type WorkerExpiration = Expiration;
    type WorkerState = Reuse;

    async fn instantiate(&self) -> wasmtime::Result<Instance<InstanceState, Expiration, Reuse>> {
        let waiting = self.metrics.wait_for_instance();
        let permit = self.instances.permit().await?;
        drop(waiting);
        let requests = Arc::<InstanceRequests>::default();
        let state = InstanceState::new(Arc::clone(&self.grants), Arc::clone(&requests), self.limits.memory_bytes);
        let output = state.output.clone();
        let engine = match &self.component {
            ProxyPre::P2(component) => component.engine(),
            ProxyPre::P3(component) => component.engine(),
        };
        let mut store = Store::new(engine, state);
        store.limiter(|state| &mut state.memory);
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        let proxy = self.component.instantiate_async(&mut store).await?;
        let max_concurrent = if self.is_wasi_0_2() { 1 } else { self.limits.concurrent_requests };
        let instances = Arc::clone(&self.instances);
        Ok(Instance {
            store,
            proxy,
            view: InstanceState::http,
            expiration: Expiration::new(Arc::clone(&requests), instances, output, self.limits.idle_time),
            state: Reuse {
                component: self.id.clone(),
                requests,
                max_total: self.limits.requests,
                max_concurrent,
                _permit: permit,
                _counted: self.metrics.begin_instance(&self.id),
            },
        })
    }
}

/// Decides which requests an instance accepts.
pub(crate) struct Reuse {
    component: String,
    requests: Arc<InstanceRequests>,
    max_total: usize,
    max_concurrent: usize,
    _permit: Permit,
    _counted: Counted,
}

impl WorkerState for Reuse {
    type StoreData = InstanceState;
    type RequestData = Arc<RunningRequest>;

    fn should_accept_request(&self, concurrent: usize, total: usize) -> ShouldAccept {
        if total >= self.max_total || self.requests.is_closed() {
            ShouldAccept::Never
        } else if concurrent >= self.max_concurrent {
            ShouldAccept::No
        } else {
            ShouldAccept::Yes
        }
    }

    fn on_request_start(
        &self,
        store: StoreContextMut<'_, InstanceState>,
        request: Arc<RunningRequest>,
        task: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + Sync>> {
        if self.max_concurrent == 1 {
            // What the request before has left of a line is no part of a line of this one.
            store.data().output.finish();
        }
        self.requests.add(task, &request);
        // Wasmtime drops this future when there is a response. The body of the response then holds the request.
        let (requests, request) = (Arc::clone(&self.requests), Unanswered(request));
        Box::pin(async move {
            tokio::time::sleep_until(request.0.deadline.into()).await;
            requests.set_exhausted();
        })
    }

    fn drop(&self, store: Store<InstanceState>, result: wasmtime::Result<()>) {
        store.data().output.finish();
        let waiting = self.requests.waiting();
        drop(store);
        let result = result.map_err(|error| format!("{error:#}"));
        let mut heard = false;
        for request in waiting {
            heard |= request.send(result.clone()).is_ok();
        }
        // If a request failed, its caller waits for the reason and logs it. Here nobody waits: all requests were answered
        // before, so the error is logged here.
        let is_expected = self.requests.is_exhausted() || self.requests.are_given_up();
        if let (false, false, Err(error)) = (heard, is_expected, result) {
            tracing::error!(target_component = self.component.as_str(), error, "component_failed_after_answer");
        }
    }
}
