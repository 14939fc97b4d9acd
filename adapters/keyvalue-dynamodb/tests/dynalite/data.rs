//! What the table holds.

use std::time::Duration;

use keyvalue::{Backend, Error, conformance};
use serde_json::json;

use crate::client::store;
use crate::server::Server;

#[test]
#[ignore = "needs LATCHKEY_TEST_DYNALITE"]
fn the_store_keeps_what_the_trait_promises() {
    conformance::check(&store(&Server::start().url()));
}

#[test]
#[ignore = "needs LATCHKEY_TEST_DYNALITE"]
fn an_item_has_a_key_and_a_value_or_a_number() {
    let server = Server::start();
    let store = store(&server.url());
    let item = |key: &str| {
        server.ask("GetItem", &json!({ "TableName": "latchkey", "Key": { "k": { "S": key } } }))["Item"].clone()
    };
    store.set("user:ada", b"{}").unwrap();
    assert_eq!(item("user:ada"), json!({ "k": { "S": "user:ada" }, "v": { "B": "e30=" } }));
    store.add("count", 41).unwrap();
    assert_eq!(item("count"), json!({ "k": { "S": "count" }, "n": { "N": "41" } }));
    assert_eq!(store.replace("count", Some(b"41"), b"{}"), Ok(true));
    assert_eq!(item("count"), json!({ "k": { "S": "count" }, "v": { "B": "e30=" } }));
}

#[test]
#[ignore = "needs LATCHKEY_TEST_DYNALITE"]
fn batches_may_be_larger_than_dynamodb_takes_at_once() {
    let server = Server::start();
    let store = store(&server.url());
    let keys: Vec<String> = (0..230).map(|number| format!("key:{number}")).collect();
    let pairs: Vec<_> = keys.iter().map(|key| (key.clone(), key.clone().into_bytes())).collect();
    store.set_many(&pairs).unwrap();
    let values: Vec<_> = pairs.iter().map(|(_, value)| Some(value.clone())).collect();
    assert_eq!(store.get_many(&keys), Ok(values));
    store.delete_many(&keys).unwrap();
    assert_eq!(store.get_many(&keys), Ok(vec![None; 230]));
}

#[test]
#[ignore = "needs LATCHKEY_TEST_DYNALITE"]
fn an_answer_that_is_too_large_for_dynamodb_comes_in_parts() {
    let server = Server::start();
    // A machine that is busy may be slow to answer.
    let store = store(&server.url()).with_patience(Duration::from_secs(120));
    let keys: Vec<String> = (0..45).map(|number| format!("large:{number}")).collect();
    for key in &keys {
        store.set(key, &vec![b'x'; 380_000]).unwrap();
    }
    let values = store.get_many(&keys).unwrap();
    assert!(values.iter().flatten().filter(|value| value.len() == 380_000).count() == 45);
}

#[test]
#[ignore = "needs LATCHKEY_TEST_DYNALITE"]
fn a_table_that_is_not_there_is_an_error_that_says_so() {
    let server = Server::start();
    server.ask("DeleteTable", &json!({ "TableName": "latchkey" }));
    let Err(Error::Other(reason)) = store(&server.url()).get("key") else { panic!("there is no table") };
    assert!(reason.starts_with("DynamoDB refuses: status 400 ResourceNotFoundException"), "{reason}");
}
