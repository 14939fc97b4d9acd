//! What the services need of the world. `edge` implements these over WASI, the tests in memory.

use std::future::Future;

pub use domain::{Effect, MethodArn, Statement, Timestamp};

/// Opens buckets of the key-value store.
pub trait Store {
    /// An open bucket.
    type Bucket: Bucket;

    /// Opens the bucket of a label.
    ///
    /// # Errors
    /// No bucket has the label, or the component may not use it, or the store does not answer.
    fn open(&self, label: &str) -> impl Future<Output = Result<Self::Bucket, StoreError>>;
}

/// A bucket of the key-value store. Only [`Bucket::increment`] is atomic.
pub trait Bucket {
    /// The value of a key, if there is one.
    ///
    /// # Errors
    /// The store does not answer.
    fn get(&self, key: &str) -> impl Future<Output = Result<Option<Vec<u8>>, StoreError>>;

    /// Writes a value over whatever is there.
    ///
    /// # Errors
    /// The store does not answer; the value may have been written all the same.
    fn set(&self, key: &str, value: &[u8]) -> impl Future<Output = Result<(), StoreError>>;

    /// Removes a key, if it is there.
    ///
    /// # Errors
    /// The store does not answer; the key may have been removed all the same.
    fn delete(&self, key: &str) -> impl Future<Output = Result<(), StoreError>>;

    /// Adds to a counter, which is created at 0, and returns its new value.
    ///
    /// # Errors
    /// The store does not answer; the counter may have been incremented all the same.
    fn increment(&self, key: &str, delta: i64) -> impl Future<Output = Result<i64, StoreError>>;
}

/// The store could not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No bucket has the label, or the component is not granted it.
    #[error("no key-value store of this label is granted")]
    NoSuchBucket,
    /// Anything else; the text is for the log alone.
    #[error("{0}")]
    Failed(String),
}

/// Tells the time.
pub trait Clock {
    /// Now, by the wall clock, which may step.
    fn now(&self) -> Timestamp;

    /// Milliseconds since some moment, by a clock that never steps: for how long something takes.
    fn uptime_millis(&self) -> u64;
}

/// Draws random bytes.
pub trait Entropy {
    /// Fills the slice with bytes fit for keys and salts.
    fn fill(&self, bytes: &mut [u8]);
}

/// Reads the variables of the application.
pub trait Config {
    /// The value of a variable, if it is set.
    ///
    /// # Errors
    /// The source of variables does not answer.
    fn get(&self, name: &str) -> Result<Option<String>, ConfigError>;
}

/// The source of variables does not answer. The text is for the log alone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

/// Takes log lines.
pub trait Log {
    /// Writes one line, which has no line break in it and gets one at its end.
    fn write(&self, line: &str);
}

/// Lets other work of the host run.
pub trait Pause {
    /// Until the host has looked after others that are ready.
    fn pause(&self) -> impl Future<Output = ()>;

    /// For at least this number of milliseconds.
    fn sleep(&self, millis: u64) -> impl Future<Output = ()>;
}

/// Everything that an endpoint without guarded methods needs.
pub trait Platform: Store + Clock + Entropy + Config + Log + Pause {}

impl<T: Store + Clock + Entropy + Config + Log + Pause> Platform for T {}

/// The custom authorizer.
pub trait Authorizer {
    /// The policy for the bearer of an `Authorization` header's value, who wants to call a method.
    ///
    /// # Errors
    /// [`Denial`]: then nothing may be called.
    fn authorize(&self, authorization: &str, method: &MethodArn)
    -> impl Future<Output = Result<Authorization, Denial>>;
}

/// What an authorizer returned, of which nothing is checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// The username.
    pub principal_id: String,
    /// The version of the policy language.
    pub version: String,
    /// The statements of the policy.
    pub statements: Vec<Statement>,
    /// What else is known of the principal: `name`.
    pub context: Vec<(String, String)>,
}

/// Why there is no policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denial {
    /// The header holds no token that is good now; the text is a [`domain::TokenError::reason`].
    InvalidToken(String),
    /// The authorizer could not decide, and has logged why.
    Unavailable,
}
