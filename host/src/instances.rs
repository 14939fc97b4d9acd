//! How many instances there are at the same time, all components together: as many as memory is reserved for. One
//! that is idle makes way for another when all places are taken.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{AcquireError, Notify, OwnedSemaphorePermit, Semaphore};

/// The places for instances.
pub(crate) struct Instances {
    places: Arc<Semaphore>,
    total: u32,
    /// How many wait for a place.
    waiting: AtomicUsize,
    wake_idle: Notify,
}

/// An instance's own, given back when it is dropped.
pub(crate) type Place = OwnedSemaphorePermit;

impl Instances {
    pub(crate) fn new(total: u32) -> Self {
        Self {
            places: Arc::new(Semaphore::new(total as usize)),
            total,
            waiting: AtomicUsize::new(0),
            wake_idle: Notify::new(),
        }
    }

    /// Waits for a place, which takes as long as some running instance does when none is idle.
    ///
    /// # Errors
    ///
    /// Never: the semaphore is not closed.
    pub(crate) async fn place(&self) -> Result<Place, AcquireError> {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(place);
        }
        let _waiting = Waiting::new(self);
        Arc::clone(&self.places).acquire_owned().await
    }

    /// Returns when somebody waits for a place. To be polled by whoever could give up theirs.
    pub(crate) async fn wanted(self: Arc<Self>) {
        loop {
            let mut wake = std::pin::pin!(self.wake_idle.notified());
            // From here on no call is missed.
            wake.as_mut().enable();
            if self.waiting.load(Ordering::SeqCst) > 0 {
                return;
            }
            wake.await;
        }
    }

    /// Ends the idle instances and waits for the end of the others.
    pub(crate) async fn close(&self) {
        let _waiting = Waiting::new(self);
        _ = self.places.acquire_many(self.total).await;
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
    use super::*;
    use std::time::Duration;
    use tokio::time::timeout;

    #[tokio::test]
    async fn an_idle_instance_makes_way() {
        let instances = Arc::new(Instances::new(1));
        let place = instances.place().await.unwrap();
        let short = Duration::from_millis(20);
        timeout(short, Arc::clone(&instances).wanted()).await.unwrap_err();
        timeout(short, instances.place()).await.err().unwrap();
        // Whoever waited has gone.
        timeout(short, Arc::clone(&instances).wanted()).await.unwrap_err();
        let idle = tokio::spawn({
            let instances = Arc::clone(&instances);
            async move {
                instances.wanted().await;
                drop(place);
            }
        });
        drop(timeout(Duration::from_secs(10), instances.place()).await.unwrap().unwrap());
        idle.await.unwrap();
    }

    #[tokio::test]
    async fn closing_ends_the_idle_and_waits_for_the_running() {
        let instances = Arc::new(Instances::new(2));
        let running = instances.place().await.unwrap();
        let idle = instances.place().await.unwrap();
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
