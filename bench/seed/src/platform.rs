//! The host of the services while they fill a store: everything is in memory, and each message is a second later.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fs::{self, File};
use std::future::Future;
use std::io::Read;
use std::path::Path;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Result, bail};
use domain::{ACTION_INVOKE, Effect, MethodArn, POLICY_VERSION, Statement, Timestamp};
use rusqlite::{Connection, params};
use service::platform::{
    Authorization, Authorizer, Bucket, ConfigError, Denial, KeyValues, Platform, StoreError, UncheckedPrincipal,
};

/// The statement that Spin and our host create their table with.
const TABLE: &str = "CREATE TABLE spin_key_value (
    store TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (store, key))";
/// The variables for which 0 turns a limit off.
const LIMITS: [&str; 2] = ["signups_per_hour", "posts_per_minute"];
const MILLIS: u64 = 1000;

/// The values of the store, each with its number in the order in which they were first written.
#[derive(Default)]
struct Values {
    rows: HashMap<String, (u64, Vec<u8>)>,
    next: u64,
}

pub(crate) struct Seeding {
    values: Rc<RefCell<Values>>,
    now_millis: Cell<u64>,
}

impl Seeding {
    /// An empty store, at a time from which on this number of seconds have passed until now.
    pub(crate) fn new(seconds: u64) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Self { values: Rc::default(), now_millis: Cell::new(now.saturating_sub(seconds) * MILLIS) }
    }

    /// Lets a second pass.
    pub(crate) fn advance(&self) {
        self.now_millis.set(self.now_millis.get() + MILLIS);
    }

    /// Writes the store to a new file, with its rows in the order in which the app would have made them.
    pub(crate) fn write(&self, file: &Path) -> Result<()> {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut database = Connection::open(file)?;
        // If the machine fails, the file is made again.
        database.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")?;
        database.execute_batch(TABLE)?;
        let values = self.values.borrow();
        let mut rows: Vec<(&String, &(u64, Vec<u8>))> = values.rows.iter().collect();
        rows.sort_unstable_by_key(|(_, (number, _))| *number);
        let transaction = database.transaction()?;
        {
            let mut insert = transaction.prepare("INSERT INTO spin_key_value VALUES ('default', ?1, ?2)")?;
            for (key, (_, value)) in rows {
                insert.execute(params![key, value])?;
            }
        }
        Ok(transaction.commit()?)
    }
}

/// The result of a future that waits for nothing, as everything here.
pub(crate) fn immediately<T>(future: impl Future<Output = T>) -> Result<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => Ok(result),
        Poll::Pending => bail!("the service waits for something"),
    }
}

impl Platform for Seeding {
    type Bucket = Memory;

    async fn open(&self, _: &str) -> Result<Memory, StoreError> {
        Ok(Memory(Rc::clone(&self.values)))
    }

    fn variable(&self, name: &str) -> Result<Option<String>, ConfigError> {
        Ok(LIMITS.contains(&name).then(|| "0".to_owned()))
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now_millis.get())
    }

    fn uptime_millis(&self) -> u64 {
        self.now_millis.get()
    }

    #[expect(clippy::expect_used, reason = "without random bytes there is nothing to go on with")]
    fn fill(&self, bytes: &mut [u8]) {
        File::open("/dev/urandom").and_then(|mut file| file.read_exact(bytes)).expect("random bytes");
    }

    /// Passes over the line of each message.
    fn log(&self, line: &str) {
        if !line.contains(r#""level":"info""#) {
            eprintln!("{line}");
        }
    }

    async fn pause(&self) {}

    async fn sleep(&self, _: u64) {}
}

/// The token is the username. To sign tokens and to verify them would take longer than all the rest.
impl Authorizer for Seeding {
    async fn authorize(&self, authorization: &str, method: &MethodArn, _: &str) -> Result<Authorization, Denial> {
        let username = authorization.strip_prefix("Bearer ").ok_or(Denial::Unavailable)?.to_owned();
        let statement = Statement {
            effect: Effect::Allow,
            actions: vec![ACTION_INVOKE.to_owned()],
            resources: vec![method.to_string()],
        };
        let principal = UncheckedPrincipal { name: format!("The {username}"), username, session: "0".repeat(32) };
        Ok(Authorization { principal, version: POLICY_VERSION.to_owned(), statements: vec![statement] })
    }
}

pub(crate) struct Memory(Rc<RefCell<Values>>);

impl Bucket for Memory {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0.borrow().rows.get(key).map(|(_, value)| value.clone()))
    }

    async fn get_many(&self, keys: &[String]) -> Result<KeyValues, StoreError> {
        let values = self.0.borrow();
        Ok(keys.iter().filter_map(|key| Some((key.clone(), Some(values.rows.get(key)?.1.clone())))).collect())
    }

    async fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        let Values { rows, next } = &mut *self.0.borrow_mut();
        *next += 1;
        value.clone_into(&mut rows.entry(key.to_owned()).or_insert((*next, Vec::new())).1);
        Ok(())
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.0.borrow_mut().rows.remove(key);
        Ok(())
    }

    async fn delete_many(&self, keys: &[String]) -> Result<(), StoreError> {
        keys.iter().for_each(|key| _ = self.0.borrow_mut().rows.remove(key));
        Ok(())
    }

    async fn increment(&self, key: &str, delta: i64) -> Result<i64, StoreError> {
        let old = self.get(key).await?.map_or(Ok([0; 8]), <[u8; 8]>::try_from);
        let old = old.map_err(|_| StoreError::Failed(format!("{key} is no counter")))?;
        let new = i64::from_le_bytes(old).wrapping_add(delta);
        self.set(key, &new.to_le_bytes()).await?;
        Ok(new)
    }
}
