//! The host never takes a body for a request, whatever the headers say about its length. Behind a proxy, such a request
//! could be taken for that of another client (RFC 9112, sections 6.3 and 11.2).

use crate::harness::app::App;
use crate::harness::client::Client;
use crate::harness::raw::Connection;

/// If the host took this for a request, it would answer with 404 and the path.
const SMUGGLED: &str = "DELETE /api/messages HTTP/1.1\r\nHost: smuggled.example\r\n\r\n";

/// Sends all bytes on one connection, and reads answers until the host closes it or has answered the request to `last`.
fn answers(app: &Client, bytes: &str) -> Vec<u16> {
    let mut connection = Connection::open(app);
    let last = format!("GET /api/messages?limit=0 HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", app.authority());
    connection.write(bytes.as_bytes());
    connection.write(last.as_bytes());
    connection.read_until("end", |_| false);
    let text = String::from_utf8_lossy(connection.received()).into_owned();
    text.split("HTTP/1.1 ").skip(1).map(|answer| answer[..3].parse().unwrap()).collect()
}

fn head(app: &Client, method: &str, headers: &str) -> String {
    format!("{method} /api/messages HTTP/1.1\r\nHost: {}\r\n{headers}\r\n", app.authority())
}

case!(AnyHost, what_is_left_of_a_refused_body_is_no_request);
fn what_is_left_of_a_refused_body_is_no_request() {
    let app = App::any();
    let body = format!("{}{SMUGGLED}", " ".repeat(20_000));
    let short = SMUGGLED.len();
    for request in [
        head(&app, "POST", &format!("Content-Length: {}\r\n", body.len())) + body.as_str(),
        head(&app, "POST", &format!("Content-Length: {short}\r\n")) + SMUGGLED,
        head(&app, "PUT", &format!("Content-Length: {short}\r\n")) + SMUGGLED,
        head(&app, "GET", &format!("Content-Length: {short}\r\n")) + SMUGGLED,
        head(&app, "OPTIONS", &format!("Content-Length: {short}\r\n")) + SMUGGLED,
        head(&app, "HEAD", "Transfer-Encoding: chunked\r\n") + format!("{short:x}\r\n{SMUGGLED}\r\n0\r\n\r\n").as_str(),
    ] {
        let answers = answers(&app, &request);
        assert!(answers.len() <= 2, "{answers:?} to {request:.200}");
        assert!(matches!(answers[..], [_] | [_, 400]), "{answers:?} to {request:.200}");
        assert!(answers[0] != 405 || request.starts_with("PUT"), "{answers:?} to {request:.200}");
    }
}

case!(AnyHost, two_lengths_are_not_both_believed);
fn two_lengths_are_not_both_believed() {
    let app = App::any();
    for headers in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        "Content-Length: 4\r\nContent-Length: 5\r\n",
        "Content-Length: 5, 4\r\n",
        "Content-Length: +5\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding:\u{b}chunked\r\n",
    ] {
        let request = head(&app, "POST", headers) + "0\r\n\r\n" + SMUGGLED;
        let answers = answers(&app, &request);
        assert_eq!(answers.len(), 1, "{answers:?} to {headers:?}: the connection ends with the first answer");
        assert!((400..500).contains(&answers[0]), "{answers:?} to {headers:?}");
    }
}

case!(AnyHost, requests_on_one_connection_are_answered_in_order);
fn requests_on_one_connection_are_answered_in_order() {
    let app = App::any();
    let requests = ["GET", "DELETE", "OPTIONS", "GET"].map(|method| head(&app, method, ""));
    assert_eq!(answers(&app, &requests.concat()), [200, 405, 204, 200, 400]);
}
