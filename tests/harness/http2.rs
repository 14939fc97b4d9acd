//! The rude client of HTTP/2: it sends frames as it likes (RFC 9113), without TLS.

use std::time::Duration;

use super::client::Client;
use super::raw::Connection;

pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PING: u8 = 6;
pub(crate) const GOAWAY: u8 = 7;
pub(crate) const CONTINUATION: u8 = 9;

pub(crate) const END_STREAM: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A frame that the host has sent.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) kind: u8,
    pub(crate) stream: u32,
    pub(crate) content: Vec<u8>,
}

pub(crate) fn frame(kind: u8, flags: u8, stream: u32, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), content].concat()
}

/// The header block of a request, without compression. Names are numbers of the static table (RFC 7541, appendix A).
pub(crate) fn head(method: &str, authority: &str, path: &str) -> Vec<u8> {
    let field = |name: u8, value: &str| [&[name, u8::try_from(value.len()).unwrap()], value.as_bytes()].concat();
    [field(2, method), field(6, "http"), field(1, authority), field(4, path)].concat()
}

/// The header fields that follow those of [`head`].
pub(crate) fn field(name: &str, value: &str) -> Vec<u8> {
    let text = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    [vec![0], text(name), text(value)].concat()
}

/// Opens a connection with the preface and these settings, each a number and a value.
pub(crate) fn open(app: &Client, settings: &[(u16, u32)]) -> Connection {
    let mut connection = Connection::open(app);
    let settings: Vec<u8> =
        settings.iter().flat_map(|(name, value)| [&name.to_be_bytes()[..], &value.to_be_bytes()].concat()).collect();
    connection.write(&[PREFACE, &frame(SETTINGS, 0, 0, &settings)].concat());
    connection
}

/// The whole frames in what has been received.
pub(crate) fn frames(mut received: &[u8]) -> Vec<Frame> {
    let mut frames = Vec::new();
    while let Some((header, rest)) = received.split_first_chunk::<9>() {
        let [a, b, c, kind, _, stream @ ..] = *header;
        let length = u32::from_be_bytes([0, a, b, c]) as usize;
        let Some((content, rest)) = rest.split_at_checked(length) else { break };
        frames.push(Frame { kind, stream: u32::from_be_bytes(stream), content: content.to_vec() });
        received = rest;
    }
    frames
}

/// Waits for a frame, and returns the first one that fits.
#[track_caller]
pub(crate) fn wait_for_frame(connection: &mut Connection, what: &str, fits: impl Fn(&Frame) -> bool) -> Frame {
    connection.read_until(what, |received| frames(received).iter().any(&fits));
    let found = frames(connection.received()).into_iter().find(&fits);
    found.unwrap_or_else(|| panic!("the connection ended without {what}: {:?}", frames(connection.received())))
}

/// Reads to the end of the connection, while something is written each tenth of a second.
#[track_caller]
pub(crate) fn write_until_end(connection: &mut Connection, bytes: &[u8]) {
    let deadline = std::time::Instant::now() + super::PATIENCE;
    while connection.read_for(Duration::from_millis(100)) {
        connection.write(bytes);
        assert!(std::time::Instant::now() < deadline, "the connection did not end");
    }
}
