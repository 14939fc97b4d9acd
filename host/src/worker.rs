//! One component behind wasmtime's [`ProxyHandler`]: a fresh instance for each request, dropped when it is done or
//! its time is up.

use crate::instance::{Grants, InstanceState, RequestRecord};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::time::Sleep;
use wasmtime::component::GuestTaskId;
use wasmtime::{Store, StoreContextMut};
use wasmtime_wasi_http::WasiHttpView;
use wasmtime_wasi_http::handler::{
    HandlerState, Instance, ProxyHandler, ProxyPre, ShouldAccept, WorkerExpiration, WorkerState, WorkerStatus,
};

/// Runs requests on one component.
pub(crate) type Handler = ProxyHandler<Worker>;

/// How to make an instance of one component.
pub(crate) struct Worker {
    /// The component's ID in the manifest.
    pub(crate) id: String,
    pub(crate) component: ProxyPre<InstanceState>,
    pub(crate) grants: Arc<Grants>,
    /// How long an instance may live.
    pub(crate) time_limit: Duration,
    /// How much memory it may have, in bytes.
    pub(crate) memory_bytes: usize,
}

/// What goes with a request into the instance.
pub(crate) struct RequestData {
    pub(crate) permit: OwnedSemaphorePermit,
    pub(crate) record: Arc<RequestRecord>,
    /// Learns how the instance ended, which is where a trap shows.
    pub(crate) ended: oneshot::Sender<wasmtime::Result<()>>,
}

impl HandlerState for Worker {
    type StoreData = InstanceState;
    type WorkerExpiration = Expiration;
    type WorkerState = OneRequest;

    async fn instantiate(&self) -> wasmtime::Result<Instance<InstanceState, Expiration, OneRequest>> {
        let expiration = Expiration(Box::pin(tokio::time::sleep(self.time_limit)));
        let state = InstanceState::new(Arc::clone(&self.grants), self.memory_bytes);
        let engine = match &self.component {
            ProxyPre::P2(component) => component.engine(),
        };
        let mut store = Store::new(engine, state);
        store.limiter(|state| &mut state.memory);
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        let proxy = self.component.instantiate_async(&mut store).await?;
        Ok(Instance {
            store,
            proxy,
            view: InstanceState::http,
            expiration,
            state: OneRequest { component: self.id.clone() },
        })
    }
}

/// The end of an instance's time. It is polled outside the guest, so it also ends a guest that is busy.
pub(crate) struct Expiration(Pin<Box<Sleep>>);

impl WorkerExpiration for Expiration {
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>, _: WorkerStatus, _: Instant) -> Poll<()> {
        self.0.as_mut().poll(context)
    }
}

/// An instance answers one request and no other.
pub(crate) struct OneRequest {
    component: String,
}

impl WorkerState for OneRequest {
    type StoreData = InstanceState;
    type RequestData = RequestData;

    fn should_accept_request(&self, _: usize, total: usize) -> ShouldAccept {
        if total == 0 { ShouldAccept::Yes } else { ShouldAccept::Never }
    }

    fn on_request_start(
        &self,
        mut store: StoreContextMut<'_, InstanceState>,
        request: RequestData,
        _: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + Sync>> {
        let state = store.data_mut();
        state.permit = Some(request.permit);
        state.record = request.record;
        state.ended = Some(request.ended);
        // `Expiration` ends the request, and this cannot while the guest is busy.
        Box::pin(std::future::pending())
    }

    fn drop(&self, mut store: Store<InstanceState>, result: wasmtime::Result<()>) {
        let state = store.data_mut();
        state.output.finish();
        let permit = state.permit.take();
        let ended = state.ended.take();
        // In this order, or the next request could come before the pool has the place back.
        drop(store);
        drop(permit);
        let unheard = match ended {
            Some(ended) => ended.send(result).err(),
            None => Some(result),
        };
        // The service waits for the reason of a request that failed. This one was answered before.
        if let Some(Err(error)) = unheard {
            let component = self.component.as_str();
            tracing::error!(target_component = component, error = %format_args!("{error:#}"), "component_failed_after_answer");
        }
    }
}
