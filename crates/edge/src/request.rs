//! Converts a request for `service`, from either version of `wasi:http`.

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use service::BodyFault;

/// How many bytes of a body are requested from the host at once.
pub(crate) const CHUNK_BYTES: usize = 8 * 1024;

/// The target of a request, in the parts that WASI provides.
pub(crate) struct Target {
    pub(crate) is_https: bool,
    pub(crate) authority: Option<String>,
    pub(crate) path_with_query: Option<String>,
}

/// A request without its body.
pub(crate) fn head(method: Method, target: Target, fields: Vec<(String, Vec<u8>)>) -> Request<Bytes> {
    let mut request = Request::new(Bytes::new());
    *request.method_mut() = method;
    *request.uri_mut() = uri(target);
    *request.headers_mut() = headers(fields);
    request
}

/// The method for a name that WASI has no case for. A name that is no valid method becomes one that no resource has.
pub(crate) fn other_method(name: &str) -> Method {
    Method::from_bytes(name.as_bytes()).unwrap_or(Method::TRACE)
}

/// The whole URI, with scheme and host if the host names both. A path that is not valid in a URI becomes `/`, which no
/// resource of the API has.
fn uri(Target { is_https, authority, path_with_query }: Target) -> Uri {
    let path = path_with_query.and_then(|path| PathAndQuery::try_from(path).ok());
    let path = path.unwrap_or_else(|| PathAndQuery::from_static("/"));
    let authority = authority.and_then(|authority| Authority::try_from(authority).ok());
    let Some(authority) = authority else { return Uri::from(path) };
    let scheme = if is_https { Scheme::HTTPS } else { Scheme::HTTP };
    Uri::builder()
        .scheme(scheme)
        .authority(authority)
        .path_and_query(path.clone())
        .build()
        .unwrap_or_else(|_| path.into())
}

fn headers(fields: Vec<(String, Vec<u8>)>) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(fields.len());
    for (name, value) in fields {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            // The host limits the headers. If there are more than the map takes, the rest is dropped.
            let _ = headers.try_append(name, value);
        }
    }
    headers
}

/// Whether this application reads a body of requests with this method.
pub(crate) fn takes_body(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether the body is to be read.
///
/// # Errors
/// [`BodyFault::TooLarge`] if the declared length is above the limit; then the body is not waited for.
pub(crate) fn has_body(head: &Request<Bytes>, limit: usize) -> Result<bool, BodyFault> {
    if !takes_body(head.method()) {
        return Ok(false);
    }
    let declared = head.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    match declared {
        Some(length) if length > limit as u64 => Err(BodyFault::TooLarge),
        _ => Ok(true),
    }
}

/// The whole request: with what was read of its body, or with the fault among its extensions.
pub(crate) fn whole(mut head: Request<Bytes>, body: Result<Bytes, BodyFault>) -> Request<Bytes> {
    match body {
        Ok(body) => *head.body_mut() = body,
        Err(fault) => _ = head.extensions_mut().insert(fault),
    }
    head
}
