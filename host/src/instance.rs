//! The state of one component instance: what it may use and what it has used.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::Semaphore;
use wasmtime::ResourceLimiter;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView};

use crate::guest_output::GuestOutput;
use crate::request::MAX_HEAD;
use crate::running::InstanceRequests;
use crate::sqlite::Database;
use crate::store::Bucket;

/// The most SQLite connections of an instance, as in Spin.
const MAX_CONNECTIONS: usize = 256;

/// What the manifest grants a component, with stores opened and variables resolved.
pub(crate) struct Grants {
    /// By label.
    pub(crate) stores: BTreeMap<String, Bucket>,
    /// By label.
    pub(crate) databases: BTreeMap<String, Arc<Database>>,
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) environment: Vec<(String, String)>,
}

/// The data of a wasmtime store.
pub(crate) struct InstanceState {
    pub(crate) table: ResourceTable,
    pub(crate) grants: Arc<Grants>,
    pub(crate) requests: Arc<InstanceRequests>,
    pub(crate) memory: MemoryBudget,
    /// A place for each SQLite connection that the instance may have open.
    pub(crate) connections: Arc<Semaphore>,
    pub(crate) output: GuestOutput,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    hooks: NoOutgoingRequests,
}

impl InstanceState {
    pub(crate) fn new(grants: Arc<Grants>, requests: Arc<InstanceRequests>, memory_bytes: usize) -> Self {
        let output = GuestOutput::default();
        let mut http = WasiHttpCtx::new();
        // The connection has already limited the head to `MAX_HEAD` bytes. This limit counts more than those bytes, so it
        // has to be higher.
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
            connections: Arc::new(Semaphore::new(MAX_CONNECTIONS)),
            output,
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

/// Completes when the answer to an outgoing request, or the upload of its body, has ended.
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

/// The number of bytes that all linear memories of an instance together may still grow by.
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
        // The pool already limits the size of every table.
        Ok(true)
    }
}
