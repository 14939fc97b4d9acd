//! What the host counts, in the text of OpenMetrics. `docs/operate.md` says what to alert on.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use http::{Method, StatusCode};
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// The component in the labels of requests that the host itself answers.
pub(crate) const HOST: &str = "host";

/// What is limited: requests that run, and those that compute for long.
pub(crate) const REQUESTS: &str = "requests";
pub(crate) const LONG_REQUESTS: &str = "long_requests";

/// The upper ends of the classes of durations, in seconds: from an answer out of memory to the time limit of a request.
const REQUEST_SECONDS: [f64; 15] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// The same for calls of the store: a read takes 10 microseconds, and a write waits for the disk.
const STORE_SECONDS: [f64; 12] = [0.00001, 0.000025, 0.0001, 0.00025, 0.001, 0.0025, 0.01, 0.025, 0.1, 0.25, 1.0, 5.0];

/// Methods that clients invent are counted as one, so that they can not make the metrics grow.
const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE"];
const OTHER_METHOD: &str = "other";

/// The operations of the store, and the reasons for which the host ends connections. They are there with 0 from the start on, because
/// Prometheus takes no increase from a value that it has not seen before.
const OPERATIONS: [&str; 9] = ["get", "get_many", "exists", "list_keys", "set", "delete", "increment", "check", "sql"];
const REASONS: [&str; 6] = ["handshake", "head", "answer", "cancelled", "crowd", "share"];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    component: String,
    method: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfComponent {
    component: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfOperation {
    operation: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ForReason {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LimitOf {
    of: &'static str,
}

type Durations<Labels> = Family<Labels, Histogram, fn() -> Histogram>;

/// The metrics of the process. Clones count together.
#[derive(Clone)]
pub(crate) struct Metrics {
    answers: Family<Answered, Counter>,
    durations: Durations<OfComponent>,
    running: Gauge,
    instances: Family<OfComponent, Gauge>,
    waiting_for_instance: Gauge,
    waiting_for_place: Family<LimitOf, Gauge>,
    connections: Gauge,
    accepted: Counter,
    cut: Family<ForReason, Counter>,
    store_calls: Durations<OfOperation>,
    store_errors: Family<OfOperation, Counter>,
    store_writes: Gauge,
    limits: Family<LimitOf, Gauge>,
    registry: Arc<Registry>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut metrics = Self {
            answers: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(REQUEST_SECONDS)),
            running: Gauge::default(),
            instances: Family::default(),
            waiting_for_instance: Gauge::default(),
            waiting_for_place: Family::default(),
            connections: Gauge::default(),
            accepted: Counter::default(),
            cut: Family::default(),
            store_calls: Family::new_with_constructor(|| Histogram::new(STORE_SECONDS)),
            store_errors: Family::default(),
            store_writes: Gauge::default(),
            limits: Family::default(),
            registry: Arc::default(),
        };
        for operation in OPERATIONS {
            drop(metrics.store_errors.get_or_create(&OfOperation { operation }));
        }
        for reason in REASONS {
            drop(metrics.cut.get_or_create(&ForReason { reason }));
        }
        metrics.registry = Arc::new(metrics.register());
        metrics
    }

    fn register(&self) -> Registry {
        let mut all = Registry::with_prefix("latchkey");
        all.register(
            "requests",
            "Answers that are ready to be sent, by component, method and status",
            self.answers.clone(),
        );
        let help = "From the head of a request to its answer that is ready to be sent";
        all.register_with_unit("request_duration", help, Unit::Seconds, self.durations.clone());
        all.register("requests_running", "Requests without an answer", self.running.clone());
        all.register("instances", "Instances of components", self.instances.clone());
        all.register("instances_wanted", "Requests that wait for an instance", self.waiting_for_instance.clone());
        let help = "Requests that wait for a place, by the limit";
        all.register("places_wanted", help, self.waiting_for_place.clone());
        all.register("connections", "Open connections", self.connections.clone());
        all.register("connections_accepted", "Connections since the start", self.accepted.clone());
        all.register("connections_cut", "Connections that the host has ended, by reason", self.cut.clone());
        let help = "Calls of the key-value store, by operation; those that write until they are on disk";
        all.register_with_unit("store_call_duration", help, Unit::Seconds, self.store_calls.clone());
        all.register("store_errors", "Calls of the key-value store that failed", self.store_errors.clone());
        all.register("store_writes_waiting", "Calls that write and are not on disk", self.store_writes.clone());
        all.register("limit", "The limits that flags set, by what they limit", self.limits.clone());
        all
    }

    /// All of them as text.
    ///
    /// # Errors
    ///
    /// Never, because writing to a `String` does not fail.
    pub(crate) fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        text::encode(&mut text, &self.registry)?;
        Ok(text)
    }

    /// What a flag limits, and to how much.
    pub(crate) fn limit(&self, of: &'static str, most: u32) {
        self.limits.get_or_create(&LimitOf { of }).set(most.into());
    }

    /// A request has arrived. It runs until the result is dropped.
    pub(crate) fn begin_request(&self) -> Counted {
        Counted::new(&self.running)
    }

    /// An answer is ready to be sent.
    pub(crate) fn answered(&self, component: &str, method: &Method, status: StatusCode, started: Instant) {
        let component = component.to_owned();
        let method = METHODS.into_iter().find(|known| *known == method.as_str()).unwrap_or(OTHER_METHOD);
        let labels = Answered { component: component.clone(), method, status: status.as_u16() };
        self.answers.get_or_create(&labels).inc();
        self.durations.get_or_create(&OfComponent { component }).observe(started.elapsed().as_secs_f64());
    }

    /// An instance of a component exists until the result is dropped.
    pub(crate) fn begin_instance(&self, component: &str) -> Counted {
        Counted::new(&self.instances.get_or_create(&OfComponent { component: component.to_owned() }))
    }

    /// A request waits for an instance until the result is dropped.
    pub(crate) fn wait_for_instance(&self) -> Counted {
        Counted::new(&self.waiting_for_instance)
    }

    /// A request waits for a place until the result is dropped. `computes_long` is for those with places of their own.
    pub(crate) fn wait_for_place(&self, computes_long: bool) -> Counted {
        let of = if computes_long { LONG_REQUESTS } else { REQUESTS };
        Counted::new(&self.waiting_for_place.get_or_create(&LimitOf { of }))
    }

    /// A connection is open until the result is dropped.
    pub(crate) fn begin_connection(&self) -> Counted {
        self.accepted.inc();
        Counted::new(&self.connections)
    }

    /// The host ends a connection for a reason.
    pub(crate) fn cut_connection(&self, reason: &'static str) {
        self.cut.get_or_create(&ForReason { reason }).inc();
    }

    /// A call that writes waits until the result is dropped.
    pub(crate) fn begin_write(&self) -> Counted {
        Counted::new(&self.store_writes)
    }

    /// A call of the store is over.
    pub(crate) fn called_store(&self, operation: &'static str, started: Instant, has_failed: bool) {
        let labels = OfOperation { operation };
        self.store_calls.get_or_create(&labels).observe(started.elapsed().as_secs_f64());
        if has_failed {
            self.store_errors.get_or_create(&labels).inc();
        }
    }
}

/// One more in a gauge, until it is dropped.
pub(crate) struct Counted(Gauge);

impl Counted {
    fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}
