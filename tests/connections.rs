//! When the host keeps a connection, when it closes one, and how the client learns of it: no request may get lost that has begun
//! to arrive.

use std::thread;
use std::time::Duration;

use crate::harness::client::Client;
use crate::harness::host::Setup;
use crate::harness::raw::{Connection, exchange};
use crate::harness::wait_for;

/// Longer than the time limits of one second that the tests set.
const LONGER: Duration = Duration::from_secs(2);

fn get(app: &Client, more: &str) -> String {
    format!("GET /api/messages?limit=1 HTTP/1.1\r\nHost: {}\r\n{more}\r\n", app.authority())
}

fn head_end(received: &[u8]) -> usize {
    received.windows(4).filter(|four| four == b"\r\n\r\n").count()
}

/// The heads of the answers so far, in lower case.
fn heads(connection: &Connection) -> Vec<String> {
    let received = String::from_utf8_lossy(connection.received()).to_lowercase();
    let answers = received.split("http/1.1 ").skip(1);
    answers.map(|answer| answer.split("\r\n\r\n").next().unwrap().to_owned()).collect()
}

fn is_last(head: &str) -> bool {
    head.lines().any(|line| line == "connection: close")
}

#[track_caller]
fn wait_for_answers(connection: &mut Connection, count: usize) {
    connection.read_until("answer", |received| head_end(received) == count && received.ends_with(b"}"));
    assert_eq!(heads(connection).len(), count);
}

case!(OwnHost, an_idle_connection_is_kept_for_its_time_and_no_longer);
fn an_idle_connection_is_kept_for_its_time_and_no_longer() {
    let app = Setup::app().flag("--header-timeout", "1").start();
    let mut connection = Connection::open(&app);
    thread::sleep(LONGER);
    for count in 1..=2 {
        connection.write(get(&app, "").as_bytes());
        wait_for_answers(&mut connection, count);
        thread::sleep(LONGER);
    }
    assert_eq!(heads(&connection).iter().filter(|head| is_last(head)).count(), 0);
    let app = Setup::app().flag("--idle-timeout", "1").start();
    // A line break is no request.
    for after in ["", "\r\n"] {
        let mut connection = Connection::open(&app);
        connection.write((get(&app, "") + after).as_bytes());
        wait_for_answers(&mut connection, 1);
        connection.write(after.as_bytes());
        connection.read_until("end", |_| false);
        assert_eq!(heads(&connection).len(), 1);
    }
}

case!(OwnHost, a_request_that_has_begun_to_arrive_is_answered);
/// The beginning of the second request arrives together with the first one, so it is there when the connection is idle for too
/// long.
fn a_request_that_has_begun_to_arrive_is_answered() {
    let app = Setup::app().flag("--idle-timeout", "1").flag("--header-timeout", "60").start();
    let (second, mut connection) = (get(&app, "X: y\r\n"), Connection::open(&app));
    for middle in [1, 20, second.len() - 1] {
        let (begin, rest) = second.split_at(middle);
        connection.write((get(&app, "") + begin).as_bytes());
        let before = heads(&connection).len();
        wait_for_answers(&mut connection, before + 1);
        thread::sleep(LONGER);
        connection.write(rest.as_bytes());
        wait_for_answers(&mut connection, before + 2);
    }
    assert!(heads(&connection).iter().all(|head| head.starts_with("200") && !is_last(head)));
}

case!(OwnHost, a_request_that_has_begun_to_arrive_is_answered_at_the_end_of_the_host);
fn a_request_that_has_begun_to_arrive_is_answered_at_the_end_of_the_host() {
    let mut app = Setup::app().flag("--header-timeout", "60").flag("--shutdown-timeout", "60").start();
    let (second, mut connection) = (get(&app, ""), Connection::open(&app));
    let (begin, rest) = second.split_at(20);
    connection.write((get(&app, "") + begin).as_bytes());
    wait_for_answers(&mut connection, 1);
    let mut idle = Connection::open(&app);
    idle.write(get(&app, "").as_bytes());
    wait_for_answers(&mut idle, 1);
    app.ask_to_end();
    idle.read_until("end", |_| false);
    wait_for("closed port", || std::net::TcpStream::connect(app.authority()).is_err().then_some(()));
    connection.write(rest.as_bytes());
    connection.read_until("end", |_| false);
    assert_eq!(heads(&connection).iter().map(|head| is_last(head)).collect::<Vec<_>>(), [false, true]);
    assert_eq!(app.wait_for_end().code(), Some(0), "{}", app.output().stderr());
}

case!(OwnHost, the_last_answer_says_that_it_is);
/// The rest of a body that nobody reads can not be told from the next request.
fn the_last_answer_says_that_it_is() {
    let app = Setup::app().start();
    let post = |length: &str| {
        let host = app.authority();
        format!("POST /api/signup HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n{length}\r\n\r\n")
    };
    for (request, is_last_one) in [
        (post("Content-Length: 9999999"), true),
        (post("Content-Length: 9999999\r\nExpect: 100-continue"), true),
        (get(&app, "Content-Length: 5\r\n"), true),
        (get(&app, "Connection: close\r\n"), true),
        (post("Content-Length: 2") + "{}", false),
        (post("Content-Length: 0"), false),
        (post("Transfer-Encoding: chunked") + "2\r\n{}\r\n0\r\n\r\n", false),
        (get(&app, ""), false),
    ] {
        let mut connection = Connection::open(&app);
        connection.write(request.as_bytes());
        wait_for_answers(&mut connection, 1);
        assert_eq!(is_last(&heads(&connection)[0]), is_last_one, "{request}");
        connection.finish_writing();
        connection.read_until("end", |_| false);
    }
}

case!(OwnHost, an_idle_connection_makes_way);
fn an_idle_connection_makes_way() {
    let app = Setup::app().flag("--max-connections", "1").flag("--idle-timeout", "86400").start();
    let mut idle = Connection::open(&app);
    idle.write(get(&app, "").as_bytes());
    wait_for_answers(&mut idle, 1);
    let mut next = Connection::open(&app);
    next.write(get(&app, "").as_bytes());
    wait_for_answers(&mut next, 1);
    idle.read_until("end", |_| false);
    // This one says nothing at all, and makes way too.
    drop(next);
    let _silent = Connection::open(&app);
    let mut last = Connection::open(&app);
    last.write(get(&app, "").as_bytes());
    wait_for_answers(&mut last, 1);
}

case!(OwnHost, http_1_0_needs_no_host);
fn http_1_0_needs_no_host() {
    let app = Setup::app().start();
    for (line, status) in [
        ("GET / HTTP/1.0", 200),
        ("HEAD / HTTP/1.0", 200),
        ("OPTIONS / HTTP/1.0", 204),
        ("GET /api/messages HTTP/1.0", 200),
        ("GET /api/messages HTTP/1.0\r\nUser-Agent: check", 200),
        ("GET /api/nothing HTTP/1.0", 404),
        ("POST /api/signup HTTP/1.0", 400),
        ("GET / HTTP/1.0\r\nHost: a\r\nHost: a", 400),
        ("GET / HTTP/1.1\r\nConnection: close", 400),
    ] {
        let reply = exchange(&app, format!("{line}\r\n\r\n").as_bytes()).unwrap();
        assert_eq!(reply.status, status, "{line}: {}", reply.body);
        assert_eq!(reply.body.contains("invalid_host"), status == 400 && line.starts_with("GET"), "{line}");
    }
}
