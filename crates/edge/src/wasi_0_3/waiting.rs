use spin_sdk::wasip3::clocks::monotonic_clock::wait_for;
use spin_sdk::wit_bindgen::yield_async;

/// Lets the host continue with other instances, and with what this instance had begun before it raised back-pressure.
pub(crate) async fn pause() {
    yield_async().await;
}

pub(crate) async fn sleep(millis: u64) {
    wait_for(millis.saturating_mul(1_000_000)).await;
}
