//! One component behind wasmtime's [`ProxyHandler`]. For WASI 0.2 a fresh instance answers each request and is dropped
//! when it is done or its time is up. For WASI 0.3 an instance answers several, also at the same time, and waits a
//! moment for more.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use wasmtime::component::GuestTaskId;
use wasmtime::{Store, StoreContextMut};
use wasmtime_wasi_http::WasiHttpView;
use wasmtime_wasi_http::handler::{HandlerState, Instance, ProxyHandler, ProxyPre, ShouldAccept, WorkerState};

use crate::expiration::Expiration;
use crate::instance::{Grants, InstanceState};
use crate::instances::{InstancePermit, Instances};
use crate::running::{InstanceRequests, RunningRequest, Unanswered};

/// Runs requests on one component.
pub(crate) type Handler = ProxyHandler<Worker>;

/// What every instance is bounded by.
pub(crate) struct InstanceLimits {
    /// How long it may work on one request.
    pub(crate) request_time: Duration,
    /// How much memory it may have, in bytes.
    pub(crate) memory_bytes: usize,
    /// How many requests it may answer, for WASI 0.3.
    pub(crate) requests: usize,
    /// How many of them at the same time, for WASI 0.3.
    pub(crate) concurrent_requests: usize,
    /// How long it may wait for another, for WASI 0.3.
    pub(crate) idle_time: Duration,
}

/// How to make an instance of one component.
pub(crate) struct Worker {
    /// The component's ID in the manifest.
    pub(crate) id: String,
    pub(crate) component: ProxyPre<InstanceState>,
    pub(crate) grants: Arc<Grants>,
    pub(crate) limits: Arc<InstanceLimits>,
    pub(crate) instances: Arc<Instances>,
}

impl Worker {
    /// Whether an instance answers one request and no other.
    pub(crate) fn is_single_use(&self) -> bool {
        matches!(self.component, ProxyPre::P2(_))
    }
}

impl HandlerState for Worker {
    type StoreData = InstanceState;
    type WorkerExpiration = Expiration;
    type WorkerState = Reuse;

    async fn instantiate(&self) -> wasmtime::Result<Instance<InstanceState, Expiration, Reuse>> {
        let permit = self.instances.permit().await?;
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
            },
        })
    }
}

/// Which requests an instance takes.
pub(crate) struct Reuse {
    component: String,
    requests: Arc<InstanceRequests>,
    single_use: bool,
    max_total: usize,
    max_concurrent: usize,
    _permit: InstancePermit,
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
            // It lasts as long as the instance, which `Expiration` ends.
            store.data_mut().only_request = Some(request);
            return Box::pin(std::future::pending());
        }
        // Dropped when there is a response, whose body then holds the request.
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
        // In this order, or the next request could come before the pool has the permit back.
        drop(store);
        drop(only_request);
        let result = result.map_err(|error| format!("{error:#}"));
        let mut heard = false;
        for request in waiting {
            heard |= request.send(result.clone()).is_ok();
        }
        // The service waits for the reason of a request that failed. All of these were answered before.
        if let (false, false, Err(error)) = (heard, self.requests.is_exhausted(), result) {
            tracing::error!(target_component = self.component.as_str(), error, "component_failed_after_answer");
        }
    }
}
