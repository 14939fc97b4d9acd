//! A server that removes keys when its memory is full.

use std::cell::RefCell;
use std::rc::Rc;

use keyvalue::Backend;
use keyvalue_redis::{Address, Client, Store};

use crate::server::Server;

thread_local! {
    /// The policies of which this thread was warned.
    static WARNINGS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Uses the server in two instances, with two connections in each, and returns the warnings.
fn warnings(server: &Server, url: &str) -> Vec<String> {
    let _: i64 = server.command("DEL keyvalue-redis:warned");
    let warn = |policy: &str| WARNINGS.with_borrow_mut(|warnings| warnings.push(policy.to_owned()));
    for _ in 0..2 {
        let client = Rc::new(Client::new(Address::parse(url).unwrap(), warn));
        for _ in 0..2 {
            Store::of(Rc::clone(&client)).set("key", b"value").unwrap();
            let _: i64 = server.command("CLIENT KILL TYPE normal SKIPME yes");
        }
    }
    WARNINGS.take()
}

#[test]
#[ignore = "needs LATCHKEY_TEST_REDIS"]
fn a_policy_that_removes_keys_is_said_once() {
    let server = Server::start();
    assert_eq!(warnings(&server, &server.url()), [""; 0]);
    for (policy, expected) in [("allkeys-lru", &["allkeys-lru"][..]), ("volatile-lru", &[]), ("noeviction", &[])] {
        let _: () = server.command(&format!("CONFIG SET maxmemory-policy {policy}"));
        assert_eq!(warnings(&server, &server.url()), expected, "{policy}");
        let lasts: i64 = server.command("TTL keyvalue-redis:warned");
        assert_eq!((1..=3600).contains(&lasts), !expected.is_empty(), "{lasts} seconds");
    }
}

#[test]
#[ignore = "needs LATCHKEY_TEST_REDIS"]
fn a_user_who_may_not_read_settings_gets_it_from_the_statistics() {
    let server = Server::start();
    let _: () = server.command("CONFIG SET maxmemory-policy allkeys-random");
    let host = server.url().replace("redis://", "");
    for (user, rights, expected) in [("statistics", "+set +info", &["allkeys-random"][..]), ("nothing", "+set", &[])] {
        let _: () = server.command(&format!("ACL SETUSER {user} on >secret ~* {rights}"));
        assert_eq!(warnings(&server, &format!("redis://{user}:secret@{host}")), expected, "{user}");
    }
}
