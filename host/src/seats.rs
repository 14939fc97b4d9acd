//! The connections that there are. When there are too many, of one client or of all, the one that has waited for longest makes way
//! for the next, whether it waits for a request, the rest of one, a place to run in, or for its client to take the answer. An honest
//! client sends its request at once, and is not chosen while it is being answered, so the crowd of an attacker makes way for it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

use crate::client_network::ClientNetwork;
use crate::progress::{NextRequest, Progress};
use crate::share::Percent;

/// While no connection can make way, the next one looks this often whether one can now.
const RECHECK: Duration = Duration::from_millis(50);

/// One seat for each connection that there may be.
pub(crate) struct Seats {
    total: usize,
    of_one_client: usize,
    taken: Mutex<Vec<Arc<Connected>>>,
    /// Whether the next connection waits for a seat.
    are_wanted: AtomicBool,
    freed: Notify,
}

/// A connection that has a seat.
struct Connected {
    client: ClientNetwork,
    progress: Progress,
    has_to_leave: AtomicBool,
    leave: Notify,
}

/// The seat of a connection, until it is dropped.
pub(crate) struct Seat {
    seats: Arc<Seats>,
    connected: Arc<Connected>,
}

/// What a new connection may do.
enum Answer {
    Stay(Seat),
    Wait,
    Go,
}

impl Seats {
    /// `total` seats, of which one client may have `share`.
    pub(crate) fn new(total: usize, share: Percent) -> Arc<Self> {
        Arc::new(Self {
            total,
            of_one_client: share.of(total),
            taken: Mutex::default(),
            are_wanted: AtomicBool::new(false),
            freed: Notify::new(),
        })
    }

    /// Gives a new connection a seat, if need be that of another one. Waits while all connections are being answered. Returns
    /// `None` if the client has its share, and all of that is being answered.
    pub(crate) async fn take(self: &Arc<Self>, client: ClientNetwork, limits: NextRequest) -> Option<Seat> {
        loop {
            let freed = self.freed.notified();
            match self.ask(client, limits) {
                Answer::Stay(seat) => return Some(seat),
                Answer::Go => return None,
                Answer::Wait => {}
            }
            self.are_wanted.store(true, Ordering::Relaxed);
            _ = timeout(RECHECK, freed).await;
            self.are_wanted.store(false, Ordering::Relaxed);
        }
    }

    /// Makes a connection end, if one waits for its client.
    pub(crate) fn make_way(&self) {
        dismiss(&mut self.lock(), |_| true);
    }

    fn ask(self: &Arc<Self>, client: ClientNetwork, limits: NextRequest) -> Answer {
        let mut taken = self.lock();
        let is_of_client = |connected: &Connected| connected.client == client;
        let of_client = taken.iter().filter(|connected| is_of_client(connected)).count();
        let has_its_share = self.of_one_client < self.total && of_client >= self.of_one_client;
        if has_its_share && !dismiss(&mut taken, is_of_client) {
            return Answer::Go;
        }
        if taken.len() >= self.total && !dismiss(&mut taken, |_| true) {
            return Answer::Wait;
        }
        let connected = Arc::new(Connected {
            client,
            progress: Progress::new(limits),
            has_to_leave: AtomicBool::new(false),
            leave: Notify::new(),
        });
        taken.push(Arc::clone(&connected));
        Answer::Stay(Seat { seats: Arc::clone(self), connected })
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Connected>>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes the seat of the connection that has waited for longest, of those that may be chosen. Returns whether there is one.
fn dismiss(taken: &mut Vec<Arc<Connected>>, may: impl Fn(&Connected) -> bool) -> bool {
    let waits = |(at, connected): (usize, &Arc<Connected>)| Some((connected.progress.waits_since()?, at));
    let chosen = taken.iter().enumerate().filter(|(_, connected)| may(connected)).filter_map(waits).min();
    let Some((_, at)) = chosen else { return false };
    let connected = taken.swap_remove(at);
    connected.has_to_leave.store(true, Ordering::Relaxed);
    connected.leave.notify_one();
    true
}

impl Seat {
    pub(crate) fn progress(&self) -> &Progress {
        &self.connected.progress
    }

    /// Whether the seat is another connection's now.
    pub(crate) fn is_taken_away(&self) -> bool {
        self.connected.has_to_leave.load(Ordering::Relaxed)
    }

    /// Returns when the seat is another connection's.
    pub(crate) async fn taken_away(&self) {
        while !self.is_taken_away() {
            self.connected.leave.notified().await;
        }
    }

    /// Whether the connection has to end after its present request.
    pub(crate) fn is_wanted(&self) -> bool {
        self.is_taken_away() || self.seats.are_wanted.load(Ordering::Relaxed)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.seats.lock().retain(|other| !Arc::ptr_eq(other, &self.connected));
        self.seats.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    const LIMITS: NextRequest = NextRequest { idle: Duration::from_secs(75), head: Duration::from_secs(10) };

    fn client(number: u8) -> ClientNetwork {
        IpAddr::from([192, 0, 2, number]).into()
    }

    async fn take(seats: &Arc<Seats>, number: u8) -> Option<Seat> {
        timeout(Duration::from_millis(200), seats.take(client(number), LIMITS)).await.unwrap_or_default()
    }

    #[tokio::test]
    async fn who_has_been_waited_for_longest_makes_way_and_who_is_answered_never() {
        let seats = Seats::new(6, Percent(100));
        let answered = take(&seats, 1).await.unwrap();
        answered.progress().begin_answer();
        let body = take(&seats, 2).await.unwrap();
        let head = take(&seats, 3).await.unwrap();
        let silent = take(&seats, 4).await.unwrap();
        let [queued, reading] = [take(&seats, 5).await.unwrap(), take(&seats, 6).await.unwrap()];
        head.progress().received();
        body.progress().begin_body();
        queued.progress().begin_wait();
        reading.progress().end_answer();
        let waiting = [&silent, &head, &body, &queued, &reading];
        let mut later = Vec::new();
        for count in 1..=waiting.len() {
            later.push(take(&seats, 7).await.unwrap());
            later.iter().for_each(|seat| seat.progress().begin_answer());
            let expected: Vec<_> = (0..waiting.len()).map(|number| number < count).collect();
            assert_eq!(waiting.map(Seat::is_taken_away).to_vec(), expected);
        }
        timeout(Duration::from_secs(10), head.taken_away()).await.unwrap();
        assert!(!answered.is_taken_away());
        drop((silent, head, body, queued, reading));
        assert!(take(&seats, 8).await.is_none(), "whose seats were taken away give none back");
        drop(later);
        assert!(take(&seats, 8).await.is_some());
    }

    #[tokio::test]
    async fn one_client_has_its_share_and_makes_way_for_itself() {
        let seats = Seats::new(8, Percent(25));
        let [first, second] = [take(&seats, 1).await.unwrap(), take(&seats, 1).await.unwrap()];
        let other = take(&seats, 2).await.unwrap();
        let third = take(&seats, 1).await.unwrap();
        assert_eq!([&first, &second, &other].map(Seat::is_taken_away), [true, false, false]);
        second.progress().begin_answer();
        third.progress().begin_answer();
        assert!(seats.take(client(1), LIMITS).await.is_none(), "at once: it would wait for itself");
        assert!(take(&seats, 2).await.is_some());
        assert!(!third.is_wanted());
    }

    #[tokio::test]
    async fn who_waits_for_a_seat_gets_the_next_that_is_free() {
        let seats = Seats::new(1, Percent(100));
        let busy = take(&seats, 1).await.unwrap();
        busy.progress().begin_answer();
        let next = tokio::spawn({
            let seats = Arc::clone(&seats);
            async move { seats.take(client(2), LIMITS).await.is_some() }
        });
        while !busy.is_wanted() {
            tokio::task::yield_now().await;
        }
        drop(busy);
        assert!(timeout(Duration::from_secs(10), next).await.unwrap().unwrap());
    }
}
