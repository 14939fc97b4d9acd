//! A server that does not answer: it costs a request the time that a call waits, once.

use std::io::Write;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::rc::Rc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use keyvalue::{Backend, Error};
use keyvalue_redis::Store;

use crate::client;
use crate::server::Server;

const PATIENCE: Duration = Duration::from_millis(300);
/// How long a test waits for what otherwise never ends.
const FOR_EVER: Duration = Duration::from_secs(60);

/// Calls a store twice, and returns the two errors, and how long the first took.
fn errors(url: String, write: bool) -> (String, String, Duration) {
    let (send, receive) = channel();
    std::thread::spawn(move || {
        let client = Rc::new(Rc::into_inner(client(&url)).unwrap().with_patience(PATIENCE));
        let store = Store::of(client);
        let value = if write { vec![0; 64 << 20] } else { Vec::new() };
        let began = Instant::now();
        let first = store.set("key", &value);
        let took = began.elapsed();
        let _ = send.send((first, store.get("key"), took));
    });
    let (Err(Error::Other(first)), Err(Error::Other(second)), took) = receive.recv_timeout(FOR_EVER).unwrap() else {
        panic!("something answers")
    };
    (first, second, took)
}

/// Checks that the first call waits for its time and the second not at all, which its text shows.
fn assert_gives_up((first, second, took): (String, String, Duration)) {
    assert_eq!(first, "Redis does not answer in time");
    assert_eq!(second, "Redis did not answer in time, and was not asked again");
    assert!(took >= PATIENCE, "{took:?}");
}

fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("redis://{}", listener.local_addr().unwrap());
    (listener, url)
}

#[test]
fn a_server_that_accepts_and_says_nothing() {
    let (_listener, url) = listen();
    assert_gives_up(errors(url, false));
}

#[test]
fn a_server_that_reads_nothing() {
    let (_listener, url) = listen();
    assert_gives_up(errors(url, true));
}

#[test]
fn a_server_that_does_not_even_accept() {
    let (listener, url) = listen();
    // Linux answers no connection while as many wait as the listener has places for; the standard library asks for 128.
    let address = listener.local_addr().unwrap();
    let full = std::iter::from_fn(|| TcpStream::connect_timeout(&address, PATIENCE).ok()).take(10_000);
    let waiting: Vec<_> = full.collect();
    assert!(waiting.len() < 10_000, "the listener has places without end");
    assert_gives_up(errors(url, false));
}

#[test]
fn a_reply_that_comes_byte_by_byte_has_no_more_time() {
    let (listener, url) = listen();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.write_all(b"$1000000\r\n");
            while stream.write_all(b"x").is_ok() {
                std::thread::sleep(PATIENCE / 20);
            }
        }
    });
    assert_gives_up(errors(url, false));
}

#[test]
#[ignore = "needs LATCHKEY_TEST_REDIS"]
fn a_server_that_pauses_serves_the_next_request() {
    let server = Server::start();
    let client = Rc::new(Rc::into_inner(client(&server.url())).unwrap().with_patience(PATIENCE));
    let store = Store::of(Rc::clone(&client));
    store.set("key", b"value").unwrap();
    // A server that pauses entirely does not take the command either that ends the pause.
    let _: () = server.command("CLIENT PAUSE 600000 WRITE");
    assert_eq!(store.set("key", b"late"), Err(Error::Other("Redis does not answer in time".to_owned())));
    let _: () = server.command("CLIENT UNPAUSE");
    assert!(store.get("key").is_err(), "this request has used up its time");
    // A late reply of the first call must not be that of this one.
    assert_eq!(Store::of(client).get("other"), Ok(None));
}
