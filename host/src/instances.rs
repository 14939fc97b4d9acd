//! Limits how many instances exist at the same time, over all components, to the number that memory is reserved for. When
//! all permits are taken and a request needs an instance, an idle instance ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{AcquireError, Notify, OwnedSemaphorePermit, Semaphore};

/// One permit for each instance that may exist.
pub(crate) struct Instances {
    permits: Arc<Semaphore>,
    total: u32,
    /// The number of callers that wait for a permit.
    waiting: AtomicUsize,
    wake_idle: Notify,
}

/// The permit of one instance. It returns to the semaphore when it is dropped.
pub(crate) type InstancePermit = OwnedSemaphorePermit;

impl Instances {
    pub(crate) fn new(total: u32) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(total as usize)),
            total,
            waiting: AtomicUsize::new(0),
            wake_idle: Notify::new(),
        }
    }

    /// Waits for a permit. When no instance is idle, the wait lasts until some running instance ends.
    ///
    /// # Errors
    ///
    /// Never: the semaphore is not closed.
    pub(crate) async fn permit(&self) -> Result<InstancePermit, AcquireError> {
        if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
            return Ok(permit);
        }
        let _waiting = Waiting::new(self);
        Arc::clone(&self.permits).acquire_owned().await
    }

    /// Returns when somebody waits for a permit. An idle instance polls this, because it could give its permit up.
    pub(crate) async fn wanted(self: Arc<Self>) {
        loop {
            let mut wake = std::pin::pin!(self.wake_idle.notified());
            // Registers for the wake-up before reading `waiting`: a caller that starts to wait after the read still wakes
            // this task.
            wake.as_mut().enable();
            if self.waiting.load(Ordering::SeqCst) > 0 {
                return;
            }
            wake.await;
        }
    }

    /// Makes the idle instances end, and waits until the others have ended too.
    pub(crate) async fn close(&self) {
        let _waiting = Waiting::new(self);
        _ = self.permits.acquire_many(self.total).await;
    }
}

struct Waiting<'a>(&'a Instances);

impl<'a> Waiting<'a> {
    fn new(instances: &'a Instances) -> Self {
        instances.waiting.fetch_add(1, Ordering::SeqCst);
        instances.wake_idle.notify_waiters();
        Self(instances)
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
    async fn an_idle_instance_makes_way() {
        let instances = Arc::new(Instances::new(1));
        let permit = instances.permit().await.unwrap();
        let short = Duration::from_millis(20);
        timeout(short, Arc::clone(&instances).wanted()).await.unwrap_err();
        timeout(short, instances.permit()).await.err().unwrap();
        // The waiter above has timed out, so nobody waits any more.
        timeout(short, Arc::clone(&instances).wanted()).await.unwrap_err();
        let idle = tokio::spawn({
            let instances = Arc::clone(&instances);
            async move {
                instances.wanted().await;
                drop(permit);
            }
        });
        drop(timeout(Duration::from_secs(10), instances.permit()).await.unwrap().unwrap());
        idle.await.unwrap();
    }

    #[tokio::test]
    async fn closing_ends_the_idle_and_waits_for_the_running() {
        let instances = Arc::new(Instances::new(2));
        let running = instances.permit().await.unwrap();
        let idle = instances.permit().await.unwrap();
        let wanted = tokio::spawn({
            let instances = Arc::clone(&instances);
            async move {
                instances.wanted().await;
                drop(idle);
            }
        });
        let closing = tokio::spawn({
            let instances = Arc::clone(&instances);
            async move { instances.close().await }
        });
        wanted.await.unwrap();
        assert!(!closing.is_finished());
        drop(running);
        closing.await.unwrap();
    }
}
