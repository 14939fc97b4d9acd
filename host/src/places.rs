//! How many requests run at the same time. Requests that compute for long, such as those that hash a password, have places of
//! their own, so that others never wait for them.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::client_network::ClientNetwork;
use crate::problem::Problem;
use crate::share::{Percent, Share, Shares};

/// The places of both kinds.
pub(crate) struct AllPlaces {
    pub(crate) short: Places,
    pub(crate) long: Places,
}

impl AllPlaces {
    pub(crate) fn of(&self, computes_long: bool) -> &Places {
        if computes_long { &self.long } else { &self.short }
    }

    /// The number of requests that run.
    pub(crate) fn taken(&self) -> usize {
        self.short.taken() + self.long.taken()
    }

    /// Waits until no request runs.
    pub(crate) async fn close(&self) {
        self.short.close().await;
        self.long.close().await;
    }
}

/// Places of one kind, with a queue in front of them.
pub(crate) struct Places {
    running: Arc<Semaphore>,
    total: u32,
    /// One permit for each request that runs or is in the queue.
    entered: Arc<Semaphore>,
    /// `None` if one client may have all.
    shares: Option<Arc<Shares>>,
    /// How long a request waits, for its client's share and in the queue.
    patience: Duration,
}

/// Given back when it is dropped.
pub(crate) struct Place {
    _running: OwnedSemaphorePermit,
    _entered: OwnedSemaphorePermit,
    _share: Option<Share>,
}

impl Places {
    /// `total` places and a queue of `queue` requests, of which one client may have `share`.
    pub(crate) fn new(total: u32, queue: u32, share: Percent, patience: Duration) -> Self {
        let all = total.saturating_add(queue) as usize;
        Self {
            running: Arc::new(Semaphore::new(total as usize)),
            total,
            entered: Arc::new(Semaphore::new(all)),
            shares: (share.of(all) < all).then(|| Shares::new(share.of(all))),
            patience,
        }
    }

    /// Waits for a place. A client that has its share waits until it has less, and holds up nobody else.
    ///
    /// # Errors
    ///
    /// [`Problem::Overloaded`] if the queue is full, or the wait is too long.
    pub(crate) async fn take(&self, client: ClientNetwork) -> Result<Place, Problem> {
        let place = async {
            let share = match &self.shares {
                Some(shares) => Some(shares.take(client).await.ok_or(Problem::Overloaded)?),
                None => None,
            };
            let entered = Arc::clone(&self.entered).try_acquire_owned().map_err(|_| Problem::Overloaded)?;
            let running = Arc::clone(&self.running).acquire_owned().await.map_err(|_| Problem::Overloaded)?;
            Ok(Place { _running: running, _entered: entered, _share: share })
        };
        timeout(self.patience, place).await.unwrap_or(Err(Problem::Overloaded))
    }

    pub(crate) fn taken(&self) -> usize {
        (self.total as usize).saturating_sub(self.running.available_permits())
    }

    async fn close(&self) {
        _ = self.running.acquire_many(self.total).await;
    }
}
