use std::cell::{Cell, RefCell};
use std::rc::Rc;

use keyvalue::{Backend, Error};

use crate::bindings::wasi::config::store as config;
use crate::client::Client;
use crate::connection::{Address, Failure, Reply};
use crate::log;

/// The variable with the address of the server. It may hold a password.
const ADDRESS: &str = "redis_url";

/// Writes a value if the present one is as expected. The server runs a script as a whole, with no other command in between.
const REPLACE: &[u8] = b"if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1";

thread_local! {
    /// The client of this instance, with the address that it is for. A host that serves several requests with one instance
    /// keeps it, and the connection with it.
    static CLIENT: RefCell<Option<(String, Rc<Client>)>> = const { RefCell::new(None) };
}

/// The store of the app for the time of one request. Spin gives names to its stores, and each is a server; here there is one
/// server, so every name is that of the same store.
pub struct Store {
    client: Rc<Client>,
    /// Whether the server has let a call wait for too long. Then it gets no other one of this request, which otherwise would
    /// wait for as often as it has calls.
    gave_up: Cell<bool>,
}

impl Store {
    /// The store of a client.
    pub fn of(client: Rc<Client>) -> Self {
        Self { client, gave_up: Cell::new(false) }
    }

    fn call(&self, command: &[&[u8]]) -> Result<Vec<Reply>, Error> {
        let other = |reason: String| Err(Error::Other(reason));
        if self.gave_up.get() {
            return other("Redis did not answer in time, and was not asked again".to_owned());
        }
        match self.client.call(command) {
            Ok(reply) => Ok(reply),
            Err(Failure::TimedOut) => {
                self.gave_up.set(true);
                other("Redis does not answer in time".to_owned())
            }
            Err(Failure::Refused(reason)) => other(format!("Redis refuses: {reason}")),
            Err(Failure::Broken(reason)) => other(format!("Redis can't be reached: {reason}")),
        }
    }

    /// Sends a command that has one reply.
    fn one(&self, command: &[&[u8]]) -> Result<Reply, Error> {
        let mut reply = self.call(command)?.into_iter();
        match (reply.next(), reply.next()) {
            (Some(reply), None) => Ok(reply),
            _ => Err(unexpected()),
        }
    }

    /// Sends a command that replies with a number.
    fn number(&self, command: &[&[u8]]) -> Result<i64, Error> {
        match self.one(command)? {
            Reply::Number(number) => Ok(number),
            _ => Err(unexpected()),
        }
    }
}

fn unexpected() -> Error {
    Error::Other("Redis gives another kind of reply than the command has".to_owned())
}

/// The bytes of a value; those of a counter are its digits.
fn bytes(reply: Reply) -> Option<Vec<u8>> {
    match reply {
        Reply::Nothing => None,
        Reply::Number(number) => Some(number.to_string().into_bytes()),
        Reply::Bytes(bytes) => Some(bytes),
    }
}

/// A command with keys as its arguments.
fn with_keys<'a>(name: &'a [u8], keys: &'a [String]) -> Vec<&'a [u8]> {
    [name].into_iter().chain(keys.iter().map(String::as_bytes)).collect()
}

impl Backend for Store {
    /// Connects to nothing yet: the app opens a store again after it could not, and would wait each time.
    fn open(_identifier: &str) -> Result<Self, Error> {
        let invalid = |reason: &str| Error::Other(format!("the variable {ADDRESS} {reason}"));
        let address = match config::get(ADDRESS) {
            Ok(address) => address.filter(|address| !address.is_empty()).ok_or_else(|| invalid("is not set"))?,
            Err(_) => return Err(invalid("can't be read")),
        };
        let parsed = || Address::parse(&address).map_err(invalid);
        CLIENT.with_borrow_mut(|client| match client {
            Some((of, client)) if *of == address => Ok(Self::of(Rc::clone(client))),
            _ => {
                let new = Rc::new(Client::new(parsed()?, log::evicts));
                *client = Some((address.clone(), Rc::clone(&new)));
                Ok(Self::of(new))
            }
        })
    }

    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        Ok(bytes(self.one(&[b"GET", key.as_bytes()])?))
    }

    fn set(&self, key: &str, value: &[u8]) -> Result<(), Error> {
        self.call(&[b"SET", key.as_bytes(), value]).map(drop)
    }

    fn delete(&self, key: &str) -> Result<(), Error> {
        self.call(&[b"DEL", key.as_bytes()]).map(drop)
    }

    fn exists(&self, key: &str) -> Result<bool, Error> {
        Ok(self.number(&[b"EXISTS", key.as_bytes()])? == 1)
    }

    fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        let values: Vec<_> = self.call(&with_keys(b"MGET", keys))?.into_iter().map(bytes).collect();
        if values.len() == keys.len() { Ok(values) } else { Err(unexpected()) }
    }

    fn set_many(&self, pairs: &[(String, Vec<u8>)]) -> Result<(), Error> {
        let arguments = pairs.iter().flat_map(|(key, value)| [key.as_bytes(), value]);
        let command: Vec<&[u8]> = [&b"MSET"[..]].into_iter().chain(arguments).collect();
        self.call(&command).map(drop)
    }

    fn delete_many(&self, keys: &[String]) -> Result<(), Error> {
        self.call(&with_keys(b"DEL", keys)).map(drop)
    }

    fn add(&self, key: &str, delta: i64) -> Result<i64, Error> {
        self.number(&[b"INCRBY", key.as_bytes(), delta.to_string().as_bytes()])
    }

    fn replace(&self, key: &str, expected: Option<&[u8]>, value: &[u8]) -> Result<bool, Error> {
        match expected {
            None => Ok(self.one(&[b"SET", key.as_bytes(), value, b"NX"])? != Reply::Nothing),
            Some(expected) => Ok(self.number(&[b"EVAL", REPLACE, b"1", key.as_bytes(), expected, value])? == 1),
        }
    }
}
