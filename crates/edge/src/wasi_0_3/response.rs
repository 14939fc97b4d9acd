use bytes::Bytes;
use http::Response;
use spin_sdk::wasip3::http::types::{self, Fields};
use spin_sdk::wasip3::{spawn, wit_future, wit_stream};

/// Makes a response for the host.
///
/// The body is offered in one piece before the host has the response, so that headers and body can leave in one piece. An
/// empty body has no stream at all, because the answer to HEAD has a Content-Length without a body.
pub(crate) fn send(reply: Response<Bytes>) -> types::Response {
    let (parts, bytes) = reply.into_parts();
    let fields = Fields::new();
    for (name, value) in &parts.headers {
        // The host refuses only hop-by-hop headers, which no endpoint sets.
        let _ = fields.append(name.as_str(), value.as_bytes());
    }
    // There are no trailers, and the body is complete. The host is told so when the sender `end` is dropped.
    let (end, trailers) = wit_future::new(|| Ok(None));
    let contents = (!bytes.is_empty()).then(|| {
        let (mut stream, contents) = wit_stream::new();
        // This task runs before the host continues, and until the host has taken the whole body.
        spawn(async move {
            // A client that has disconnected is not an error of the server.
            let _ = stream.write_all(bytes.into()).await;
            // The body has to end before its trailers.
            drop(stream);
            drop(end);
        });
        contents
    });
    let (response, _sent) = types::Response::new(fields, contents, trailers);
    let _ = response.set_status_code(parts.status.as_u16());
    response
}
