use bytes::Bytes;
use http::Response;
use spin_sdk::wasip3::http::types::{self, Fields};
use spin_sdk::wasip3::{spawn, wit_future, wit_stream};

/// Makes a response for the host.
///
/// The body is offered in one piece before the host has the response, so that headers and body can leave in one piece.
/// An empty body is no stream at all: the answer to HEAD has a Content-Length without one.
pub(crate) fn send(reply: Response<Bytes>) -> types::Response {
    let (parts, bytes) = reply.into_parts();
    let fields = Fields::new();
    for (name, value) in &parts.headers {
        // The host forbids hop-by-hop headers, which no endpoint sets.
        let _ = fields.append(name.as_str(), value.as_bytes());
    }
    // There are none, and the body is whole; said when the sender of it is dropped.
    let (end, trailers) = wit_future::new(|| Ok(None));
    let contents = (!bytes.is_empty()).then(|| {
        let (mut stream, contents) = wit_stream::new();
        // It runs before the host goes on, and until the host has taken all.
        spawn(async move {
            // A client that went away is no error of ours.
            let _ = stream.write_all(bytes.into()).await;
            // First the body ends, then what comes after it.
            drop(stream);
            drop(end);
        });
        contents
    });
    let (response, _sent) = types::Response::new(fields, contents, trailers);
    let _ = response.set_status_code(parts.status.as_u16());
    response
}
