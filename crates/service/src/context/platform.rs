//! What `service` needs from its host. `edge` implements these traits over WASI, and the tests implement them in memory.

use std::future::Future;

pub use domain::{Effect, MethodArn, Statement, Timestamp};

/// The host that a component runs on.
pub trait Platform {
    /// An open bucket of the key-value store.
    type Bucket: Bucket;

    /// Opens the bucket of a label.
    ///
    /// # Errors
    /// No bucket has the label, or the component may not use it, or the store does not answer.
    fn open(&self, label: &str) -> impl Future<Output = Result<Self::Bucket, StoreError>>;

    /// The value of a variable of the application, if it is set.
    ///
    /// # Errors
    /// The source of variables does not answer.
    fn variable(&self, name: &str) -> Result<Option<String>, ConfigError>;

    /// The current time of the wall clock, which may step.
    fn now(&self) -> Timestamp;

    /// Milliseconds since an arbitrary moment, by a clock that never steps. It serves to measure durations.
    fn uptime_millis(&self) -> u64;

    /// Fills the slice with random bytes that are fit for keys and salts.
    fn fill(&self, bytes: &mut [u8]);

    /// Writes one line to the log. The line contains no line break; this function adds one at its end.
    fn log(&self, line: &str);

    /// Waits until the host has served other requests that are ready.
    fn pause(&self) -> impl Future<Output = ()>;

    /// Waits for at least this number of milliseconds.
    fn sleep(&self, millis: u64) -> impl Future<Output = ()>;
}

/// A bucket of the key-value store. Only [`Bucket::increment`] is atomic.
pub trait Bucket {
    /// The value of a key, if there is one.
    ///
    /// # Errors
    /// The store does not answer.
    fn get(&self, key: &str) -> impl Future<Output = Result<Option<Vec<u8>>, StoreError>>;

    /// The values of several keys, as the store returns them: in any order, and perhaps without the keys that do not exist.
    ///
    /// # Errors
    /// The store does not answer, or can't read several keys at once.
    fn get_many(&self, keys: &[String]) -> impl Future<Output = Result<KeyValues, StoreError>>;

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

    /// Removes several keys, those that are there.
    ///
    /// # Errors
    /// The store does not answer, or can't remove several keys at once; some may have been removed all the same.
    fn delete_many(&self, keys: &[String]) -> impl Future<Output = Result<(), StoreError>>;

    /// Adds `delta` to a counter, and returns its new value. A counter that does not exist starts at 0.
    ///
    /// # Errors
    /// The store does not answer; the counter may have been incremented all the same.
    fn increment(&self, key: &str, delta: i64) -> impl Future<Output = Result<i64, StoreError>>;
}

/// Keys and their values.
pub type KeyValues = Vec<(String, Option<Vec<u8>>)>;

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

/// The source of variables does not answer. The text is for the log alone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

/// The custom authorizer.
pub trait Authorizer {
    /// The policy for the bearer of an `Authorization` header's value, who wants to call a method.
    ///
    /// # Errors
    /// [`Denial`] if there is no policy; then the caller may call nothing.
    fn authorize(
        &self,
        authorization: &str,
        method: &MethodArn,
        request_id: &str,
    ) -> impl Future<Output = Result<Authorization, Denial>>;
}

/// What an authorizer returned. Nothing in it is validated yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// Who calls.
    pub principal: UncheckedPrincipal,
    /// The version of the policy language.
    pub version: String,
    /// The statements of the policy.
    pub statements: Vec<Statement>,
}

/// Who calls, as an authorizer says it: `record principal` of `wit/authorizer.wit`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UncheckedPrincipal {
    /// The username of the account.
    pub username: String,
    /// The name to show.
    pub name: String,
    /// The id of the session that the token belongs to.
    pub session: String,
}

/// Why there is no policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denial {
    /// The header holds no token that is good now; the text is a [`domain::TokenError::reason`].
    InvalidToken(String),
    /// The authorizer could not decide, and has logged why.
    Unavailable,
}
