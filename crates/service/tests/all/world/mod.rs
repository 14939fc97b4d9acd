//! The simulated world in which these tests run the services.

mod client;
mod old_store;
mod store;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

pub(crate) use client::{Answer, PASSWORD, anon, bearer, signup_body};
use domain::{MethodArn, Timestamp};
use service::platform::{Authorization, Authorizer, ConfigError, Denial, Platform, StoreError};
pub(crate) use store::{Data, Fault, MemoryBucket, yield_once};

/// The moment 2027-01-15T08:00:00Z.
const START_MILLIS: u64 = 1_800_000_000_000;

/// The variables for which 0 turns the limit off.
const LIMITS: [&str; 7] = [
    "login_free_failures",
    "login_address_free_failures",
    "logins_per_ten_minutes",
    "address_logins_per_ten_minutes",
    "signups_per_hour",
    "posts_per_minute",
    "reports_per_hour",
];

/// The answer of an authorizer that replaces ours.
pub(crate) type Verdict = Box<dyn Fn(&str, &MethodArn) -> Result<Authorization, Denial>>;

/// One world: a store, a clock, variables and a log. Several instances with one store are several worlds over the same data.
pub(crate) struct World {
    pub(crate) data: Data,
    /// The number of milliseconds by which each pause advances the clock.
    pub(crate) pause_millis: Cell<u64>,
    pub(crate) pauses: Cell<u32>,
    drawn: Cell<u64>,
    variables: RefCell<BTreeMap<String, String>>,
    pub(crate) config_is_down: Cell<bool>,
    log: RefCell<Vec<String>>,
    pub(crate) authorizer: Option<Verdict>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::over(Data::default())
    }

    /// Another instance on the same store.
    pub(crate) fn over(data: Data) -> Self {
        let instance = data.instances();
        let world = Self {
            data,
            pause_millis: Cell::new(0),
            pauses: Cell::new(0),
            drawn: Cell::new(instance << 32),
            variables: RefCell::default(),
            config_is_down: Cell::new(false),
            log: RefCell::default(),
            authorizer: None,
        };
        world.set("stage", "test");
        world.set("pbkdf2_iterations", "2");
        // Time does not pass here, so a hundred requests fall into one second. The limits would refuse them.
        for limit in LIMITS {
            world.set(limit, "0");
        }
        world
    }

    /// Gives the limits their default values.
    pub(crate) fn use_limits(&self) {
        LIMITS.iter().for_each(|limit| self.unset(limit));
    }

    pub(crate) fn set(&self, variable: &str, value: &str) {
        self.variables.borrow_mut().insert(variable.to_owned(), value.to_owned());
    }

    pub(crate) fn unset(&self, variable: &str) {
        self.variables.borrow_mut().remove(variable);
    }

    /// Advances the time for all instances.
    pub(crate) fn advance_millis(&self, millis: u64) {
        self.data.advance_millis(millis);
    }

    /// Sets the wall clock back; the uptime stays.
    pub(crate) fn step_back_millis(&self, millis: u64) {
        self.data.step_back_millis(millis);
    }

    pub(crate) fn step_forward_millis(&self, millis: u64) {
        self.data.step_forward_millis(millis);
    }

    /// The log lines so far with this event.
    pub(crate) fn events(&self, event: &str) -> Vec<serde_json::Value> {
        let lines = self.log.borrow();
        let lines = lines.iter().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        lines.filter(|line| line["event"] == event).collect()
    }

    pub(crate) fn whole_log(&self) -> String {
        self.log.borrow().join("\n")
    }
}

impl Platform for World {
    type Bucket = MemoryBucket;

    async fn open(&self, label: &str) -> Result<MemoryBucket, StoreError> {
        self.data.open(label)
    }

    fn variable(&self, name: &str) -> Result<Option<String>, ConfigError> {
        if self.config_is_down.get() {
            return Err(ConfigError("the vault is sealed".to_owned()));
        }
        Ok(self.variables.borrow().get(name).cloned())
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.data.now_millis())
    }

    fn uptime_millis(&self) -> u64 {
        self.data.uptime_millis()
    }

    /// SplitMix64 over a counter: all values differ and are distributed like random ones.
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let drawn = self.drawn.get() + 1;
            self.drawn.set(drawn);
            let mut mixed = drawn.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(mixed ^ (mixed >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }

    fn log(&self, line: &str) {
        assert!(!line.contains('\n'), "a log line is one line");
        self.log.borrow_mut().push(line.to_owned());
    }

    async fn pause(&self) {
        self.pauses.set(self.pauses.get() + 1);
        self.advance_millis(self.pause_millis.get());
        yield_once().await;
    }

    async fn sleep(&self, millis: u64) {
        // Where calls are watched, requests wait after those calls only.
        if self.data.is_watched() {
            return;
        }
        self.data.sleep(millis);
        for _ in 0..millis {
            yield_once().await;
        }
    }
}

impl Authorizer for World {
    async fn authorize(
        &self,
        authorization: &str,
        method: &MethodArn,
        request_id: &str,
    ) -> Result<Authorization, Denial> {
        match &self.authorizer {
            Some(verdict) => verdict(authorization, method),
            None => service::authorizer::authorize(self, authorization, method.as_str(), request_id).await,
        }
    }
}
