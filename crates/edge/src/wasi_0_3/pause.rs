use service::ports::Pause;
use spin_sdk::wasip3::clocks::monotonic_clock::wait_for;
use spin_sdk::wit_bindgen::{backpressure_dec, backpressure_inc, yield_async};

use crate::Wasi;

impl Pause for Wasi {
    /// Lets the host go on with other instances, and with the requests that this one has already, but begin none here:
    /// it would wait for the rest of our work. Between two pauses we hold the instance's only thread, so that nothing
    /// begins here while one piece of work goes on, from its first pause to its last.
    async fn pause(&self) {
        let _raised = BackPressure::raise();
        yield_async().await;
    }

    async fn sleep(&self, millis: u64) {
        wait_for(millis.saturating_mul(1_000_000)).await;
    }
}

/// The host begins no request on this instance while there is one of these. It ends with the future that holds it, also
/// when the host cancels that because the client has gone.
struct BackPressure;

impl BackPressure {
    fn raise() -> Self {
        backpressure_inc();
        Self
    }
}

impl Drop for BackPressure {
    fn drop(&mut self) {
        backpressure_dec();
    }
}
