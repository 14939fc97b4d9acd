use wasip2::clocks::monotonic_clock;

pub(crate) async fn pause() {
    sleep(0).await;
}

/// Blocks on a pollable, which in WASI 0.2 is how a guest lets its host go on.
pub(crate) async fn sleep(millis: u64) {
    monotonic_clock::subscribe_duration(millis.saturating_mul(1_000_000)).block();
}
