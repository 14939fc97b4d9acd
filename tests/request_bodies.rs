//! How a host and the body reader of a component handle a body: its size, how it is sent, and the order of the checks. The
//! tests in `service/tests/all/body.rs` send other content types, and texts that are not JSON, to the services themselves.

use crate::harness::actors;
use crate::harness::app::App;
use crate::harness::client::{Client, ask, post};
use crate::harness::raw::{Connection, RawReply, exchange};

const ENDPOINTS: [&str; 4] = ["/api/signup", "/api/login", "/api/messages", "/api/authorizer"];
const LIMIT: usize = 40 * 1024;

/// A JSON object of this size without any field that the app knows.
fn object(bytes: usize) -> String {
    format!("{{{}}}", " ".repeat(bytes - 2))
}

case!(AnyHost, a_body_has_at_most_40_kib);
fn a_body_has_at_most_40_kib() {
    let app = App::any();
    let token = actors::alice(&app).token;
    for path in ENDPOINTS {
        let send = |bytes| app.send(post(path, &object(bytes)).bearer(&token));
        // The body of the authorizer is optional, and so is its field, so this body is valid there.
        let largest = send(LIMIT);
        assert_eq!(largest.status, if path == "/api/authorizer" { 200 } else { 422 }, "{}", largest.said());
        for too_large in [LIMIT + 1, LIMIT + 20_000] {
            send(too_large).is_problem(413, "body_too_large");
        }
    }
}

case!(AnyHost, who_is_still_sending_what_is_too_large_can_read_the_answer);
/// The body is larger than the buffers of the operating system: if the host closed the connection at once, the client's
/// write would fail with a broken pipe.
fn who_is_still_sending_what_is_too_large_can_read_the_answer() {
    let app = App::any();
    let token = actors::alice(&app).token;
    for path in ENDPOINTS {
        let body = object(1_000_000);
        let head = head(&app, path, &token, &format!("Content-Length: {}", body.len()));
        let reply = exchange(&app, &[head.as_bytes(), body.as_bytes()].concat()).unwrap();
        assert_eq!(reply.status, 413, "{path}");
        assert!(reply.body.contains(r#""code":"body_too_large""#), "{}", reply.body);
    }
}

fn head(app: &Client, path: &str, token: &str, length: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\n{length}\r\n\r\n",
        app.authority()
    )
}

fn chunked(app: &Client, path: &str, token: &str, bytes: usize) -> RawReply {
    let mut request = head(app, path, token, "Transfer-Encoding: chunked");
    let body = object(bytes);
    for chunk in body.as_bytes().chunks(1000) {
        request += &format!("{:x}\r\n{}\r\n", chunk.len(), String::from_utf8_lossy(chunk));
    }
    request += "0\r\n\r\n";
    exchange(app, request.as_bytes()).unwrap()
}

case!(AnyHost, a_chunked_body_has_at_most_40_kib);
fn a_chunked_body_has_at_most_40_kib() {
    let app = App::any();
    let token = actors::alice(&app).token;
    for path in ENDPOINTS {
        assert_ne!(chunked(&app, path, &token, LIMIT).status, 413, "{path}");
        let reply = chunked(&app, path, &token, LIMIT + 1);
        assert_eq!(reply.status, 413, "{path}");
        assert!(reply.body.contains(r#""code":"body_too_large""#), "{}", reply.body);
    }
}

case!(AnyHost, what_is_too_large_is_not_read_to_its_end);
fn what_is_too_large_is_not_read_to_its_end() {
    let app = App::any();
    let token = actors::alice(&app).token;
    for path in ENDPOINTS {
        let mut connection = Connection::open(&app);
        connection.write(head(&app, path, &token, "Content-Length: 9999999999").as_bytes());
        // The client never sends any of the body.
        assert_eq!(connection.reply().unwrap().status, 413, "{path}");
    }
}

case!(AnyHost, deep_nesting_is_malformed);
/// The parser must not exhaust the stack of the component.
fn deep_nesting_is_malformed() {
    let app = App::any();
    let token = actors::alice(&app).token;
    for path in ENDPOINTS {
        for (open, close) in [("[", "]"), ("{\"text\":", "}")] {
            let body = format!("{{\"text\":{}1{}}}", open.repeat(1800), close.repeat(1800));
            app.send(post(path, &body).bearer(&token)).is_problem(400, "malformed_json");
        }
        app.send(post(path, &"[".repeat(16_000)).bearer(&token)).is_problem(400, "malformed_json");
    }
}

case!(AnyHost, what_is_no_utf_8_is_malformed);
fn what_is_no_utf_8_is_malformed() {
    let app = App::any();
    let token = actors::alice(&app).token;
    for path in ENDPOINTS {
        let body = b"{\"text\":\"\xff\",\"username\":\"\xc0\xaf\"}";
        let head = head(&app, path, &token, &format!("Content-Length: {}", body.len()));
        let reply = exchange(&app, &[head.as_bytes(), body].concat()).unwrap();
        assert_eq!(reply.status, 400, "{path}: {}", reply.body);
        assert!(reply.body.contains(r#""code":"malformed_json""#), "{path}: {}", reply.body);
    }
}

case!(AnyHost, a_body_that_ends_early_does_nothing);
fn a_body_that_ends_early_does_nothing() {
    let app = App::any();
    let alice = actors::alice(&app);
    for (declared, body) in [
        ("Content-Length: 100", r#"{"text":"half a message"}"#),
        ("Transfer-Encoding: chunked", "19\r\n{\"text\":\"half a message\"}\r\n"),
        ("Transfer-Encoding: chunked", "19\r\n{\"text\":\"half a message\"}\r\nzz\r\n"),
    ] {
        let mut connection = Connection::open(&app);
        connection.write(head(&app, "/api/messages", &alice.token, declared).as_bytes());
        connection.write(body.as_bytes());
        connection.finish_writing();
        let status = connection.reply_to_end().map(|reply| reply.status);
        assert!(matches!(status, None | Some(400 | 408)), "{status:?}");
    }
    assert!(!app.get("/api/messages?limit=100").text().contains("half a message"));
}

case!(AnyHost, checks_come_in_their_order);
fn checks_come_in_their_order() {
    let app = App::any();
    let token = actors::alice(&app).token;
    let large = "x".repeat(LIMIT + 1);
    let bad = |method, path: &str| ask(method, path).header("content-type", "text/plain").body(&large);
    app.send(bad("PUT", "/api/nothing")).is_problem(404, "not_found");
    app.send(bad("PUT", "/api/messages").bearer("bad")).is_problem(405, "method_not_allowed");
    app.send(bad("POST", "/api/messages")).is_problem(401, "missing_token");
    app.send(bad("POST", "/api/messages").bearer("bad")).is_problem(401, "invalid_token");
    app.send(bad("POST", "/api/messages").bearer(&token)).is_problem(415, "unsupported_media_type");
    app.send(post("/api/messages", &large).bearer(&token)).is_problem(413, "body_too_large");
    app.send(post("/api/messages", &large[..LIMIT]).bearer(&token)).is_problem(400, "malformed_json");
    app.send(post("/api/messages", "{}").bearer(&token)).is_problem(422, "validation_failed");
}
