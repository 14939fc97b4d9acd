//! Models of stores.

use std::time::Duration;

use super::workload::{Call, Hot};

/// A store, as the simulation knows it.
pub(super) enum Store {
    /// One server that takes one command after another: a primary of Redis or Valkey.
    OneServer {
        /// What a call takes of the server's one thread.
        service: Duration,
        /// The way there and back.
        round_trip: Duration,
        free_at: Duration,
    },
    /// A table that grows with its load, but for each item: DynamoDB.
    Table {
        /// The mean of a call, with the way.
        latency: Duration,
        positions: Item,
        newest_page: Item,
    },
}

/// What a store says to a call.
#[derive(Debug, PartialEq)]
pub(super) enum Outcome {
    /// The answer comes at this moment.
    Answer(Duration),
    /// The item has too many calls.
    Throttled,
}

/// The capacity of one item. DynamoDB gives 1,000 write units and 3,000 read units a second to a partition, and an item is in one
/// partition: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html>.
pub(super) struct Item {
    /// A write takes a unit for each KiB.
    write_units: u32,
    /// A consistent read takes a unit for each 4 KiB.
    read_units: u32,
    /// A write goes to all of them, and a read to any one.
    copies: u32,
    /// What is left of the capacity, as the time that gives it back. At most a second is kept.
    left: Duration,
    since: Duration,
}

impl Item {
    const A_WRITE_UNIT: Duration = Duration::from_micros(1000);
    const A_READ_UNIT: Duration = Duration::from_nanos(333_333);
    const KEPT: Duration = Duration::from_secs(1);

    fn of(bytes: u32, copies: u32) -> Self {
        Self {
            write_units: bytes.div_ceil(1024),
            read_units: bytes.div_ceil(4096),
            copies,
            left: Self::KEPT,
            since: Duration::ZERO,
        }
    }

    /// Whether the item takes a call now. Reads and writes share the partition.
    fn takes(&mut self, now: Duration, is_write: bool) -> bool {
        let part = if is_write {
            Self::A_WRITE_UNIT * self.write_units
        } else {
            Self::A_READ_UNIT * self.read_units / self.copies
        };
        self.left = (self.left + now.saturating_sub(self.since)).min(Self::KEPT);
        self.since = now;
        match self.left.checked_sub(part) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }
}

impl Store {
    pub(super) fn one_server(service: Duration, round_trip: Duration) -> Self {
        Self::OneServer { service, round_trip, free_at: Duration::ZERO }
    }

    /// `page` is the size of the newest page in bytes, and `copies` the number of items that the page and the counter are kept in, each.
    pub(super) fn table(latency: Duration, page: u32, copies: u32) -> Self {
        Self::Table { latency, positions: Item::of(100, copies), newest_page: Item::of(page, copies) }
    }

    /// A call that is sent now. `chance` is uniform in [0, 1).
    pub(super) fn call(&mut self, now: Duration, call: Call, chance: f64) -> Outcome {
        match self {
            Self::OneServer { service, round_trip, free_at } => {
                *free_at = (*free_at).max(now + *round_trip / 2) + *service;
                Outcome::Answer(*free_at + *round_trip / 2)
            }
            Self::Table { latency, positions, newest_page } => {
                let item = match call.hot {
                    Some(Hot::Positions) => Some(positions),
                    Some(Hot::NewestPage) => Some(newest_page),
                    None => None,
                };
                if item.is_some_and(|item| !item.takes(now, call.is_write)) {
                    return Outcome::Throttled;
                }
                // Half of it is the same for each call, and the rest has the long tail of a network.
                Outcome::Answer(now + *latency / 2 + (*latency / 2).mul_f64(-(1.0 - chance).ln()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITE: Call = Call { is_write: true, hot: Some(Hot::Positions) };
    const READ: Call = Call { is_write: false, ..WRITE };

    #[test]
    fn one_server_takes_one_call_after_another() {
        let mut redis = Store::one_server(Duration::from_millis(1), Duration::from_millis(4));
        let answers = [(); 3].map(|()| redis.call(Duration::ZERO, WRITE, 0.0));
        assert_eq!(answers, [5, 6, 7].map(|millis| Outcome::Answer(Duration::from_millis(millis))));
    }

    #[test]
    fn an_item_takes_a_thousand_small_writes_a_second() {
        let mut table = Store::table(Duration::from_millis(4), 4096, 1);
        let mut taken = |millis: u64, call: Call| {
            let now = Duration::from_millis(millis);
            (0..5000).take_while(|_| table.call(now, call, 0.5) != Outcome::Throttled).count()
        };
        assert_eq!(taken(0, WRITE), 1000);
        assert_eq!(taken(500, WRITE), 500, "half a second later half of it is there again");
        assert_eq!(taken(9000, READ), 3000);
        // A page of 4 KiB is four units to write and one to read.
        let page = |call: Call| Call { hot: Some(Hot::NewestPage), ..call };
        assert_eq!(taken(0, page(WRITE)), 250);
        assert_eq!(taken(9000, page(READ)), 3000);
        let mut copies = Store::table(Duration::from_millis(4), 4096, 2);
        let reads = (0..7000).take_while(|_| copies.call(Duration::ZERO, READ, 0.5) != Outcome::Throttled).count();
        assert_eq!(reads, 6000);
        // All other items are in other partitions.
        assert_eq!(taken(9000, Call { hot: None, ..WRITE }), 5000);
    }
}
