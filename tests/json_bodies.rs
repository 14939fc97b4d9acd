//! Bodies that are no JSON objects, sent to every endpoint that reads one. Nothing comes of them.

use crate::harness::actors::{self, log_in};
use crate::harness::client::{Client, get};
use crate::harness::host::App;
use crate::harness::raw::{RawReply, exchange};

const ENDPOINTS: [&str; 4] = ["/api/signup", "/api/login", "/api/messages", "/api/authorizer"];

/// The fields of every endpoint, so that only the form is wrong.
const FIELDS: &str =
    r#""username":"carol","password":"a good one 4U","name":"Carol","text":"malformed","methodArn":"a""#;

fn malformed() -> Vec<String> {
    let object = format!("{{{FIELDS}}}");
    let mut bodies = vec![
        format!("{{{FIELDS}"),
        format!("{{{FIELDS},}}"),
        format!("{{{FIELDS}}}}}"),
        format!("{object}{object}"),
        format!("{object}\0"),
        format!("\u{feff}{object}"),
        format!("// comment\n{object}"),
        format!("[{object}]"),
        object.replace(':', "="),
        object.replace('"', "'"),
        object.replace("malformed", "raw\nline feed"),
        object.replace("malformed", "raw\0nul"),
        object.replace("malformed", "\\ud800").replace("carol", "\\ud800"),
        object.replace("malformed", "\\x41").replace("carol", "\\x41"),
    ];
    let others = [
        " ",
        "[]",
        "\"text\"",
        "7",
        "true",
        "null",
        "NaN",
        "{\"text\":NaN}",
        "{\"text\":01}",
        "{text:\"a\"}",
        "{\"text\"}",
        "{\"text\":}",
        "{,}",
        "undefined",
        "<text>a</text>",
        "text=a",
    ];
    bodies.extend(others.map(str::to_owned));
    bodies
}

/// Sends bytes, which need not be text, as the body.
fn send(app: &Client, path: &str, token: &str, body: &[u8]) -> RawReply {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        app.authority(),
        body.len()
    );
    exchange(app, &[head.as_bytes(), body].concat()).unwrap()
}

#[track_caller]
fn is_malformed(app: &Client, path: &str, token: &str, body: &[u8]) {
    let reply = send(app, path, token, body);
    let shown = String::from_utf8_lossy(&body[..body.len().min(200)]).into_owned();
    assert_eq!(reply.status, 400, "{path} {shown:?}: {}", reply.body);
    assert!(reply.body.contains(r#""code":"malformed_json""#), "{path} {shown:?}: {}", reply.body);
}

case!(AnyHost, what_is_no_json_object_is_malformed);
fn what_is_no_json_object_is_malformed() {
    let app = App::any();
    let token = actors::alice(&app).token;
    for path in ENDPOINTS {
        for body in malformed() {
            is_malformed(&app, path, &token, body.as_bytes());
        }
        if path != "/api/authorizer" {
            is_malformed(&app, path, &token, b"");
        }
    }
}

case!(AnyHost, what_is_no_utf_8_is_malformed);
fn what_is_no_utf_8_is_malformed() {
    let app = App::any();
    let token = actors::alice(&app).token;
    for path in ENDPOINTS {
        for bytes in [&b"\xff"[..], b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc3"] {
            let body = [b"{\"text\":\"", bytes, b"\",\"username\":\"", bytes, b"\"}"].concat();
            is_malformed(&app, path, &token, &body);
        }
        // UTF-16, both orders.
        let utf_16: Vec<u16> = "{\"text\":\"a\"}".encode_utf16().collect();
        is_malformed(&app, path, &token, &utf_16.iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<_>>());
        is_malformed(&app, path, &token, &utf_16.iter().flat_map(|unit| unit.to_be_bytes()).collect::<Vec<_>>());
    }
}

case!(AnyHost, deep_nesting_is_malformed);
fn deep_nesting_is_malformed() {
    let app = App::any();
    let token = actors::alice(&app).token;
    for path in ENDPOINTS {
        for (open, close) in [("[", "]"), ("{\"text\":", "}")] {
            let depth = 1_800;
            let body = format!("{{\"text\":{}1{}}}", open.repeat(depth), close.repeat(depth));
            is_malformed(&app, path, &token, body.as_bytes());
        }
        is_malformed(&app, path, &token, "[".repeat(16_000).as_bytes());
    }
}

case!(AnyHost, nothing_came_of_them);
fn nothing_came_of_them() {
    let app = App::any();
    let alice = actors::alice(&app);
    for path in ENDPOINTS {
        for body in malformed() {
            send(&app, path, &alice.token, body.as_bytes());
        }
    }
    let list = app.send(get(&format!("/api/messages?author={}", alice.username)));
    list.is(200, r#"{"messages":[],"next":null}"#);
    log_in(&app, "carol", "a good one 4U").is_problem(401, "invalid_credentials");
}
