//! Requests over `wasi:http`.

use std::time::{Duration, Instant};

use wasip2::clocks::monotonic_clock::subscribe_duration;
use wasip2::http::outgoing_handler::handle;
use wasip2::http::types::{
    ErrorCode, Fields, IncomingBody, IncomingResponse, Method, OutgoingBody, OutgoingRequest, RequestOptions, Scheme,
};
use wasip2::io::poll::{Pollable, poll};
use wasip2::io::streams::StreamError;

use crate::transport::{Answer, Failure, Request, Transport};

/// The largest answer. DynamoDB returns 16 MiB at most, of which a batch says the rest for another request, and values are a
/// third longer in JSON.
const MAX_ANSWER_BYTES: usize = 22 * 1024 * 1024;
/// How many bytes are asked of the host at once.
const CHUNK_BYTES: u64 = 64 * 1024;

/// The HTTP client of the host.
#[derive(Default)]
pub struct Wasi;

impl Transport for Wasi {
    fn send(&self, request: &Request<'_>, deadline: Instant) -> Result<Answer, Failure> {
        let outgoing = outgoing(request).ok_or_else(|| broken("the host refuses the request"))?;
        let body = outgoing.body().map_err(|()| broken("the host refuses a body"))?;
        let pending = handle(outgoing, Some(options(deadline))).map_err(|error| failure(&error))?;
        // When the server does not take the body, it is the answer that says why.
        let _ = write(body, &request.body, deadline);
        wait(&pending.subscribe(), deadline)?;
        let response = pending.get().and_then(Result::ok).ok_or_else(|| broken("the host has no answer"))?;
        let response = response.map_err(|error| failure(&error))?;
        Ok(Answer { status: response.status(), body: read(&response, deadline)? })
    }
}

fn outgoing(request: &Request<'_>) -> Option<OutgoingRequest> {
    let fields = Fields::new();
    let length = ("content-length".to_owned(), request.body.len().to_string());
    for (name, value) in request.headers.iter().chain([&length]) {
        fields.append(name, value.as_bytes()).ok()?;
    }
    let outgoing = OutgoingRequest::new(fields);
    let scheme = if request.endpoint.is_https { Scheme::Https } else { Scheme::Http };
    outgoing.set_method(&Method::Post).ok()?;
    outgoing.set_scheme(Some(&scheme)).ok()?;
    outgoing.set_authority(Some(&request.endpoint.authority)).ok()?;
    outgoing.set_path_with_query(Some("/")).ok()?;
    Some(outgoing)
}

/// The time until the deadline for each part of the request. The host gives up then too, and closes the connection. A host may
/// refuse such an option; the deadline holds without it.
fn options(deadline: Instant) -> RequestOptions {
    let options = RequestOptions::new();
    let left = u64::try_from(left(deadline).as_nanos()).ok();
    let _ = options.set_connect_timeout(left);
    let _ = options.set_first_byte_timeout(left);
    let _ = options.set_between_bytes_timeout(left);
    options
}

fn write(body: OutgoingBody, mut bytes: &[u8], deadline: Instant) -> Result<(), Failure> {
    let ended = |_: StreamError| broken("the host does not take the request");
    let stream = body.write().map_err(|()| broken("the host refuses a body"))?;
    while !bytes.is_empty() {
        let room = usize::try_from(stream.check_write().map_err(ended)?).unwrap_or(usize::MAX);
        if room == 0 {
            wait(&stream.subscribe(), deadline)?;
            continue;
        }
        let (now, later) = bytes.split_at(room.min(bytes.len()));
        stream.write(now).map_err(ended)?;
        bytes = later;
    }
    stream.flush().map_err(ended)?;
    // A stream is a child resource of its body, so it has to be dropped first.
    drop(stream);
    OutgoingBody::finish(body, None).map_err(|error| failure(&error))
}

fn read(response: &IncomingResponse, deadline: Instant) -> Result<Vec<u8>, Failure> {
    let body: IncomingBody = response.consume().map_err(|()| broken("the answer has no body"))?;
    let stream = body.stream().map_err(|()| broken("the answer has no body"))?;
    let mut bytes = Vec::new();
    loop {
        match stream.read(CHUNK_BYTES) {
            Ok(chunk) if chunk.is_empty() => wait(&stream.subscribe(), deadline)?,
            Ok(chunk) if bytes.len() + chunk.len() > MAX_ANSWER_BYTES => return Err(broken("the answer is too large")),
            Ok(chunk) => bytes.extend(chunk),
            Err(StreamError::Closed) => return Ok(bytes),
            Err(StreamError::LastOperationFailed(_)) => return Err(broken("the answer broke off")),
        }
    }
}

/// Waits until something is ready, or the time is over.
fn wait(what: &Pollable, deadline: Instant) -> Result<(), Failure> {
    let timer = subscribe_duration(u64::try_from(left(deadline).as_nanos()).unwrap_or(u64::MAX));
    poll(&[what, &timer]);
    if what.ready() { Ok(()) } else { Err(Failure::TimedOut) }
}

fn left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}

fn failure(error: &ErrorCode) -> Failure {
    match error {
        ErrorCode::DnsTimeout
        | ErrorCode::ConnectionTimeout
        | ErrorCode::ConnectionReadTimeout
        | ErrorCode::ConnectionWriteTimeout
        | ErrorCode::HttpResponseTimeout => Failure::TimedOut,
        error => Failure::Broken(format!("{error:?}")),
    }
}

fn broken(reason: &str) -> Failure {
    Failure::Broken(reason.to_owned())
}
