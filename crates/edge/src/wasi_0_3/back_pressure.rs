use spin_sdk::wit_bindgen::{backpressure_dec, backpressure_inc};

/// The host begins no request on this instance while there is one of these: it would wait at each pause of a hash. It
/// ends with the future that holds it, also when the host cancels that because the client has gone.
///
/// To be raised before a request waits for anything. wasmtime 48 (`wasmtime_wasi_http::handler`) wakes one instance for
/// each request that comes, the one that has asked for a request first; when that takes none any more, the request waits
/// for it all the same. So an instance that is about to work long must not have asked, and it asks when it waits.
pub(crate) struct BackPressure;

impl BackPressure {
    pub(crate) fn raise() -> Self {
        backpressure_inc();
        Self
    }
}

impl Drop for BackPressure {
    fn drop(&mut self) {
        backpressure_dec();
    }
}
