use wasip2::clocks::monotonic_clock;

pub(crate) async fn pause() {
    sleep(0).await;
}

/// Blocks on a pollable, which is how a guest of WASI 0.2 lets its host do other work.
pub(crate) async fn sleep(millis: u64) {
    monotonic_clock::subscribe_duration(millis.saturating_mul(1_000_000)).block();
}
