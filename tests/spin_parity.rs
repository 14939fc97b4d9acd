//! The input of a component, and what the host does with its answer, are the same on Spin and on our host.
//! `docs/decisions.md` lists the differences.

use crate::harness::client::{Client, ask, get};
use crate::harness::host::Setup;
use crate::harness::launcher::Launcher;
use crate::harness::raw::{RawReply, exchange};

fn send(app: &Client, head: &str, body: &str) -> Option<RawReply> {
    exchange(app, format!("{head}\r\nConnection: close\r\n\r\n{body}").as_bytes())
}

case!(OwnHost, the_headers_of_spin_come_after_those_of_the_client);
fn the_headers_of_spin_come_after_those_of_the_client() {
    let app = Setup::fixture().start();
    let forged =
        get("/echo-headers?a=b").header("spin-full-url", "http://forged/").header("spin-client-addr", "forged");
    let echo = app.send(forged).text();
    let values = |name: &str| -> Vec<String> {
        let prefix = format!("{name}: ");
        echo.lines().filter_map(|line| line.strip_prefix(&prefix)).map(str::to_owned).collect()
    };
    assert_eq!(values("spin-full-url"), ["http://forged/", &format!("http://{}/echo-headers?a=b", app.authority())]);
    let clients = values("spin-client-addr");
    assert_eq!(clients.len(), 2, "{echo}");
    assert!(clients[1].starts_with("127.0.0.1:"), "{echo}");
    assert_eq!(values("spin-path-info"), ["/echo-headers"]);
}

case!(OwnHost, the_connection_is_no_business_of_a_component);
fn the_connection_is_no_business_of_a_component() {
    let app = Setup::fixture().start();
    let echo = send(&app, &format!("GET /echo-headers HTTP/1.1\r\nHost: {}", app.authority()), "").unwrap().body;
    assert!(!echo.lines().any(|line| line.starts_with("connection: ")), "{echo}");
}

case!(OwnHost, headers_arrive_as_they_were_sent);
fn headers_arrive_as_they_were_sent() {
    let app = Setup::fixture().start();
    let asking = get("/echo-headers").header("x-one", "1").header("x-two", "a, b").header("authorization", "Bearer x");
    let echo = app.send(asking.header("x-two", "c")).text();
    for line in ["x-one: 1\n", "x-two: a, b\n", "x-two: c\n", "authorization: Bearer x\n"] {
        assert!(echo.contains(line), "{line:?} is not in {echo}");
    }
    let url = app.get("/echo-url?a=%20b&c").text();
    assert_eq!(url, format!("http\n{}\n/echo-url?a=%20b&c\n", app.authority()));
}

case!(OwnHost, what_a_component_prints_arrives_in_whole_lines);
fn what_a_component_prints_arrives_in_whole_lines() {
    let app = Setup::fixture().start();
    assert_eq!(app.get("/stderr").status, 200);
    // The host does not change these lines: components already log JSON.
    app.output().wait("line of the component", |lines| {
        lines.stderr.iter().any(|line| line == "one line in three pieces").then_some(())
    });
}

case!(OwnHost, any_method_reaches_a_component);
fn any_method_reaches_a_component() {
    let app = Setup::fixture().start();
    for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW", "get"] {
        let echo = app.send(ask(method, "/echo-method")).text();
        let named = echo.to_lowercase().contains(&method.to_lowercase());
        assert!(named && (method != "get" || echo.contains("Other(\"get\")")), "{method}: {echo}");
    }
}

case!(OwnHost, head_gets_the_headers_of_get);
fn head_gets_the_headers_of_get() {
    let app = Setup::fixture().start();
    let (full, head) = (app.get("/empty"), app.send(ask("HEAD", "/empty")));
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), full.header("content-length"));
}

case!(OwnHost, a_body_arrives_whole_however_it_is_sent);
fn a_body_arrives_whole_however_it_is_sent() {
    let app = Setup::fixture().start();
    let head = format!("POST /slow-read HTTP/1.1\r\nHost: {}", app.authority());
    for (length, body, expected) in [
        ("X: none", "", "0"),
        ("Content-Length: 0", "", "0"),
        ("Content-Length: 5", "12345", "5"),
        ("Transfer-Encoding: chunked", "0\r\n\r\n", "0"),
        ("Transfer-Encoding: chunked", "3\r\n123\r\n2;a=b\r\n45\r\n0\r\n\r\n", "5"),
    ] {
        let reply = send(&app, &format!("{head}\r\n{length}"), body).unwrap();
        assert!(reply.status == 200 && reply.body.contains(expected), "{length}: {reply:?}");
    }
}

case!(OwnHost, health_is_asked_by_anybody_in_any_way);
fn health_is_asked_by_anybody_in_any_way() {
    let app = Setup::fixture().start();
    for method in ["GET", "POST"] {
        let reply = app.send(ask(method, "/.well-known/spin/health"));
        assert_eq!((reply.status, reply.text().as_str()), (200, "OK"), "{method}");
    }
    // Load balancers send their health checks as HTTP/1.0, without a `Host` header.
    let reply = exchange(&app, b"GET /.well-known/spin/health HTTP/1.0\r\n\r\n").unwrap();
    assert_eq!((reply.status, reply.body.as_str()), (200, "OK"));
    for other in ["/.well-known/spin/", "/.well-known/spin/healthy"] {
        assert_eq!(app.get(other).status, 404, "{other}");
    }
    let info = if Launcher::chosen() == Launcher::Spin { 200 } else { 404 };
    assert_eq!(app.get("/.well-known/spin/info").status, info);
    assert!(app.get("/.well-known/spin").text().contains("no such path"), "it is the component's");
}

case!(OwnHost, a_trap_is_told_as_a_500_and_nothing_more);
fn a_trap_is_told_as_a_500_and_nothing_more() {
    let app = Setup::fixture().start();
    for path in ["/trap", "/silent"] {
        let reply = app.get(path);
        assert_eq!(reply.status, 500, "{path}");
        for detail in ["wasm", "backtrace", "unreachable", "src/", "fixture"] {
            assert!(!reply.text().contains(detail), "{path}: {}", reply.said());
        }
    }
}

case!(OwnHost, an_environment_is_that_of_the_manifest_alone);
fn an_environment_is_that_of_the_manifest_alone() {
    let app = Setup::fixture().environment("LATCHKEY_TEST", "of the host").start();
    assert_eq!(app.get("/environment").text(), "");
}

case!(OwnHost, what_a_header_must_not_hold_reaches_no_component);
fn what_a_header_must_not_hold_reaches_no_component() {
    let app = Setup::fixture().start();
    let head = [b"GET /empty HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: ", &b"\xe9"[..], b"\r\n\r\n"].concat();
    let status = exchange(&app, &head).map(|reply| reply.status);
    // Spin answers with 500, as if the error were its own.
    assert!(matches!(status, Some(400 | 500)), "{status:?}");
}

case!(OwnHost, a_host_that_is_not_clear_reaches_no_component);
fn a_host_that_is_not_clear_reaches_no_component() {
    let app = Setup::fixture().start();
    for head in [
        "GET /empty HTTP/1.1",
        "GET /empty HTTP/1.1\r\nHost: a b",
        "GET /empty HTTP/1.1\r\nHost: messages.spin.internal",
        "GET http://one.example/empty HTTP/1.1\r\nHost: other.example",
    ] {
        // Spin closes the connection without an answer.
        let status = send(&app, head, "").map(|reply| reply.status);
        assert!(matches!(status, None | Some(400)), "{status:?} to {head}");
    }
}
