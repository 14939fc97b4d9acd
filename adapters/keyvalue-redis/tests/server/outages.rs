//! A server that goes away and comes back, and connections that break.

use std::rc::Rc;

use keyvalue::{Backend, Error};
use keyvalue_redis::Store;

use crate::server::Server;
use crate::{client, store};

#[test]
#[ignore = "needs LATCHKEY_TEST_REDIS"]
fn after_a_crash_of_the_server_the_store_goes_on_with_what_it_had() {
    let mut server = Server::start();
    let store = store(&server.url());
    store.set("key", b"value").unwrap();
    assert_eq!(store.add("count", 1), Ok(1));
    server.kill();
    for _ in 0..3 {
        let Err(Error::Other(reason)) = store.get("key") else { panic!("there is no server") };
        assert!(reason.starts_with("Redis can't be reached"), "{reason}");
    }
    server.start_again();
    // A server that still reads its file refuses.
    while store.get("key").is_err() {}
    assert_eq!(store.get("key"), Ok(Some(b"value".to_vec())));
    assert_eq!(store.add("count", 1), Ok(2));
}

#[test]
#[ignore = "needs LATCHKEY_TEST_REDIS"]
fn a_connection_is_kept_over_requests() {
    let server = Server::start();
    let client = client(&server.url());
    let received = || -> i64 {
        let text: String = server.command("INFO stats");
        text.lines().find_map(|line| line.strip_prefix("total_connections_received:")).unwrap().parse().unwrap()
    };
    Store::of(Rc::clone(&client)).set("key", b"value").unwrap();
    let before = received();
    for _ in 0..5 {
        assert_eq!(Store::of(Rc::clone(&client)).get("key"), Ok(Some(b"value".to_vec())));
    }
    assert_eq!(received(), before + 1, "the one is that of the question");
}

#[test]
#[ignore = "needs LATCHKEY_TEST_REDIS"]
fn a_connection_that_the_server_closed_is_replaced_without_an_error() {
    let server = Server::start();
    let store = store(&server.url());
    let stale = || -> i64 { server.command("CLIENT KILL TYPE normal SKIPME yes") };
    store.set("key", b"value").unwrap();
    assert_eq!(stale(), 1);
    assert_eq!(store.get("key"), Ok(Some(b"value".to_vec())));
    assert_eq!(stale(), 1);
    assert_eq!(store.add("count", 1), Ok(1));
    assert_eq!(stale(), 1);
    assert_eq!(store.replace("key", Some(b"value"), b"other"), Ok(true));
    assert_eq!(stale(), 1);
    store.set("key", &vec![0; 1 << 20]).unwrap();
}

#[test]
#[ignore = "needs LATCHKEY_TEST_REDIS"]
fn a_server_that_is_no_longer_the_primary_is_left() {
    let server = Server::start();
    let client = client(&server.url());
    let store = Store::of(Rc::clone(&client));
    store.set("key", b"value").unwrap();
    let _: () = server.command("REPLICAOF 127.0.0.1 1");
    let Err(Error::Other(reason)) = store.set("key", b"other") else { panic!("a replica takes no writes") };
    assert!(reason.starts_with("Redis refuses: READONLY"), "{reason}");
    assert_eq!(server.command::<i64>("CLIENT KILL TYPE normal SKIPME yes"), 0, "the connection is closed");
    let _: () = server.command("REPLICAOF NO ONE");
    assert_eq!(store.set("key", b"other"), Ok(()));
}
