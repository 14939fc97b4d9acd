use spin_sdk::wit_bindgen::{backpressure_dec, backpressure_inc};

/// The host begins no request on this instance while a value of this type exists; such a request would have to wait at each
/// pause of a hash. The value is dropped with the future that holds it, also when the host cancels that future because the
/// client has disconnected.
///
/// It has to be raised before the request waits for anything. For each new request, wasmtime 48
/// (`wasmtime_wasi_http::handler`) wakes one instance: the one that was the first to ask for a request. If that instance
/// accepts no more requests, the new request waits for it all the same. So an instance that is about to work for a long
/// time must not have asked, and an instance asks when it waits.
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
