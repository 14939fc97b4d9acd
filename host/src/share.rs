//! How much of something one client may hold at a time, as the flag `--max-share-per-address` says.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::client_network::ClientNetwork;

/// The most requests of one client that wait until it has less than its share. Each holds its body, so they are bounded.
const MAX_WAITING: usize = 256;

/// The part that one client may hold, in percent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Percent(pub(crate) u8);

impl Percent {
    /// The part of a number, at least 1.
    pub(crate) fn of(self, total: usize) -> usize {
        (total * usize::from(self.0)).div_ceil(100).max(1)
    }
}

/// The shares of all clients that hold something.
pub(crate) struct Shares {
    /// How many each client may hold at a time.
    size: usize,
    by_client: Mutex<HashMap<ClientNetwork, Client>>,
}

/// What one client has.
struct Client {
    /// One permit for each of its share.
    free: Arc<Semaphore>,
    /// How many hold one or wait for it.
    entered: usize,
}

/// Counts as held by its client until it is dropped.
pub(crate) struct Share {
    /// `None` while it waits.
    permit: Option<OwnedSemaphorePermit>,
    shares: Arc<Shares>,
    client: ClientNetwork,
}

impl Shares {
    pub(crate) fn new(size: usize) -> Arc<Self> {
        Arc::new(Self { size, by_client: Mutex::default() })
    }

    /// Waits until the client holds less than its share. Returns `None` if too many requests of the client wait already.
    pub(crate) async fn take(self: &Arc<Self>, client: ClientNetwork) -> Option<Share> {
        let (mut share, free) = self.enter(client)?;
        share.permit = Some(free.acquire_owned().await.ok()?);
        Some(share)
    }

    fn enter(self: &Arc<Self>, client: ClientNetwork) -> Option<(Share, Arc<Semaphore>)> {
        let mut by_client = self.lock();
        let new = || Client { free: Arc::new(Semaphore::new(self.size)), entered: 0 };
        let entry = by_client.entry(client).or_insert_with(new);
        if entry.entered >= self.size + MAX_WAITING {
            return None;
        }
        entry.entered += 1;
        Some((Share { permit: None, shares: Arc::clone(self), client }, Arc::clone(&entry.free)))
    }

    fn leave(&self, client: ClientNetwork) {
        let mut by_client = self.lock();
        if let Some(entry) = by_client.get_mut(&client) {
            entry.entered -= 1;
            if entry.entered == 0 {
                by_client.remove(&client);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ClientNetwork, Client>> {
        self.by_client.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        // The permit goes first: after the entry of its client is gone, the client gets a new one with all permits.
        self.permit = None;
        self.shares.leave(self.client);
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    fn client(text: &str) -> ClientNetwork {
        text.parse::<IpAddr>().unwrap().into()
    }

    #[test]
    fn a_part_is_rounded_up() {
        assert_eq!([1, 2, 4, 5, 128].map(|total| Percent(25).of(total)), [1, 1, 1, 2, 32]);
        assert_eq!([1, 20, 1024].map(|total| Percent(100).of(total)), [1, 20, 1024]);
    }

    #[tokio::test]
    async fn a_client_waits_for_itself_and_for_nobody_else() {
        let shares = Shares::new(2);
        let short = Duration::from_millis(20);
        let one = client("192.0.2.1");
        let held = [shares.take(one).await.unwrap(), shares.take(one).await.unwrap()];
        assert!(timeout(short, shares.take(one)).await.is_err());
        assert!(shares.take(client("192.0.2.2")).await.is_some());
        let waiting = tokio::spawn({
            let shares = Arc::clone(&shares);
            async move { shares.take(one).await.is_some() }
        });
        drop(held);
        assert!(timeout(Duration::from_secs(10), waiting).await.unwrap().unwrap());
        assert!(shares.lock().is_empty(), "nobody who holds nothing is remembered");
    }

    #[tokio::test]
    async fn a_client_has_a_bounded_number_of_waiting_requests() {
        let shares = Shares::new(1);
        let one = client("192.0.2.1");
        let held = shares.take(one).await.unwrap();
        let waiting: Vec<_> = (0..MAX_WAITING).map(|_| shares.enter(one).unwrap()).collect();
        assert!(shares.take(one).await.is_none());
        drop((held, waiting));
        assert!(shares.take(one).await.is_some());
    }
}
