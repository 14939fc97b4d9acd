//! What an address asks for: a user, a password, a database.

use keyvalue::{Backend, Error};

use crate::server::Server;
use crate::store;

#[test]
#[ignore = "needs LATCHKEY_TEST_REDIS"]
fn user_password_and_database_are_those_of_the_address() {
    let server = Server::start();
    let host = server.url().replace("redis://", "");
    let _: () = server.command("ACL SETUSER ada on >p@ss:1 ~* +@all");
    let in_two = store(&format!("redis://ada:p%40ss%3A1@{host}/2"));
    in_two.set("key", b"of two").unwrap();
    assert_eq!(in_two.get("key"), Ok(Some(b"of two".to_vec())));
    assert_eq!(store(&server.url()).get("key"), Ok(None), "it is in another database");
    let keys: String = server.command("INFO keyspace");
    assert!(keys.contains("db2:keys=1"), "{keys}");
    let _: () = server.command("CONFIG SET requirepass secret");
    assert_eq!(store(&format!("redis://:secret@{host}/2")).get("key"), Ok(Some(b"of two".to_vec())));
}

#[test]
#[ignore = "needs LATCHKEY_TEST_REDIS"]
fn a_wrong_password_is_an_error_that_does_not_tell_it() {
    let server = Server::start();
    let _: () = server.command("CONFIG SET requirepass secret");
    let store = store(&server.url().replace("redis://", "redis://:wrong@"));
    let refused = "Redis refuses: WRONGPASS invalid username-password pair or user is disabled.";
    assert_eq!(store.get("key"), Err(Error::Other(refused.to_owned())));
}
