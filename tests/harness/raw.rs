//! The rude client: it sends raw bytes over a socket.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream};
use std::time::{Duration, Instant};

use rustix::net::{self, AddressFamily, SocketType};

use super::PATIENCE;
use super::client::Client;

/// A connection to a host. Every read and write on it has a time limit.
pub(crate) struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
    closed: bool,
}

/// The start of an answer, and the bytes after it.
#[derive(Debug)]
pub(crate) struct RawReply {
    pub(crate) status: u16,
    /// Status line and headers.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Connection {
    pub(crate) fn open(app: &Client) -> Self {
        Self::over(TcpStream::connect(app.authority()).unwrap())
    }

    /// A connection from another loopback address, which is another client to the host. The host has to listen on loopback.
    pub(crate) fn open_from(source: Ipv4Addr, app: &Client) -> Self {
        let socket = net::socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
        net::bind(&socket, &SocketAddrV4::new(source, 0)).unwrap();
        net::connect(&socket, &app.authority().parse::<SocketAddrV4>().unwrap()).unwrap();
        Self::over(TcpStream::from(socket))
    }

    fn over(stream: TcpStream) -> Self {
        stream.set_nodelay(true).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Self { stream, received: Vec::new(), closed: false }
    }

    /// Returns whether the host accepted the bytes. A host that has closed the connection does not.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).is_ok()
    }

    /// Closes the sending direction of the connection.
    pub(crate) fn finish_writing(&self) {
        let _ = self.stream.shutdown(std::net::Shutdown::Write);
    }

    /// Reads the bytes that arrive within `time`. Returns false once the host has closed the connection.
    pub(crate) fn read_for(&mut self, time: Duration) -> bool {
        self.stream.set_read_timeout(Some(time)).unwrap();
        let mut buffer = [0; 16_384];
        match self.stream.read(&mut buffer) {
            Ok(0) => self.closed = true,
            Ok(count) => self.received.extend_from_slice(&buffer[..count]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => self.closed = true,
        }
        !self.closed
    }

    /// Reads until the condition holds or the host closes the connection.
    #[track_caller]
    pub(crate) fn read_until(&mut self, what: &str, done: impl Fn(&[u8]) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !done(&self.received) && self.read_for(Duration::from_millis(100)) {
            assert!(Instant::now() < deadline, "no {what} within {PATIENCE:?}");
        }
    }

    pub(crate) fn received(&self) -> &[u8] {
        &self.received
    }

    /// The answer, read until the connection ends; `None` when the host closed it without an answer.
    #[track_caller]
    pub(crate) fn reply_to_end(&mut self) -> Option<RawReply> {
        self.read_until("end of the connection", |_| false);
        RawReply::parse(&self.received)
    }

    /// The answer as soon as it is complete: its headers give the length of the body. `None` when the host closed the
    /// connection without an answer.
    #[track_caller]
    pub(crate) fn reply(&mut self) -> Option<RawReply> {
        self.read_until("answer", |received| RawReply::parse(received).is_some_and(|reply| reply.is_whole()));
        RawReply::parse(&self.received)
    }
}

impl RawReply {
    fn is_whole(&self) -> bool {
        let length =
            self.head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
        length.is_none_or(|length: usize| self.body.len() >= length)
    }

    /// The first final answer; interim answers (1xx) are skipped.
    fn parse(received: &[u8]) -> Option<Self> {
        let end = received.windows(4).position(|four| four == b"\r\n\r\n")?;
        let (head, rest) = (String::from_utf8_lossy(&received[..end]).into_owned(), &received[end + 4..]);
        let status = head.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5)).and_then(|code| code.parse().ok());
        match status.unwrap_or_else(|| panic!("no status line: {head}")) {
            100..200 => Self::parse(rest),
            status => Some(Self { status, head, body: String::from_utf8_lossy(rest).into_owned() }),
        }
    }
}

/// Sends bytes on a new connection and reads to its end. The bytes have to ask for `Connection: close`.
#[track_caller]
pub(crate) fn exchange(app: &Client, bytes: &[u8]) -> Option<RawReply> {
    let mut connection = Connection::open(app);
    connection.write(bytes);
    connection.reply_to_end()
}
