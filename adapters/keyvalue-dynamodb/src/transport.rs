use std::time::Instant;

use crate::settings::Endpoint;

/// A signed request, which is always a POST to the root.
pub struct Request<'a> {
    /// Where it goes.
    pub endpoint: &'a Endpoint,
    /// Its headers, but for the host and the length of the body.
    pub headers: Vec<(String, String)>,
    /// Its body, which is JSON.
    pub body: Vec<u8>,
}

/// An answer over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The whole body.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No connection, or one that broke, or an answer that makes no sense.
    Broken(String),
    /// The time is over.
    TimedOut,
}

/// What sends requests.
pub trait Transport {
    /// Sends a request, and waits for the whole answer until the deadline.
    ///
    /// # Errors
    /// There is no answer; the request may have been done all the same.
    fn send(&self, request: &Request<'_>, deadline: Instant) -> Result<Answer, Failure>;
}
