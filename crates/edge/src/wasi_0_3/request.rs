use bytes::Bytes;
use http::{Method, Request};
use service::BodyFault;
use spin_sdk::wasip3::http::types;
use spin_sdk::wasip3::wit_future;
use spin_sdk::wit_bindgen::{StreamReader, StreamResult};

use crate::request::{CHUNK_BYTES, Target, has_body, head, other_method, whole};

/// Takes the head of a request from the host.
pub(crate) fn read_head(incoming: &types::Request) -> Request<Bytes> {
    let target = Target {
        is_https: matches!(incoming.get_scheme(), Some(types::Scheme::Https)),
        authority: incoming.get_authority(),
        path_with_query: incoming.get_path_with_query(),
    };
    head(method(incoming.get_method()), target, incoming.get_headers().copy_all())
}

/// Takes the body from the host. If it is longer than `max_body_bytes` or breaks off, the request has no body, and the
/// [`BodyFault`] is among its extensions.
pub(crate) async fn read_body(head: Request<Bytes>, incoming: types::Request, max_body_bytes: usize) -> Request<Bytes> {
    let body = match has_body(&head, max_body_bytes) {
        Ok(true) => body(incoming, max_body_bytes).await,
        Ok(false) => Ok(Bytes::new()),
        Err(fault) => Err(fault),
    };
    whole(head, body)
}

fn method(method: types::Method) -> Method {
    match method {
        types::Method::Other(name) => other_method(&name),
        known => Method::try_from(known).unwrap_or(Method::TRACE),
    }
}

async fn body(incoming: types::Request, limit: usize) -> Result<Bytes, BodyFault> {
    // What the host is told about the request after its body has been read: nothing is wrong with it.
    let (_done, done) = wit_future::new(|| Ok(()));
    let (stream, end) = types::Request::consume_body(incoming, done);
    let bytes = read_at_most(stream, limit).await?;
    // The stream ends in the same way when the client disconnects; this future tells the two cases apart.
    end.await.map_err(|_| BodyFault::Incomplete)?;
    Ok(bytes.into())
}

async fn read_at_most(mut stream: StreamReader<u8>, limit: usize) -> Result<Vec<u8>, BodyFault> {
    let mut bytes = Vec::new();
    loop {
        bytes.reserve(CHUNK_BYTES);
        let (result, read) = stream.read(bytes).await;
        bytes = read;
        if bytes.len() > limit {
            return Err(BodyFault::TooLarge);
        }
        match result {
            StreamResult::Complete(_) => {}
            StreamResult::Dropped => return Ok(bytes),
            StreamResult::Cancelled => return Err(BodyFault::Incomplete),
        }
    }
}
