//! How the host handles components that misbehave. The fixture misbehaves on demand.

use std::thread;

use crate::harness::client::{Client, get};
use crate::harness::host::{Host, Setup};
use crate::harness::raw::Connection;
use crate::harness::wait_for;

#[track_caller]
fn still_serves(app: &mut Host) {
    app.assert_alive();
    let reply = app.get("/empty");
    assert_eq!((reply.status, reply.text().as_str()), (200, "ok"));
}

case!(OwnHost, a_component_that_never_ends_is_cut_off);
fn a_component_that_never_ends_is_cut_off() {
    let mut app = Setup::fixture().flag("--request-timeout", "1").start();
    still_serves(&mut app);
    for _ in 0..2 {
        assert_eq!(app.get("/busy").status, 504);
        still_serves(&mut app);
    }
}

case!(OwnHost, a_component_that_traps_harms_nobody_else);
fn a_component_that_traps_harms_nobody_else() {
    let mut app = Setup::fixture().flag("--worker-threads", "1").flag("--request-timeout", "1").start();
    for path in ["/trap", "/silent"] {
        for _ in 0..20 {
            let reply = app.get(path);
            assert_eq!(reply.status, 500, "{path}");
            for detail in ["wasm", "backtrace", "unreachable", "src/", "fixture"] {
                assert!(!reply.text().contains(detail), "{path}: the answer tells of the inside: {}", reply.said());
            }
        }
        still_serves(&mut app);
    }
    // The host has one thread here: a guest that never yields would block it for ever if the host did not interrupt it.
    assert_eq!(app.get("/busy").status, 504);
    still_serves(&mut app);
}

case!(OwnHost, a_component_that_eats_memory_is_stopped);
fn a_component_that_eats_memory_is_stopped() {
    let mut app = Setup::fixture().flag("--max-instance-memory", "64").start();
    for _ in 0..3 {
        let status = app.get("/memory").status;
        assert!((500..600).contains(&status), "{status}");
        still_serves(&mut app);
    }
}

case!(OwnHost, more_requests_than_allowed_at_once_are_turned_away);
fn more_requests_than_allowed_at_once_are_turned_away() {
    let mut app = Setup::fixture().flag("--max-concurrent-requests", "2").flag("--request-timeout", "5").start();
    thread::scope(|scope| {
        let client: &Client = &app;
        let busy: Vec<_> = (0..2).map(|_| scope.spawn(move || client.send(get("/busy")).status)).collect();
        let reply = wait_for("refusal", || {
            let reply = client.get("/empty");
            (reply.status != 200).then_some(reply)
        });
        assert_eq!(reply.status, 503);
        let seconds: u32 = reply.header("retry-after").parse().unwrap();
        assert!(seconds >= 1, "{seconds}");
        assert_eq!(reply.json()["code"], "overloaded");
        assert_eq!(busy.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>(), [504, 504]);
    });
    still_serves(&mut app);
}

case!(OwnHost, what_the_host_itself_answers_is_no_page_that_runs_or_is_framed);
fn what_the_host_itself_answers_is_no_page_that_runs_or_is_framed() {
    let app = Setup::fixture().flag("--request-timeout", "1").flag("--body-timeout", "1").start();
    let length = |length: &str| format!("POST /slow-read HTTP/1.1\r\nHost: a\r\nContent-Length: {length}");
    for (head, status) in [
        ("GET /.well-known/spin/nothing HTTP/1.1\r\nHost: a".to_owned(), 404),
        ("GET /empty HTTP/1.1".to_owned(), 400),
        ("GET /trap HTTP/1.1\r\nHost: a".to_owned(), 500),
        ("GET /busy HTTP/1.1\r\nHost: a".to_owned(), 504),
        (length("99999999"), 413),
        (length("1"), 408),
    ] {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        for (accept, kind, begin) in
            [("*/*", "application/problem+json", "{\""), (browser, "text/html; charset=utf-8", "<!doctype html>")]
        {
            let mut connection = Connection::open(&app);
            connection.write(format!("{head}\r\nAccept: {accept}\r\n\r\n").as_bytes());
            let reply = connection.reply().unwrap();
            assert!(reply.status == status && reply.body.starts_with(begin), "{reply:?}");
            for header in [
                &format!("content-type: {kind}"),
                "cache-control: no-store",
                "vary: Origin",
                "x-content-type-options: nosniff",
                "cross-origin-resource-policy: same-origin",
            ] {
                assert!(reply.head.lines().any(|line| line == header), "{header} is not in {}", reply.head);
            }
            let policy = reply.head.lines().find_map(|line| line.strip_prefix("content-security-policy: ")).unwrap();
            for part in ["default-src 'none'", "frame-ancestors 'none'", "sandbox"] {
                assert!(policy.contains(part), "{policy}");
            }
        }
    }
}

/// Begins a request and leaves out the body, so that a component waits for it.
fn request_under_way(app: &Host) -> Connection {
    let mut connection = Connection::open(app);
    let head = "POST /slow-read HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n";
    connection.write(head.as_bytes());
    // The host sends this interim answer when the component asks for the body.
    connection.read_until("100 Continue", |received| received.ends_with(b"\r\n\r\n"));
    assert!(connection.received().starts_with(b"HTTP/1.1 100 "), "{:?}", connection.received());
    connection.write(b"12345");
    connection
}

case!(OwnHost, a_running_request_is_finished_before_the_end);
fn a_running_request_is_finished_before_the_end() {
    let mut app = Setup::fixture().start();
    let mut connection = request_under_way(&app);
    app.ask_to_end();
    // The host accepts no new connections while it ends.
    wait_for("closed port", || std::net::TcpStream::connect(app.authority()).is_err().then_some(()));
    app.assert_alive();
    connection.write(b"67890");
    connection.read_until("end", |_| false);
    let answer = String::from_utf8_lossy(connection.received()).into_owned();
    assert!(answer.contains("HTTP/1.1 200 ") && answer.ends_with("\r\n\r\n10"), "{answer}");
    assert!(answer.contains("connection: close\r\n"), "the client does not know that it was the last answer: {answer}");
    assert_eq!(app.wait_for_end().code(), Some(0), "{}", app.output().stderr());
}

case!(OwnHost, a_request_that_never_ends_does_not_delay_the_end_for_ever);
fn a_request_that_never_ends_does_not_delay_the_end_for_ever() {
    let mut app = Setup::fixture().flag("--shutdown-timeout", "1").start();
    let _connection = request_under_way(&app);
    app.ask_to_end();
    app.wait_for_end();
}
