use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant, SystemTime};

use keyvalue::{Backend, Error};
use serde_json::Value;

use crate::action::{Call, delete_request, put_request};
use crate::answer::{Refusal, content};
use crate::bindings::wasi::config::store as config;
use crate::item;
use crate::retry::{Attempts, TimeIsOver};
use crate::settings::Settings;
use crate::signature::sign;
use crate::transport::{Failure, Request, Transport};

/// How long an operation waits for DynamoDB, in all.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many keys, and how many requests, DynamoDB takes at once.
const KEYS_AT_ONCE: usize = 100;
const WRITES_AT_ONCE: usize = 25;

/// The store of the app for the time of one request. There is one table, so every name is that of the same store.
pub struct Store<T> {
    settings: Settings,
    transport: T,
    patience: Duration,
    /// Whether the time of an operation has run out. Then there is no other one in this request, which otherwise would wait for
    /// as often as it has operations.
    gave_up: Cell<bool>,
}

/// Why a call has no content.
enum Failed {
    Condition,
    Error(Error),
}

impl<T: Transport> Store<T> {
    /// A store in the table of the settings.
    pub fn new(settings: Settings, transport: T) -> Self {
        Self { settings, transport, patience: PATIENCE, gave_up: Cell::new(false) }
    }

    /// The same store with operations that wait for this long.
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    fn table(&self) -> &str {
        &self.settings.table
    }

    fn attempts(&self) -> Attempts {
        Attempts::until(Instant::now() + self.patience)
    }

    /// Sends a call until it is answered: once more when the connection breaks, and after waits while the table or the service
    /// has too much to do.
    ///
    /// DynamoDB may have done the call before it failed, and then it does it twice: [`Backend`] says what that means.
    fn call(&self, attempts: &mut Attempts, call: &Call) -> Result<Value, Failed> {
        let failed = |reason: String| Failed::Error(Error::Other(format!("DynamoDB {reason}")));
        if self.gave_up.get() {
            return Err(failed("did not answer in time, and was not asked again".to_owned()));
        }
        let body = call.parameters.to_string().into_bytes();
        loop {
            let headers = sign(&self.settings, call.action, &body, SystemTime::now()).map_err(failed)?;
            let request = Request { endpoint: self.settings.endpoint(), headers, body: body.clone() };
            let answer = match self.transport.send(&request, attempts.deadline()) {
                Ok(answer) => answer,
                Err(Failure::Broken(_)) if attempts.connect_anew() => continue,
                Err(Failure::Broken(reason)) => return Err(failed(format!("can't be reached: {reason}"))),
                Err(Failure::TimedOut) => {
                    self.gave_up.set(true);
                    return Err(failed("does not answer in time".to_owned()));
                }
            };
            match content(&answer) {
                Ok(content) => return Ok(content),
                Err(Refusal::Condition) => return Err(Failed::Condition),
                Err(Refusal::Never(reason)) => return Err(failed(format!("refuses: {reason}"))),
                Err(Refusal::Later(reason)) => self.wait(attempts, &reason).map_err(Failed::Error)?,
            }
        }
    }

    fn wait(&self, attempts: &mut Attempts, reason: &str) -> Result<(), Error> {
        attempts.wait().map_err(|TimeIsOver| {
            self.gave_up.set(true);
            Error::Other(format!("DynamoDB refuses for too long: {reason}"))
        })
    }

    /// Sends a call without a condition.
    fn one(&self, call: &Call) -> Result<Value, Error> {
        self.call(&mut self.attempts(), call).map_err(unconditional)
    }

    /// Sends parts of a batch, and again those that DynamoDB returns because the answer got too large, or the table has too much
    /// to do. `answered` gets each answer.
    fn batch(
        &self,
        mut parts: Vec<Value>,
        at_once: usize,
        call: impl Fn(&str, &[Value]) -> Call,
        rest: impl Fn(&mut Value) -> Option<Vec<Value>>,
        mut answered: impl FnMut(&Value),
    ) -> Result<(), Error> {
        let mut attempts = self.attempts();
        while !parts.is_empty() {
            let later = parts.split_off(at_once.min(parts.len()));
            let mut content = self.call(&mut attempts, &call(self.table(), &parts)).map_err(unconditional)?;
            answered(&content);
            parts = rest(&mut content).unwrap_or_default();
            if !parts.is_empty() {
                self.wait(&mut attempts, "parts of a batch are not done")?;
            }
            parts.extend(later);
        }
        Ok(())
    }

    fn batch_write(&self, requests: Vec<Value>) -> Result<(), Error> {
        let rest = |content: &mut Value| -> Option<Vec<Value>> {
            list(content.get_mut("UnprocessedItems")?.get_mut(self.table())?)
        };
        self.batch(requests, WRITES_AT_ONCE, Call::batch_write, rest, |_| {})
    }
}

fn unconditional(failed: Failed) -> Error {
    match failed {
        Failed::Condition => Error::Other("DynamoDB refuses: the item is not as it should be".to_owned()),
        Failed::Error(error) => error,
    }
}

fn list(value: &mut Value) -> Option<Vec<Value>> {
    match value.take() {
        Value::Array(list) => Some(list),
        _ => None,
    }
}

fn unreadable(key: &str) -> Error {
    Error::Other(format!("the item of {key} has neither a value nor a number"))
}

impl<T: Transport + Default + 'static> Backend for Store<T> {
    fn open(_identifier: &str) -> Result<Self, Error> {
        let variable = |name: &str| config::get(name).map_err(|_| String::new());
        let settings = Settings::read(variable).map_err(Error::Other)?;
        Ok(Self::new(settings, T::default()))
    }

    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        let content = self.one(&Call::get(self.table(), key))?;
        let value = |item| item::value_of(item).ok_or_else(|| unreadable(key));
        content.get("Item").map(value).transpose()
    }

    fn set(&self, key: &str, value: &[u8]) -> Result<(), Error> {
        self.one(&Call::put(self.table(), key, value)).map(drop)
    }

    fn delete(&self, key: &str) -> Result<(), Error> {
        self.one(&Call::delete(self.table(), key)).map(drop)
    }

    fn exists(&self, key: &str) -> Result<bool, Error> {
        Ok(self.one(&Call::get(self.table(), key))?.get("Item").is_some())
    }

    fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        let mut found: BTreeMap<&str, Option<Vec<u8>>> = keys.iter().map(|key| (key.as_str(), None)).collect();
        // DynamoDB refuses a batch that has a key twice.
        let parts = found.keys().map(|key| item::key(key)).collect();
        let rest = |content: &mut Value| -> Option<Vec<Value>> {
            list(content.get_mut("UnprocessedKeys")?.get_mut(self.table())?.get_mut("Keys")?)
        };
        let mut wrong = None;
        self.batch(parts, KEYS_AT_ONCE, Call::batch_get, rest, |content| {
            let items = content.get("Responses").and_then(|tables| tables.get(self.table())?.as_array());
            for item in items.into_iter().flatten() {
                let key = item::key_of(item).unwrap_or_default();
                match (found.get_mut(key), item::value_of(item)) {
                    (Some(place), Some(value)) => *place = Some(value),
                    _ => wrong = Some(unreadable(key)),
                }
            }
        })?;
        match wrong {
            Some(error) => Err(error),
            None => Ok(keys.iter().map(|key| found.get(key.as_str()).cloned().flatten()).collect()),
        }
    }

    fn set_many(&self, pairs: &[(String, Vec<u8>)]) -> Result<(), Error> {
        // As with keys that are read. The last value of a key is the one that counts.
        let pairs: BTreeMap<&str, &[u8]> = pairs.iter().map(|(key, value)| (key.as_str(), value.as_slice())).collect();
        self.batch_write(pairs.into_iter().map(|(key, value)| put_request(key, value)).collect())
    }

    fn delete_many(&self, keys: &[String]) -> Result<(), Error> {
        let keys: BTreeSet<&String> = keys.iter().collect();
        self.batch_write(keys.into_iter().map(|key| delete_request(key)).collect())
    }

    fn add(&self, key: &str, delta: i64) -> Result<i64, Error> {
        let content = match self.call(&mut self.attempts(), &Call::add(self.table(), key, delta)) {
            Ok(content) => content,
            Err(Failed::Condition) => return Err(Error::Other(format!("{key} has a value, and is no counter"))),
            Err(Failed::Error(error)) => return Err(error),
        };
        let digits = content.get("Attributes").and_then(item::value_of);
        digits.as_deref().and_then(item::number).ok_or_else(|| unreadable(key))
    }

    fn replace(&self, key: &str, expected: Option<&[u8]>, value: &[u8]) -> Result<bool, Error> {
        match self.call(&mut self.attempts(), &Call::replace(self.table(), key, expected, value)) {
            Ok(_) => Ok(true),
            Err(Failed::Condition) => Ok(false),
            Err(Failed::Error(error)) => Err(error),
        }
    }
}
