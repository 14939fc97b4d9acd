//! A connection over a socket of the standard library, which is that of `wasi:sockets` in a component. The crate `redis` reads
//! addresses, writes commands and reads replies. It has connections too, but those wait anew for each part of a reply, and take
//! replies of any size.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use redis::{Cmd, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, Parser, RedisError, Value};

use super::reply::{Failure, Reply, without_arguments};

/// The largest reply, in bytes. A page of messages is a fiftieth of it.
const MAX_REPLY_BYTES: usize = 16 * 1024 * 1024;

/// Where a server is, with what it asks of a client that connects.
pub struct Address(ConnectionInfo);

impl Address {
    /// Reads `redis://USER:PASSWORD@HOST:PORT/DATABASE`, of which all but the host may be missing.
    ///
    /// # Errors
    /// What is wrong, as the rest of a sentence that begins with the name of the variable.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text.starts_with("rediss:") || text.starts_with("valkeys:") {
            return Err("asks for TLS, which only the build for Spin has");
        }
        // The reason may hold a part of the address.
        match text.into_connection_info() {
            Ok(info) if matches!(info.addr(), ConnectionAddr::Tcp(..)) => Ok(Self(info)),
            _ => Err("is no address like redis://USER:PASSWORD@HOST:PORT/DATABASE"),
        }
    }
}

pub(crate) struct Connection {
    stream: TcpStream,
    parser: Parser,
}

impl Connection {
    pub(crate) fn open(Address(info): &Address, deadline: Instant) -> Result<Self, Failure> {
        let ConnectionAddr::Tcp(host, port) = info.addr() else {
            return Err(Failure::Broken("the address is not that of a socket".to_owned()));
        };
        let stream = connect(host, *port, deadline).map_err(failure)?;
        stream.set_nodelay(true).map_err(failure)?;
        let mut connection = Self { stream, parser: Parser::new() };
        let settings = info.redis_settings();
        if let Some(password) = settings.password() {
            let credentials = settings.username().into_iter().chain([password]);
            let command: Vec<&[u8]> = ["AUTH"].into_iter().chain(credentials).map(str::as_bytes).collect();
            connection.call(&command, deadline)?;
        }
        if settings.db() != 0 {
            connection.call(&[b"SELECT", settings.db().to_string().as_bytes()], deadline)?;
        }
        Ok(connection)
    }

    pub(crate) fn call(&mut self, command: &[&[u8]], deadline: Instant) -> Result<Vec<Reply>, Failure> {
        let mut packed = Cmd::new();
        for argument in command {
            packed.arg(*argument);
        }
        let mut limited = Limited { stream: &self.stream, deadline, bytes_left: MAX_REPLY_BYTES };
        limited.write_all(&packed.get_packed_command()).map_err(failure)?;
        let value = self.parser.parse_value(&mut limited).map_err(|error: RedisError| {
            if error.is_timeout() { Failure::TimedOut } else { Failure::Broken(error.to_string()) }
        })?;
        match value {
            Value::Array(values) => values.into_iter().map(reply).collect(),
            value => Ok(vec![reply(value)?]),
        }
    }
}

fn reply(value: Value) -> Result<Reply, Failure> {
    match value {
        Value::Nil => Ok(Reply::Nothing),
        Value::Int(number) => Ok(Reply::Number(number)),
        Value::BulkString(bytes) => Ok(Reply::Bytes(bytes)),
        Value::SimpleString(text) => Ok(Reply::Bytes(text.into_bytes())),
        Value::Okay => Ok(Reply::Bytes(b"OK".to_vec())),
        Value::ServerError(error) => {
            let details = error.details().map(without_arguments).unwrap_or_default();
            Err(Failure::Refused(format!("{} {details}", error.code())))
        }
        _ => Err(Failure::Broken("a reply of an unknown kind".to_owned())),
    }
}

/// Tries the addresses of a host in turn, each for its share of the time that is left, so that one that does not answer leaves
/// time for the others.
fn connect(host: &str, port: u16, deadline: Instant) -> io::Result<TcpStream> {
    let addresses: Vec<_> = (host, port).to_socket_addrs()?.collect();
    let mut error = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
    for (tried, address) in addresses.iter().enumerate() {
        let share = u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
        match TcpStream::connect_timeout(address, left(deadline)? / share) {
            Ok(stream) => return Ok(stream),
            Err(failed) => error = failed,
        }
    }
    Err(error)
}

/// The time until the deadline, which is never zero: that would mean to a socket that there is none.
fn left(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
}

fn failure(error: io::Error) -> Failure {
    match error.kind() {
        // The second is what a socket says whose time is over.
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Failure::TimedOut,
        _ => Failure::Broken(error.to_string()),
    }
}

/// A stream for one command: until a deadline, and for a reply of a limited size.
struct Limited<'a> {
    stream: &'a TcpStream,
    deadline: Instant,
    bytes_left: usize,
}

impl Read for Limited<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = buffer.len().min(self.bytes_left);
        let Some(buffer) = buffer.get_mut(..length).filter(|buffer| !buffer.is_empty()) else {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the reply is too large"));
        };
        self.stream.set_read_timeout(Some(left(self.deadline)?))?;
        let read = self.stream.read(buffer)?;
        self.bytes_left -= read;
        Ok(read)
    }
}

impl Write for Limited<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(left(self.deadline)?))?;
        self.stream.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_that_of_a_socket_without_tls() {
        for good in ["redis://localhost", "redis://:p%40ss@[::1]:6380/2", "valkey://10.0.0.5:6379"] {
            assert!(Address::parse(good).is_ok(), "{good}");
        }
        let form = "is no address like redis://USER:PASSWORD@HOST:PORT/DATABASE";
        for bad in [
            "",
            "secret",
            "http://localhost",
            "redis://",
            "redis://localhost/x",
            "unix:///run/redis",
            "redis://0.0.0.0",
        ] {
            assert_eq!(Address::parse(bad).err(), Some(form), "{bad}");
        }
        assert_eq!(Address::parse("rediss://h").err(), Some("asks for TLS, which only the build for Spin has"));
    }

    #[test]
    fn an_error_is_told_without_what_the_server_repeats() {
        let value =
            redis::parse_redis_value(b"-ERR unknown command 'EVAL', with args beginning with: 'the value' \r\n");
        let refused = Failure::Refused("ERR unknown command 'EVAL'".to_owned());
        assert_eq!(reply(value.unwrap()), Err(refused));
    }
}
