use bytes::Bytes;
use http::Response;
use wasip2::http::types::{Fields, OutgoingBody, OutgoingResponse, ResponseOutparam};
use wasip2::io::streams::{OutputStream, StreamError};

/// Hands a response to the host.
///
/// If the host accepts the whole body at once, the body is written before the response is handed over, so that headers and
/// body leave in one piece. An empty body is not opened at all, because the answer to HEAD has a Content-Length without a
/// body.
pub(crate) fn write(reply: Response<Bytes>, outparam: ResponseOutparam) {
    let (parts, bytes) = reply.into_parts();
    let fields = Fields::new();
    for (name, value) in &parts.headers {
        // The host refuses only hop-by-hop headers, which no endpoint sets.
        let _ = fields.append(name.as_str(), value.as_bytes());
    }
    let response = OutgoingResponse::new(fields);
    let _ = response.set_status_code(parts.status.as_u16());
    if bytes.is_empty() {
        return ResponseOutparam::set(outparam, Ok(response));
    }
    // The first call can't fail: a response has one body.
    let Ok(body) = response.body() else { return ResponseOutparam::set(outparam, Ok(response)) };
    let Ok(stream) = body.write() else { return ResponseOutparam::set(outparam, Ok(response)) };
    let at_once = stream.check_write().is_ok_and(|room| room >= bytes.len() as u64);
    if at_once {
        let _ = stream.write(&bytes);
        finish(stream, body);
        return ResponseOutparam::set(outparam, Ok(response));
    }
    ResponseOutparam::set(outparam, Ok(response));
    // A client that has disconnected is not an error of the server.
    let _ = write_all(&stream, &bytes);
    finish(stream, body);
}

/// A stream is a child resource of its body, so it has to be dropped first.
fn finish(stream: OutputStream, body: OutgoingBody) {
    drop(stream);
    let _ = OutgoingBody::finish(body, None);
}

fn write_all(stream: &OutputStream, mut bytes: &[u8]) -> Result<(), StreamError> {
    while !bytes.is_empty() {
        let room = match stream.check_write()? {
            0 => {
                stream.subscribe().block();
                continue;
            }
            room => usize::try_from(room).unwrap_or(usize::MAX),
        };
        let (now, later) = bytes.split_at(room.min(bytes.len()));
        stream.write(now)?;
        bytes = later;
    }
    stream.blocking_flush()
}
