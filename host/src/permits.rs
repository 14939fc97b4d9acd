//! Limits how many instances of components exist at the same time, because memory is reserved for each. When all permits are
//! taken and somebody needs one, those who hold one and are idle give theirs up.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{AcquireError, Notify, OwnedSemaphorePermit, Semaphore};

/// One permit for each instance that may exist.
pub(crate) struct Permits {
    permits: Arc<Semaphore>,
    total: u32,
    /// The number of callers that wait for a permit.
    waiting: AtomicUsize,
    wake_idle: Notify,
}

/// It returns to the semaphore when it is dropped.
pub(crate) type Permit = OwnedSemaphorePermit;

impl Permits {
    pub(crate) fn new(total: u32) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(total as usize)),
            total,
            waiting: AtomicUsize::new(0),
            wake_idle: Notify::new(),
        }
    }

    /// Waits for a permit. When nobody who holds one is idle, the wait lasts until one of them ends.
    ///
    /// # Errors
    ///
    /// Never: the semaphore is not closed.
    pub(crate) async fn permit(&self) -> Result<Permit, AcquireError> {
        if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
            return Ok(permit);
        }
        let _waiting = Waiting::new(self);
        Arc::clone(&self.permits).acquire_owned().await
    }

    /// Whether somebody waits for a permit.
    pub(crate) fn are_wanted(&self) -> bool {
        self.waiting.load(Ordering::SeqCst) > 0
    }

    /// Returns when somebody waits for a permit. Who is idle polls this, to give the own permit up.
    pub(crate) async fn wanted(self: Arc<Self>) {
        loop {
            let mut wake = std::pin::pin!(self.wake_idle.notified());
            // Registers for the wake-up before reading `waiting`: a caller that starts to wait after the read still wakes
            // this task.
            wake.as_mut().enable();
            if self.are_wanted() {
                return;
            }
            wake.await;
        }
    }

    /// Makes the idle ones end, and waits until the others have ended too.
    pub(crate) async fn close(&self) {
        let _waiting = Waiting::new(self);
        _ = self.permits.acquire_many(self.total).await;
    }
}

struct Waiting<'a>(&'a Permits);

impl<'a> Waiting<'a> {
    fn new(permits: &'a Permits) -> Self {
        permits.waiting.fetch_add(1, Ordering::SeqCst);
        permits.wake_idle.notify_waiters();
        Self(permits)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn who_is_idle_makes_way() {
        let permits = Arc::new(Permits::new(1));
        let permit = permits.permit().await.unwrap();
        let short = Duration::from_millis(20);
        timeout(short, Arc::clone(&permits).wanted()).await.unwrap_err();
        timeout(short, permits.permit()).await.err().unwrap();
        // The waiter above has timed out, so nobody waits any more.
        timeout(short, Arc::clone(&permits).wanted()).await.unwrap_err();
        let idle = tokio::spawn({
            let permits = Arc::clone(&permits);
            async move {
                permits.wanted().await;
                drop(permit);
            }
        });
        drop(timeout(Duration::from_secs(10), permits.permit()).await.unwrap().unwrap());
        idle.await.unwrap();
    }

    #[tokio::test]
    async fn closing_ends_the_idle_and_waits_for_the_running() {
        let permits = Arc::new(Permits::new(2));
        let running = permits.permit().await.unwrap();
        let idle = permits.permit().await.unwrap();
        let wanted = tokio::spawn({
            let permits = Arc::clone(&permits);
            async move {
                permits.wanted().await;
                drop(idle);
            }
        });
        let closing = tokio::spawn({
            let permits = Arc::clone(&permits);
            async move { permits.close().await }
        });
        wanted.await.unwrap();
        assert!(!closing.is_finished());
        drop(running);
        closing.await.unwrap();
    }
}
