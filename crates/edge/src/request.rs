use bytes::{Bytes, BytesMut};
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use service::gateway::BodyFault;
use wasip2::http::types::{self, IncomingRequest};
use wasip2::io::streams::{InputStream, StreamError};

/// Bytes asked of the host at once.
const CHUNK_BYTES: u64 = 8 * 1024;

/// Takes a request from the host. One whose body is longer than `max_body_bytes`, or breaks off, has none, and the
/// [`BodyFault`] among its extensions. A body that declares itself too long is not waited for.
pub(crate) fn read(incoming: IncomingRequest, max_body_bytes: usize) -> Request<Bytes> {
    let mut request = Request::new(Bytes::new());
    *request.method_mut() = method(&incoming.method());
    *request.uri_mut() = uri(incoming.path_with_query());
    *request.headers_mut() = headers(incoming.headers().entries());
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return request;
    }
    let declared = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let read = match declared {
        Some(length) if length > max_body_bytes as u64 => Err(BodyFault::TooLarge),
        _ => body(&incoming, max_body_bytes),
    };
    match read {
        Ok(body) => *request.body_mut() = body,
        Err(fault) => _ = request.extensions_mut().insert(fault),
    }
    request
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
        // A method that can't be named is one that no resource has.
        types::Method::Other(name) => Method::from_bytes(name.as_bytes()).unwrap_or(Method::TRACE),
    }
}

/// A path that is no URI is one that nothing has: it becomes `/`, which no resource is at.
fn uri(path_with_query: Option<String>) -> Uri {
    path_with_query.and_then(|path| Uri::try_from(path).ok()).unwrap_or_default()
}

fn headers(entries: Vec<(String, Vec<u8>)>) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(entries.len());
    for (name, value) in entries {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            // A host bounds the headers; one that sends more than the map takes is cut off.
            let _ = headers.try_append(name, value);
        }
    }
    headers
}

fn body(incoming: &IncomingRequest, limit: usize) -> Result<Bytes, BodyFault> {
    let body = incoming.consume().map_err(|()| BodyFault::Incomplete)?;
    let stream = body.stream().map_err(|()| BodyFault::Incomplete)?;
    let bytes = read_at_most(&stream, limit);
    // A stream is a child of its body, and has to go first.
    drop(stream);
    drop(body);
    bytes
}

fn read_at_most(stream: &InputStream, limit: usize) -> Result<Bytes, BodyFault> {
    let mut bytes = BytesMut::new();
    loop {
        match stream.blocking_read(CHUNK_BYTES) {
            Ok(chunk) => bytes.extend_from_slice(&chunk),
            Err(StreamError::Closed) => return Ok(bytes.freeze()),
            Err(StreamError::LastOperationFailed(_)) => return Err(BodyFault::Incomplete),
        }
        if bytes.len() > limit {
            return Err(BodyFault::TooLarge);
        }
    }
}
