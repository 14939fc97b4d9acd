//! What the server holds.

use keyvalue::{Backend, Error, conformance};

use crate::server::Server;
use crate::store;

#[test]
#[ignore = "needs LATCHKEY_TEST_REDIS"]
fn the_store_keeps_what_the_trait_promises() {
    conformance::check(&store(&Server::start().url()));
}

#[test]
#[ignore = "needs LATCHKEY_TEST_REDIS"]
fn the_data_has_the_form_of_spins_own_store() {
    let server = Server::start();
    let store = store(&server.url());
    store.set("user:ada", b"{\"v\":1}").unwrap();
    assert_eq!(server.command::<String>("GET user:ada"), "{\"v\":1}");
    assert_eq!(store.add("count", 41), Ok(41));
    assert_eq!(server.command::<String>("GET count"), "41");
    assert_eq!(server.command::<i64>("INCRBY count 1"), 42);
    assert_eq!(store.get("count"), Ok(Some(b"42".to_vec())));
    let _: () = server.command("MSET user:bob x user:eve y");
    let keys = ["user:eve", "user:bob"].map(str::to_owned);
    assert_eq!(store.get_many(&keys), Ok(vec![Some(b"y".to_vec()), Some(b"x".to_vec())]));
    assert_eq!(server.command::<i64>("DBSIZE"), 4, "nothing else is written");
}

#[test]
#[ignore = "needs LATCHKEY_TEST_REDIS"]
fn a_reply_is_limited_and_the_store_goes_on_after_it() {
    let server = Server::start();
    let store = store(&server.url());
    store.set("large", &vec![b'x'; 15 << 20]).unwrap();
    assert_eq!(store.get("large").unwrap().map(|value| value.len()), Some(15 << 20));
    store.set("large", &vec![b'x'; 17 << 20]).unwrap();
    let Err(Error::Other(reason)) = store.get("large") else { panic!("17 MiB are a reply") };
    assert!(reason.contains("too large"), "{reason}");
    assert_eq!(store.get("small"), Ok(None));
}

#[test]
#[ignore = "needs LATCHKEY_TEST_REDIS"]
fn a_value_of_another_type_is_an_error_and_the_store_goes_on_after_it() {
    let server = Server::start();
    let store = store(&server.url());
    let _: i64 = server.command("LPUSH list x");
    let refused = "Redis refuses: WRONGTYPE Operation against a key holding the wrong kind of value";
    assert_eq!(store.get("list"), Err(Error::Other(refused.to_owned())));
    assert_eq!(store.get("small"), Ok(None));
}
