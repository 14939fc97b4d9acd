//! The host cuts off clients that never finish, and other clients are not affected.

use std::time::{Duration, Instant};

use crate::harness::PATIENCE;
use crate::harness::actors;
use crate::harness::client::get;
use crate::harness::host::{Host, Setup};
use crate::harness::raw::{Connection, RawReply};

/// Sends a byte, waits a tenth of a second for an answer, and repeats this until the host closes the connection or answers.
/// Returns the answer, if there is one. The deadline only fails a host that never stops; the test does not judge how soon it
/// does.
#[track_caller]
fn drip(connection: &mut Connection, byte: &[u8]) -> Option<RawReply> {
    let deadline = Instant::now() + PATIENCE;
    while connection.write(byte) && connection.read_for(Duration::from_millis(100)) {
        assert!(Instant::now() < deadline, "not cut off within {PATIENCE:?}");
        if connection.received().ends_with(b"}") {
            break;
        }
    }
    if connection.received().is_empty() { None } else { connection.reply() }
}

#[track_caller]
fn still_serves(app: &mut Host) {
    app.assert_alive();
    // On a connection of its own: the host closes one that waits for its next request, perhaps at this moment.
    assert_eq!(app.send(get("/api/messages").header("connection", "close")).status, 200);
}

fn head(app: &Host, token: &str, length: &str) -> String {
    format!(
        "POST /api/messages HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\n{length}\r\n\r\n",
        app.authority()
    )
}

case!(OwnHost, a_body_that_drips_is_cut_off);
fn a_body_that_drips_is_cut_off() {
    let mut app = Setup::app().flag("--body-timeout", "1").start();
    let alice = actors::alice(&app);
    for (length, start, byte) in
        [("Content-Length: 16000", "{", &b" "[..]), ("Transfer-Encoding: chunked", "1\r\n{\r\n", b"1\r\n \r\n")]
    {
        let mut connection = Connection::open(&app);
        connection.write(head(&app, &alice.token, length).as_bytes());
        connection.write(start.as_bytes());
        let status = drip(&mut connection, byte).map(|reply| reply.status);
        assert!(matches!(status, None | Some(400 | 408)), "{status:?}");
    }
    still_serves(&mut app);
    app.get("/api/messages").is(200, r#"{"messages":[],"next":null}"#);
}

case!(OwnHost, a_body_that_never_comes_is_cut_off);
fn a_body_that_never_comes_is_cut_off() {
    let mut app = Setup::app().flag("--body-timeout", "1").start();
    let alice = actors::alice(&app);
    let mut connection = Connection::open(&app);
    connection.write(head(&app, &alice.token, "Content-Length: 20").as_bytes());
    let status = connection.reply().map(|reply| reply.status);
    assert!(matches!(status, None | Some(400 | 408)), "{status:?}");
    still_serves(&mut app);
}

case!(OwnHost, headers_that_never_end_are_cut_off);
fn headers_that_never_end_are_cut_off() {
    let mut app = Setup::app().flag("--header-timeout", "1").start();
    for start in ["GET /api/messages HTTP/1.1\r\nHost: a\r\nX-Slow: ", "GET /", "GET /api/messages HTTP/1.1\r\n"] {
        let mut connection = Connection::open(&app);
        connection.write(start.as_bytes());
        let reply = drip(&mut connection, b"a").unwrap();
        assert!(reply.status == 408 && reply.head.contains("connection: close"), "{reply:?}");
    }
    still_serves(&mut app);
}

case!(OwnHost, a_client_that_says_nothing_is_cut_off);
fn a_client_that_says_nothing_is_cut_off() {
    let mut app = Setup::app().flag("--idle-timeout", "1").start();
    let mut silent: Vec<_> = (0..20).map(|_| Connection::open(&app)).collect();
    still_serves(&mut app);
    for connection in &mut silent {
        let status = connection.reply_to_end().map(|reply| reply.status);
        assert!(matches!(status, None | Some(408)), "{status:?}");
    }
    still_serves(&mut app);
}

case!(OwnHost, an_honest_body_in_two_parts_is_waited_for);
fn an_honest_body_in_two_parts_is_waited_for() {
    let app = Setup::app().start();
    let alice = actors::alice(&app);
    let mut connection = Connection::open(&app);
    let head = head(&app, &alice.token, "Content-Length: 19\r\nExpect: 100-continue\r\nConnection: close");
    connection.write(head.as_bytes());
    connection.read_until("100 Continue", |received| received.ends_with(b"\r\n\r\n"));
    assert!(connection.received().starts_with(b"HTTP/1.1 100 "));
    connection.write(b"{\"text\":");
    assert_eq!(app.get("/api/messages").status, 200, "others meanwhile");
    connection.write(b"\"in parts\"}");
    connection.read_until("end", |_| false);
    let answer = String::from_utf8_lossy(connection.received()).into_owned();
    assert!(answer.contains("HTTP/1.1 201 "), "{answer}");
}

case!(OwnHost, a_client_that_takes_no_answer_is_cut_off);
/// The clients ask for more data than the operating system buffers, read nothing, and use every connection that the host
/// accepts.
fn a_client_that_takes_no_answer_is_cut_off() {
    let mut app =
        Setup::app().flag("--write-timeout", "1").flag("--header-timeout", "1").flag("--max-connections", "2").start();
    let alice = actors::alice(&app);
    for _ in 0..20 {
        alice.post(&app, &"🔑".repeat(1000));
    }
    let asking = format!("GET /api/messages HTTP/1.1\r\nHost: {}\r\n\r\n", app.authority()).repeat(400);
    let mut greedy: Vec<Connection> = (0..3).map(|_| Connection::open(&app)).collect();
    for connection in &mut greedy {
        connection.write(asking.as_bytes());
    }
    app.assert_alive();
    // On a new connection: one that is idle makes way for the clients that wait.
    let mut honest = Connection::open(&app);
    let host = app.authority();
    honest.write(format!("GET /api/messages HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes());
    assert_eq!(honest.reply().map(|reply| reply.status), Some(200));
}
