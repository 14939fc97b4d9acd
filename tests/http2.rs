//! What a client may do on a connection of HTTP/2, and for how long. Here it speaks HTTP/2 by prior knowledge and without TLS, as
//! Spin serves it too.

use std::thread;
use std::time::Duration;

use crate::harness::client::{Client, get};
use crate::harness::curl::curl;
use crate::harness::host::{Host, Setup};
use crate::harness::http2::{
    CONTINUATION, DATA, END_HEADERS, END_STREAM, Frame, GOAWAY, HEADERS, PING, RST_STREAM, SETTINGS, field, frame,
    frames, head, open, wait_for_frame, write_until_end,
};
use crate::harness::raw::Connection;
use crate::harness::wait_for;

/// The numbers of settings.
const MAX_CONCURRENT_STREAMS: u16 = 3;
const INITIAL_WINDOW_SIZE: u16 = 4;

/// The first byte of a header block for a status, as the static table has it.
const STATUS_200: u8 = 0x88;
const STATUS_400: u8 = 0x8c;

const ENHANCE_YOUR_CALM: u32 = 11;

fn asking(app: &Client, stream: u32, path: &str) -> Vec<u8> {
    frame(HEADERS, END_STREAM | END_HEADERS, stream, &head("GET", &app.authority(), path))
}

/// A request whose component waits for a body.
fn unfinished(app: &Client, stream: u32) -> Vec<u8> {
    frame(HEADERS, END_HEADERS, stream, &head("POST", &app.authority(), "/slow-read"))
}

#[track_caller]
fn status(connection: &mut Connection, stream: u32) -> u8 {
    wait_for_frame(connection, "answer", |frame| frame.kind == HEADERS && frame.stream == stream).content[0]
}

#[track_caller]
fn still_serves(app: &mut Host) {
    app.assert_alive();
    assert_eq!(app.get("/empty").status, 200);
}

case!(OwnHost, curl_speaks_it_by_prior_knowledge);
fn curl_speaks_it_by_prior_knowledge() {
    let app = Setup::app().start();
    for (flag, version) in [("--http2-prior-knowledge", "2"), ("--http1.1", "1.1"), ("--http2", "1.1")] {
        let answer = curl(&app, "/api/messages", None, &[flag]).unwrap();
        assert_eq!((answer.status, answer.version.as_str()), (200, version), "{answer:?}");
    }
}

case!(OwnHost, the_authority_is_the_host);
fn the_authority_is_the_host() {
    let app = Setup::app().start();
    let mut connection = open(&app, &[]);
    let with = |authority: &str, more: &[u8]| [head("GET", authority, "/api/messages"), more.to_vec()].concat();
    let blocks = [
        (with("a", &[]), STATUS_200),
        (with("a", &field("host", "a")), STATUS_200),
        (with("a", &field("host", "b")), STATUS_400),
        (with("messages.spin.internal", &[]), STATUS_400),
    ];
    for ((block, expected), stream) in blocks.into_iter().zip((1..).step_by(2)) {
        connection.write(&frame(HEADERS, END_STREAM | END_HEADERS, stream, &block));
        assert_eq!(status(&mut connection, stream), expected, "{:?}", String::from_utf8_lossy(&block));
    }
}

case!(OwnHost, an_idle_connection_ends_with_goaway);
fn an_idle_connection_ends_with_goaway() {
    let app = Setup::app().flag("--idle-timeout", "1").start();
    // A ping is no request, and the connection does not become younger by it.
    let ping = frame(PING, 0, 0, &[0; 8]);
    for requests in [0, 1] {
        let mut connection = open(&app, &[]);
        if requests > 0 {
            connection.write(&asking(&app, 1, "/api/messages"));
            assert_eq!(status(&mut connection, 1), STATUS_200);
        }
        write_until_end(&mut connection, &ping);
        assert!(frames(connection.received()).iter().any(|frame| frame.kind == GOAWAY));
    }
}

case!(OwnHost, a_head_has_to_be_complete_in_time);
fn a_head_has_to_be_complete_in_time() {
    let app = Setup::app().flag("--idle-timeout", "86400").flag("--header-timeout", "1").start();
    let block = head("GET", &app.authority(), "/api/messages");
    let mut idle = open(&app, &[]);
    for begin in [&asking(&app, 1, "/")[..12], &frame(HEADERS, END_STREAM, 1, &block)] {
        let mut connection = open(&app, &[]);
        connection.write(begin);
        connection.read_until("end", |_| false);
        assert!(frames(connection.received()).iter().all(|frame| frame.kind != HEADERS));
    }
    // A connection without a head may be idle, and a head in two pieces is one.
    thread::sleep(Duration::from_secs(2));
    idle.write(&frame(HEADERS, END_STREAM, 1, &block));
    idle.write(&frame(CONTINUATION, END_HEADERS, 1, &[]));
    assert_eq!(status(&mut idle, 1), STATUS_200);
}

case!(OwnHost, a_body_has_to_come_in_time);
fn a_body_has_to_come_in_time() {
    let app = Setup::app().flag("--body-timeout", "1").flag("--idle-timeout", "86400").start();
    let mut connection = open(&app, &[]);
    let block = [head("POST", &app.authority(), "/api/signup"), field("content-type", "application/json")].concat();
    connection.write(&frame(HEADERS, END_HEADERS, 1, &block));
    connection.write(&frame(DATA, 0, 1, b"{"));
    assert_ne!(status(&mut connection, 1), STATUS_200);
    // The connection is as good as before.
    connection.write(&asking(&app, 3, "/api/messages"));
    assert_eq!(status(&mut connection, 3), STATUS_200);
}

case!(OwnHost, a_client_has_to_take_its_answers_in_time);
/// The answers fit into the buffers of the host, and the client never lets it send them.
fn a_client_has_to_take_its_answers_in_time() {
    let app = Setup::app().flag("--write-timeout", "1").flag("--idle-timeout", "86400").start();
    let mut connection = open(&app, &[(INITIAL_WINDOW_SIZE, 0)]);
    connection.write(&asking(&app, 1, "/api/messages"));
    write_until_end(&mut connection, &frame(PING, 0, 0, &[0; 8]));
    let got = frames(connection.received());
    assert!(got.iter().any(|frame| frame.kind == HEADERS && frame.content[0] == STATUS_200), "{got:?}");
    // One that takes its time, and takes something each time, gets all.
    let mut slow = open(&app, &[(INITIAL_WINDOW_SIZE, 0)]);
    slow.write(&asking(&app, 1, "/api/messages"));
    let window = frame(8, 0, 1, &4_u32.to_be_bytes());
    let length = r#"{"messages":[],"next":null}"#.len();
    wait_for("whole answer", || {
        thread::sleep(Duration::from_millis(500));
        slow.write(&window);
        assert!(slow.read_for(Duration::from_millis(10)), "the connection ended");
        let got = frames(slow.received());
        let body: usize = got.iter().filter(|frame| frame.kind == DATA).map(|frame| frame.content.len()).sum();
        (body == length).then_some(())
    });
}

case!(OwnHost, requests_that_are_cancelled_at_once_end_the_connection);
/// CVE-2023-44487.
fn requests_that_are_cancelled_at_once_end_the_connection() {
    let mut app = Setup::fixture().start();
    let cancel = |stream| frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes());
    let mut flood = open(&app, &[]);
    let both = |stream| [unfinished(&app, stream), cancel(stream)].concat();
    flood.write(&(0..1000).flat_map(|count| both(2 * count + 1)).collect::<Vec<_>>());
    flood.read_until("end", |_| false);
    let calm = |frame: &Frame| frame.kind == GOAWAY && frame.content[4..8] == ENHANCE_YOUR_CALM.to_be_bytes();
    assert!(frames(flood.received()).iter().any(calm), "{:?}", frames(flood.received()));
    still_serves(&mut app);
    // One after the other, so that each has been seen before it is cancelled.
    let mut drip = open(&app, &[]);
    let ended = (0..1000).any(|count| {
        drip.write(&unfinished(&app, 2 * count + 1));
        drip.write(&frame(PING, 0, 0, &count.to_be_bytes().repeat(2)));
        let is_pong = |frame: &Frame| frame.kind == PING && frame.content[..4] == count.to_be_bytes();
        drip.read_until("pong", |received| frames(received).iter().any(is_pong));
        drip.write(&cancel(2 * count + 1));
        !drip.read_for(Duration::from_millis(1))
    });
    assert!(ended, "1000 requests were cancelled, and the connection is still there");
    still_serves(&mut app);
}

case!(OwnHost, the_host_says_how_many_requests_it_takes_at_a_time);
fn the_host_says_how_many_requests_it_takes_at_a_time() {
    let app = Setup::fixture().start();
    let mut connection = open(&app, &[]);
    let settings =
        wait_for_frame(&mut connection, "settings", |frame| frame.kind == SETTINGS && !frame.content.is_empty());
    let most = settings.content.chunks(6).find(|one| one[..2] == MAX_CONCURRENT_STREAMS.to_be_bytes()).unwrap();
    let most = u32::from_be_bytes(most[2..].try_into().unwrap());
    assert_eq!(most, 32);
    connection.write(&(0..=most).flat_map(|count| unfinished(&app, 2 * count + 1)).collect::<Vec<_>>());
    let refused = wait_for_frame(&mut connection, "refusal", |frame| frame.kind == RST_STREAM);
    assert_eq!((refused.stream, &refused.content[..]), (2 * most + 1, &7_u32.to_be_bytes()[..]));
}

case!(OwnHost, a_running_request_is_finished_before_the_end);
fn a_running_request_is_finished_before_the_end() {
    let mut app = Setup::fixture().start();
    let mut connection = open(&app, &[]);
    connection.write(&unfinished(&app, 1));
    connection.write(&frame(PING, 0, 0, &[1; 8]));
    wait_for_frame(&mut connection, "pong", |frame| frame.kind == PING);
    app.ask_to_end();
    wait_for_frame(&mut connection, "goaway", |frame| frame.kind == GOAWAY);
    connection.write(&frame(DATA, END_STREAM, 1, b"1234567890"));
    assert_eq!(status(&mut connection, 1), STATUS_200);
    assert_eq!(app.wait_for_end().code(), Some(0), "{}", app.output().stderr());
}

case!(OwnHost, an_idle_connection_makes_way);
fn an_idle_connection_makes_way() {
    let app = Setup::fixture().flag("--max-connections", "1").flag("--idle-timeout", "86400").start();
    let mut idle = open(&app, &[]);
    idle.write(&asking(&app, 1, "/empty"));
    assert_eq!(status(&mut idle, 1), STATUS_200);
    assert_eq!(app.send(get("/empty")).status, 200);
    idle.read_until("end", |_| false);
    assert!(frames(idle.received()).iter().any(|frame| frame.kind == GOAWAY));
}

case!(OwnHost, a_connection_that_only_sends_bodies_slowly_makes_way);
fn a_connection_that_only_sends_bodies_slowly_makes_way() {
    let app = Setup::fixture().flag("--max-connections", "1").flag("--body-timeout", "86400").start();
    let mut slow = open(&app, &[]);
    // A request that has been answered does not hide one that waits for its body.
    slow.write(&unfinished(&app, 1));
    slow.write(&asking(&app, 3, "/empty"));
    assert_eq!(status(&mut slow, 3), STATUS_200);
    assert_eq!(app.send(get("/empty")).status, 200);
    slow.read_until("end", |_| false);
    assert!(frames(slow.received()).iter().all(|frame| frame.kind != HEADERS || frame.stream == 3));
}
