use bytes::{Bytes, BytesMut};
use http::{Method, Request};
use service::BodyFault;
use wasip2::http::types::{self, IncomingRequest};
use wasip2::io::streams::{InputStream, StreamError};

use crate::request::{CHUNK_BYTES, Target, has_body, head, other_method, whole};

/// Takes a request from the host. If its body is longer than `max_body_bytes` or breaks off, the request has no body, and
/// the [`BodyFault`] is among its extensions.
pub(crate) fn read(incoming: IncomingRequest, max_body_bytes: usize) -> Request<Bytes> {
    let target = Target {
        is_https: matches!(incoming.scheme(), Some(types::Scheme::Https)),
        authority: incoming.authority(),
        path_with_query: incoming.path_with_query(),
    };
    let head = head(method(&incoming.method()), target, incoming.headers().entries());
    let body = match has_body(&head, max_body_bytes) {
        Ok(true) => body(&incoming, max_body_bytes),
        Ok(false) => Ok(Bytes::new()),
        Err(fault) => Err(fault),
    };
    whole(head, body)
}

fn method(method: &types::Method) -> Method {
    match method {
        types::Method::Get => Method::GET,
        types::Method::Head => Method::HEAD,
        types::Method::Post => Method::POST,
        types::Method::Put => Method::PUT,
        types::Method::Delete => Method::DELETE,
        types::Method::Connect => Method::CONNECT,
        types::Method::Options => Method::OPTIONS,
        types::Method::Trace => Method::TRACE,
        types::Method::Patch => Method::PATCH,
        types::Method::Other(name) => other_method(name),
    }
}

fn body(incoming: &IncomingRequest, limit: usize) -> Result<Bytes, BodyFault> {
    let body = incoming.consume().map_err(|()| BodyFault::Incomplete)?;
    let stream = body.stream().map_err(|()| BodyFault::Incomplete)?;
    let bytes = read_at_most(&stream, limit);
    // A stream is a child resource of its body, so it has to be dropped first.
    drop(stream);
    drop(body);
    bytes
}

fn read_at_most(stream: &InputStream, limit: usize) -> Result<Bytes, BodyFault> {
    let mut bytes = BytesMut::new();
    loop {
        match stream.blocking_read(CHUNK_BYTES as u64) {
            Ok(chunk) => bytes.extend_from_slice(&chunk),
            Err(StreamError::Closed) => return Ok(bytes.freeze()),
            Err(StreamError::LastOperationFailed(_)) => return Err(BodyFault::Incomplete),
        }
        if bytes.len() > limit {
            return Err(BodyFault::TooLarge);
        }
    }
}
