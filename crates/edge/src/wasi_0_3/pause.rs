use service::ports::Pause;
use spin_sdk::wasip3::clocks::monotonic_clock::wait_for;
use spin_sdk::wit_bindgen::yield_async;

use crate::Wasi;

impl Pause for Wasi {
    /// Lets the host go on: with other instances, and with what this one had begun before it raised back-pressure.
    async fn pause(&self) {
        yield_async().await;
    }

    async fn sleep(&self, millis: u64) {
        wait_for(millis.saturating_mul(1_000_000)).await;
    }
}
