//! Runs one component by wasmtime's [`ProxyHandler`]. For WASI 0.2 a fresh instance answers each request, and is dropped
//! when it is done or its time is up. For WASI 0.3 an instance answers several requests, also at the same time, and then
//! waits a moment for more.

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
    /// How many requests it may answer, for WASI 0.3.
    pub(crate) requests: usize,
    /// How many requests it may answer at the same time, for WASI 0.3.
    pub(crate) concurrent_requests: usize,
    /// How long it may wait for another request, for WASI 0.3.
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

    /// Whether an instance answers exactly one request.
    pub(crate) fn is_single_use(&self) -> bool {
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
        let single_use = self.is_single_use();
        let count = |number: usize| if single_use { 1 } else { number };
        let instances = Arc::clone(&self.instances);
        Ok(Instance {
            store,
            proxy,
            view: InstanceState::http,
            expiration: Expiration::new(Arc::clone(&requests), instances, output, self.limits.idle_time),
            state: Reuse {
                component: self.id.clone(),
                requests,
                single_use,
                max_total: count(self.limits.requests),
                max_concurrent: count(self.limits.concurrent_requests),
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
    single_use: bool,
    max_total: usize,
    max_concurrent: usize,
    _permit: Permit,
    _counted: Counted,
}

impl WorkerState for Reuse {
    type StoreData = InstanceState;
    type RequestData = Arc<RunningRequest>;

    fn should_accept_request(&self, concurrent: usize, total: usize) -> ShouldAccept {
        if total >= self.max_total || self.requests.is_exhausted() {
            ShouldAccept::Never
        } else if concurrent >= self.max_concurrent {
            ShouldAccept::No
        } else {
            ShouldAccept::Yes
        }
    }

    fn on_request_start(
        &self,
        mut store: StoreContextMut<'_, InstanceState>,
        request: Arc<RunningRequest>,
        task: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + Sync>> {
        self.requests.add(task, &request);
        if self.single_use {
            // The request lasts as long as the instance, and `Expiration` ends the instance in time. So this future has
            // nothing to do.
            store.data_mut().only_request = Some(request);
            return Box::pin(std::future::pending());
        }
        // Wasmtime drops this future when there is a response. The body of the response then holds the request.
        let (requests, request) = (Arc::clone(&self.requests), Unanswered(request));
        Box::pin(async move {
            tokio::time::sleep_until(request.0.deadline.into()).await;
            requests.set_exhausted();
        })
    }

    fn drop(&self, mut store: Store<InstanceState>, result: wasmtime::Result<()>) {
        let state = store.data_mut();
        state.output.finish();
        let waiting = self.requests.waiting();
        let only_request = state.only_request.take();
        // The store goes first, because `only_request` holds the permit to run a request: in the other order the next
        // request could start before the pool has the memory of this instance back.
        drop(store);
        drop(only_request);
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
