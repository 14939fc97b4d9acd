//! The state of one component instance: what it is granted, what it has used.

use std::collections::BTreeMap;
use std::sync::Arc;

use wasmtime::ResourceLimiter;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView};

use crate::guest_output::GuestOutput;
use crate::request::MAX_HEAD;
use crate::running::{InstanceRequests, RunningRequest};
use crate::store::Bucket;

/// What the manifest grants a component, resolved.
pub(crate) struct Grants {
    /// By label.
    pub(crate) stores: BTreeMap<String, Bucket>,
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) environment: Vec<(String, String)>,
}

/// The data of a wasmtime store.
pub(crate) struct InstanceState {
    pub(crate) table: ResourceTable,
    pub(crate) grants: Arc<Grants>,
    pub(crate) requests: Arc<InstanceRequests>,
    pub(crate) memory: MemoryBudget,
    pub(crate) output: GuestOutput,
    /// The request of an instance that gets no other: it has ended when the instance is gone.
    pub(crate) only_request: Option<Arc<RunningRequest>>,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    hooks: NoOutgoingRequests,
}

impl InstanceState {
    pub(crate) fn new(grants: Arc<Grants>, requests: Arc<InstanceRequests>, memory_bytes: usize) -> Self {
        let output = GuestOutput::default();
        let mut http = WasiHttpCtx::new();
        // The connection has bounded the head already; this counts more than its bytes.
        http.set_field_size_limit(4 * MAX_HEAD);
        let wasi = WasiCtx::builder()
            .stdout(output.clone())
            .stderr(output.clone())
            .envs(&grants.environment)
            .allow_tcp(false)
            .allow_udp(false)
            .build();
        Self {
            table: ResourceTable::new(),
            grants,
            requests,
            memory: MemoryBudget { left_bytes: memory_bytes },
            output,
            only_request: None,
            wasi,
            http,
            hooks: NoOutgoingRequests,
        }
    }
}

impl WasiView for InstanceState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for InstanceState {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks: &mut self.hooks }
    }
}

struct NoOutgoingRequests;

/// How the answer to an outgoing request, or the upload of its body, ends.
type Ending = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Sent = Result<(http::Response<WasiBody>, Ending), Error>;

impl WasiHttpHooks for NoOutgoingRequests {
    fn send_request(
        &mut self,
        _: http::Request<WasiBody>,
        _: Option<RequestOptions>,
        _: Ending,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        Box::new(std::future::ready(Err(Error::HttpRequestDenied)))
    }
}

/// Bytes that the linear memories of an instance may still take, all together.
pub(crate) struct MemoryBudget {
    left_bytes: usize,
}

impl ResourceLimiter for MemoryBudget {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        match self.left_bytes.checked_sub(desired.saturating_sub(current)) {
            Some(left_bytes) => {
                self.left_bytes = left_bytes;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        // The pool's limit is enough.
        Ok(true)
    }
}
