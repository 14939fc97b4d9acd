use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::task::Poll;

use service::platform::{Bucket, KeyValues, StoreError};

/// The fault at one call of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The call fails and has no effect.
    Refused,
    /// The call has its effect, but its reply is lost.
    ReplyLost,
    /// This call and all later ones fail without effect: the process died before it.
    Dead,
    /// The call has its effect, and then the process stops for this many milliseconds.
    Stall(u64),
}

/// Is told each key that a call touches, with its value before the call. Returns whether other requests run after the call.
pub(crate) type Watch = Rc<dyn Fn(&str, Option<&[u8]>) -> bool>;

/// The data of a store, which all worlds over it share.
#[derive(Clone, Default)]
pub(crate) struct Data(Rc<Inner>);

#[derive(Default)]
struct Inner {
    values: RefCell<BTreeMap<String, Vec<u8>>>,
    calls: Cell<usize>,
    /// How many of all calls so far have read, and how many have written. Refused batches count too.
    work: Cell<(u32, u32)>,
    fault: Cell<Option<(usize, Fault)>>,
    dead: Cell<bool>,
    instances: Cell<u64>,
    /// Milliseconds that have passed since the start.
    uptime_millis: Cell<u64>,
    /// Milliseconds by which the wall clock was set back.
    set_back_millis: Cell<i64>,
    /// Whether counters are kept as ASCII digits, as Redis keeps them.
    digits: Cell<bool>,
    /// Whether a request that sleeps advances the clock for nobody.
    time_stands: Cell<bool>,
    /// Whether the store refuses several keys at once, as Redis does under Spin.
    one_by_one: Cell<bool>,
    watch: RefCell<Option<Watch>>,
}

impl Data {
    pub(crate) fn instances(&self) -> u64 {
        self.0.instances.set(self.0.instances.get() + 1);
        self.0.instances.get()
    }

    pub(crate) fn now_millis(&self) -> u64 {
        (super::START_MILLIS + self.uptime_millis()).checked_add_signed(-self.0.set_back_millis.get()).unwrap()
    }

    pub(crate) fn uptime_millis(&self) -> u64 {
        self.0.uptime_millis.get()
    }

    pub(crate) fn advance_millis(&self, millis: u64) {
        self.0.uptime_millis.set(self.uptime_millis() + millis);
    }

    pub(crate) fn step_back_millis(&self, millis: u64) {
        self.0.set_back_millis.set(self.0.set_back_millis.get() + millis as i64);
    }

    pub(crate) fn step_forward_millis(&self, millis: u64) {
        self.0.set_back_millis.set(self.0.set_back_millis.get() - millis as i64);
    }

    pub(crate) fn open(&self, label: &str) -> Result<MemoryBucket, StoreError> {
        match label {
            "default" => Ok(MemoryBucket(self.clone())),
            _ => Err(StoreError::NoSuchBucket),
        }
    }

    /// Makes the `n`-th call from now fail; the next call is number 1.
    pub(crate) fn fail_at(&self, n: usize, fault: Fault) {
        self.0.calls.set(0);
        self.0.fault.set(Some((n, fault)));
    }

    /// The number of calls since [`Data::fail_at`].
    pub(crate) fn calls(&self) -> usize {
        self.0.calls.get()
    }

    /// How many calls have read and written while this ran.
    pub(crate) fn work_of<T>(&self, run: impl FnOnce() -> T) -> (T, (u32, u32)) {
        let before = self.0.work.get();
        let result = run();
        let after = self.0.work.get();
        (result, (after.0 - before.0, after.1 - before.1))
    }

    fn count(&self, reads: u32, writes: u32) {
        let so_far = self.0.work.get();
        self.0.work.set((so_far.0 + reads, so_far.1 + writes));
    }

    /// Ends all faults. Returns true if the fault that was set has happened.
    pub(crate) fn heal(&self) -> bool {
        let happened = self.0.fault.take().is_some_and(|(n, _)| self.0.calls.get() >= n);
        self.0.dead.set(false);
        happened
    }

    pub(crate) fn use_digits(&self) {
        self.0.digits.set(true);
    }

    /// Whether sleeping takes no time, so that many requests at once are at one moment.
    pub(crate) fn let_time_stand(&self, stands: bool) {
        self.0.time_stands.set(stands);
    }

    pub(crate) fn sleep(&self, millis: u64) {
        if !self.0.time_stands.get() {
            self.advance_millis(millis);
        }
    }

    pub(crate) fn refuse_batches(&self) {
        self.0.one_by_one.set(true);
    }

    /// A store with the data of a snapshot, at the same time.
    pub(crate) fn with(values: &BTreeMap<String, Vec<u8>>, uptime_millis: u64) -> Self {
        let data = Self::default();
        data.0.values.borrow_mut().clone_from(values);
        data.advance_millis(uptime_millis);
        data
    }

    /// From now on, other requests run only after calls that the watch chooses.
    pub(crate) fn watch(&self, watch: Watch) {
        *self.0.watch.borrow_mut() = Some(watch);
    }

    pub(crate) fn is_watched(&self) -> bool {
        self.0.watch.borrow().is_some()
    }

    pub(crate) fn keys(&self) -> Vec<String> {
        self.0.values.borrow().keys().cloned().collect()
    }

    /// A copy of all data, to check that a request wrote nothing.
    pub(crate) fn snapshot(&self) -> BTreeMap<String, Vec<u8>> {
        self.0.values.borrow().clone()
    }

    pub(crate) fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.0.values.borrow().get(key).cloned()
    }

    pub(crate) fn put(&self, key: &str, value: &[u8]) {
        self.0.values.borrow_mut().insert(key.to_owned(), value.to_vec());
    }

    pub(crate) fn remove(&self, key: &str) {
        assert!(self.0.values.borrow_mut().remove(key).is_some(), "{key} was not there");
    }

    /// Removes a key, if it is there.
    pub(crate) fn clear(&self, key: &str) {
        self.0.values.borrow_mut().remove(key);
    }

    /// Counts a call and returns its fault, if it has one.
    fn arrive(&self) -> Result<Option<Fault>, StoreError> {
        let calls = self.0.calls.get() + 1;
        self.0.calls.set(calls);
        let fault = self.0.fault.get().filter(|(n, _)| *n == calls).map(|(_, fault)| fault);
        if fault == Some(Fault::Dead) {
            self.0.dead.set(true);
        }
        if self.0.dead.get() || fault == Some(Fault::Refused) {
            return Err(StoreError::Failed("disk on fire".to_owned()));
        }
        Ok(fault)
    }
}

pub(crate) struct MemoryBucket(Data);

impl MemoryBucket {
    /// Whether the store takes several keys at once.
    fn batch(&self) -> Result<(), StoreError> {
        match self.0.0.one_by_one.get() {
            true => Err(StoreError::Failed("get_many is not supported".to_owned())),
            false => Ok(()),
        }
    }

    async fn call<T>(
        &self,
        keys: &[String],
        run: impl FnOnce(&mut BTreeMap<String, Vec<u8>>) -> T,
    ) -> Result<T, StoreError> {
        let Inner { values, watch, .. } = &*self.0.0;
        let watch = watch.borrow().clone();
        // Other requests run before and after each call, as they do around a call of a real store.
        if watch.is_none() {
            yield_once().await;
        }
        let fault = self.0.arrive()?;
        // Every key is told.
        let told = |watch: Watch| {
            let value = |key: &String| values.borrow().get(key).cloned();
            keys.iter().filter(|key| watch(key, value(key).as_deref())).count() > 0
        };
        let yields = watch.is_none_or(told);
        let result = run(&mut values.borrow_mut());
        if yields {
            yield_once().await;
        }
        match fault {
            Some(Fault::Stall(millis)) => self.0.advance_millis(millis),
            Some(_) => return Err(StoreError::Failed("connection reset".to_owned())),
            None => {}
        }
        Ok(result)
    }
}

impl Bucket for MemoryBucket {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.count(1, 0);
        self.call(&[key.to_owned()], |values| values.get(key).cloned()).await
    }

    /// As Spin's stores do it: in another order, and without the keys that do not exist.
    async fn get_many(&self, keys: &[String]) -> Result<KeyValues, StoreError> {
        self.0.count(1, 0);
        self.batch()?;
        let one =
            |values: &BTreeMap<String, Vec<u8>>, key: &String| Some((key.clone(), Some(values.get(key)?.clone())));
        self.call(keys, |values| keys.iter().rev().filter_map(|key| one(values, key)).collect()).await
    }

    async fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        self.0.count(0, 1);
        self.call(&[key.to_owned()], |values| _ = values.insert(key.to_owned(), value.to_vec())).await
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.0.count(0, 1);
        self.call(&[key.to_owned()], |values| _ = values.remove(key)).await
    }

    async fn delete_many(&self, keys: &[String]) -> Result<(), StoreError> {
        self.0.count(0, 1);
        self.batch()?;
        self.call(keys, |values| keys.iter().for_each(|key| _ = values.remove(key))).await
    }

    async fn increment(&self, key: &str, delta: i64) -> Result<i64, StoreError> {
        self.0.count(0, 1);
        let digits = self.0.0.digits.get();
        self.call(&[key.to_owned()], |values| {
            let old = values.get(key).map_or(0, |bytes| match digits {
                true => std::str::from_utf8(bytes).unwrap().parse().unwrap(),
                false => i64::from_le_bytes(bytes.as_slice().try_into().expect("a counter was set")),
            });
            let new = old + delta;
            let bytes = if digits { new.to_string().into_bytes() } else { new.to_le_bytes().to_vec() };
            values.insert(key.to_owned(), bytes);
            new
        })
        .await
    }
}

/// Yields once, so that the other futures of a join can run.
pub(crate) async fn yield_once() {
    let mut yielded = false;
    std::future::poll_fn(|context| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
