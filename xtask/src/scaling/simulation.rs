//! Requests, cores and a store in simulated time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use super::store::{Outcome, Store};
use super::workload::Operation;

/// How often a call that was throttled is sent again, and the wait before the first of these. Each further wait is twice as long, and
/// chance takes up to half of it away, as in the adapter of DynamoDB.
const TRIES: u32 = 5;
const FIRST_WAIT: Duration = Duration::from_millis(50);

/// What came of a simulation.
pub(super) struct Figures {
    /// From the arrival of a request to its answer, in order; of those that were answered.
    latencies: Vec<Duration>,
    pub(super) failed: usize,
    /// The share of the time of all cores that was used.
    pub(super) busy: f64,
}

impl Figures {
    /// The latency below which this percentage of the requests was.
    pub(super) fn percentile(&self, percent: usize) -> Duration {
        self.latencies.get(self.latencies.len() * percent / 100).copied().unwrap_or_default()
    }
}

struct Request<'a> {
    operation: &'a Operation,
    arrived: Duration,
    /// The calls that are answered.
    done: usize,
    tries: u32,
}

/// How a request goes on.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Compute,
    Call,
}

/// This many requests of the mix arrive at this rate a second, at random moments (a Poisson process). Any free core takes them, and
/// computes an equal part before, between and after the calls of the store.
pub(super) fn simulate(mix: &[Operation], rate: f64, requests: usize, cores: usize, store: &mut Store) -> Figures {
    let mut random = fastrand::Rng::with_seed(1);
    let mut requests = arrivals(mix, rate, requests, &mut random);
    let mut events: BinaryHeap<_> =
        requests.iter().enumerate().map(|(index, request)| Reverse((request.arrived, index, Step::Compute))).collect();
    let mut cores_free: BinaryHeap<_> = (0..cores).map(|_| Reverse(Duration::ZERO)).collect();
    let mut figures = Figures { latencies: Vec::with_capacity(requests.len()), failed: 0, busy: 0.0 };
    let (mut computed, mut end) = (Duration::ZERO, Duration::ZERO);
    while let Some(Reverse((now, index, step))) = events.pop() {
        let Some(request) = requests.get_mut(index) else { continue };
        end = now;
        let calls = request.operation.calls;
        match (step, calls.get(request.done)) {
            (Step::Compute, call) => {
                let part = request.operation.cpu.div_f64((calls.len() + 1) as f64);
                let free = cores_free.pop().map_or(now, |Reverse(free)| free);
                let until = free.max(now) + part;
                cores_free.push(Reverse(until));
                computed += part;
                match call {
                    Some(_) => events.push(Reverse((until, index, Step::Call))),
                    None => figures.latencies.push(until - request.arrived),
                }
            }
            (Step::Call, None) => {}
            (Step::Call, Some(call)) => match store.call(now, *call, random.f64()) {
                Outcome::Answer(at) => {
                    request.done += 1;
                    request.tries = 0;
                    events.push(Reverse((at, index, Step::Compute)));
                }
                Outcome::Throttled if request.tries < TRIES => {
                    let wait = (FIRST_WAIT * (1 << request.tries)).mul_f64(0.5 + random.f64() / 2.0);
                    request.tries += 1;
                    events.push(Reverse((now + wait, index, Step::Call)));
                }
                Outcome::Throttled => figures.failed += 1,
            },
        }
    }
    figures.latencies.sort_unstable();
    figures.busy = computed.as_secs_f64() / end.as_secs_f64() / cores as f64;
    figures
}

/// Requests in the order of their arrival.
fn arrivals<'a>(mix: &'a [Operation], rate: f64, requests: usize, random: &mut fastrand::Rng) -> Vec<Request<'a>> {
    let drawn = |mut chance: u32| {
        mix.iter().find(|operation| {
            let is_this = chance < operation.percent;
            chance = chance.saturating_sub(operation.percent);
            is_this
        })
    };
    let mut arrived = Duration::ZERO;
    let mut next = || {
        arrived += Duration::from_secs_f64(-(1.0 - random.f64()).ln() / rate);
        Some(Request { operation: drawn(random.u32(0..100))?, arrived, done: 0, tries: 0 })
    };
    (0..requests).filter_map(|_| next()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::workload::Call;
    use super::*;

    const READ: [Operation; 1] = [Operation {
        name: "a read",
        percent: 100,
        cpu: Duration::from_millis(2),
        calls: &[Call { is_write: false, hot: None }],
    }];

    fn store(service: u64) -> Store {
        Store::one_server(Duration::from_millis(service), Duration::from_millis(4))
    }

    #[test]
    fn alone_a_request_takes_its_time_and_the_way() {
        let figures = simulate(&READ, 0.1, 100, 1, &mut store(1));
        assert_eq!(figures.percentile(50), Duration::from_millis(2 + 1 + 4));
        assert_eq!((figures.latencies.len(), figures.failed), (100, 0));
    }

    /// Two milliseconds of a core for each: 500 a second are all that one core can do.
    #[test]
    fn cores_and_the_store_bound_what_is_answered() {
        let median = |rate: f64, cores: usize, service: u64| {
            simulate(&READ, rate, 5000, cores, &mut store(service)).percentile(50)
        };
        assert!(median(400.0, 1, 0) < Duration::from_millis(30));
        assert!(median(600.0, 1, 0) > Duration::from_millis(300), "the core has too much to do");
        assert!(median(600.0, 2, 0) < Duration::from_millis(30));
        assert!(median(600.0, 2, 2) > Duration::from_millis(300), "the store has too much to do");
        assert!((simulate(&READ, 400.0, 5000, 2, &mut store(0)).busy - 0.4).abs() < 0.05);
    }

    #[test]
    fn what_an_item_does_not_take_is_tried_again_and_then_fails() {
        use super::super::workload::Hot;
        let hot = [Operation { calls: &[Call { is_write: true, hot: Some(Hot::Positions) }], ..READ[0] }];
        let failed = |rate: f64| {
            let mut table = Store::table(Duration::from_millis(4), 4096, 1);
            simulate(&hot, rate, 10_000, 100, &mut table).failed
        };
        assert_eq!(failed(900.0), 0);
        assert!(failed(3000.0) > 1000);
    }
}
