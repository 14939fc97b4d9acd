//! A connection that Spin holds. Spin has TLS and a time limit of its own, and says of every error only its text.

use std::time::Instant;

use super::reply::{Failure, Reply, without_arguments};
use crate::bindings::fermyon::spin::redis::{Connection as Opened, Error, RedisParameter, RedisResult};

/// Where a server is, as Spin takes it.
pub struct Address(String);

impl Address {
    /// Takes `redis://USER:PASSWORD@HOST:PORT/DATABASE`, or `rediss://` for TLS. Spin reads it.
    ///
    /// # Errors
    /// What is wrong, as the rest of a sentence that begins with the name of the variable.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text.starts_with("redis://") || text.starts_with("rediss://") {
            Ok(Self(text.to_owned()))
        } else {
            Err("is no address like rediss://USER:PASSWORD@HOST:PORT/DATABASE")
        }
    }
}

pub(crate) struct Connection(Opened);

impl Connection {
    pub(crate) fn open(Address(address): &Address, _deadline: Instant) -> Result<Self, Failure> {
        Opened::open(address).map(Self).map_err(failure)
    }

    pub(crate) fn call(&mut self, command: &[&[u8]], _deadline: Instant) -> Result<Vec<Reply>, Failure> {
        let mut words = command.iter();
        let name = words.next().map(|name| String::from_utf8_lossy(name)).unwrap_or_default();
        let arguments: Vec<_> = words.map(|word| RedisParameter::Binary(word.to_vec())).collect();
        let reply = self.0.execute(&name, &arguments).map_err(failure)?;
        Ok(reply.into_iter().map(part).collect())
    }
}

fn part(result: RedisResult) -> Reply {
    match result {
        RedisResult::Nil => Reply::Nothing,
        RedisResult::Status(text) => Reply::Bytes(text.into_bytes()),
        RedisResult::Int64(number) => Reply::Number(number),
        RedisResult::Binary(bytes) => Reply::Bytes(bytes),
    }
}

fn failure(error: Error) -> Failure {
    match error {
        Error::InvalidAddress => Failure::Refused("redis_url, or allowed_outbound_hosts lacks its address".to_owned()),
        Error::TooManyConnections => Failure::Refused("more connections at once".to_owned()),
        Error::TypeError => Failure::Refused("a value of another type".to_owned()),
        Error::Other(reason) => Failure::Broken(without_arguments(&reason).to_owned()),
    }
}
