use bytes::Bytes;
use http::Request;

use crate::People;

/// Reads a request that is written as in HTTP/1.1: method and target, one header per line, an empty line, the body. `None`
/// for a request that no HTTP library would pass on.
pub fn parse(text: &str) -> Option<Request<Bytes>> {
    let text = People::fill(text);
    let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
    let mut lines = head.split('\n');
    let (method, target) = lines.next()?.split_once(' ')?;
    let mut request = Request::builder().method(method).uri(target);
    for line in lines {
        let (name, value) = line.split_once(':')?;
        request = request.header(name, value.trim_matches([' ', '\t']));
    }
    request.body(Bytes::from(body.to_owned())).ok()
}
