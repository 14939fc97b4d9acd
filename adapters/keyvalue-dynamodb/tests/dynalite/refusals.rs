//! What is tried again, and what is not.

use std::io::Read;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use keyvalue::{Backend, Error};
use keyvalue_dynamodb::Failure;
use serde_json::json;

use crate::client::store;
use crate::scripted::{Scripted, answer, refusal};

const PATIENCE: Duration = Duration::from_millis(300);

fn reason<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    let Err(Error::Other(reason)) = result else { panic!("{result:?}") };
    reason
}

fn broken() -> Result<keyvalue_dynamodb::Answer, Failure> {
    Err(Failure::Broken("reset".to_owned()))
}

#[test]
fn throttling_and_errors_of_the_service_are_tried_again() {
    let refusals = [
        refusal(400, "ProvisionedThroughputExceededException"),
        refusal(400, "ThrottlingException"),
        refusal(400, "RequestLimitExceeded"),
        refusal(500, "InternalServerError"),
        answer(503, "<html>"),
    ];
    let added = answer(200, r#"{"Attributes":{"n":{"N":"7"}}}"#);
    let (store, script) = Scripted::store(refusals.into_iter().chain([added]));
    assert_eq!(store.add("count", 1), Ok(7));
    assert_eq!(script.requests().len(), 6);
    assert!(script.requests().windows(2).all(|two| two[0] == two[1]));
}

#[test]
fn a_table_that_has_too_much_to_do_for_too_long_is_an_error_and_ends_the_request() {
    let (store, script) = Scripted::store([refusal(400, "ProvisionedThroughputExceededException")]);
    let store = store.with_patience(PATIENCE);
    let began = Instant::now();
    let refused = "DynamoDB refuses for too long: status 400 ProvisionedThroughputExceededException why";
    assert_eq!(reason(store.get("key")), refused);
    let requests = script.requests().len();
    assert!(requests > 1, "it was tried again");
    assert!(began.elapsed() >= PATIENCE / 4, "with waits between");
    assert_eq!(reason(store.get("key")), "DynamoDB did not answer in time, and was not asked again");
    assert_eq!(script.requests().len(), requests);
}

#[test]
fn other_refusals_are_not_tried_again() {
    for error in ["AccessDeniedException", "ResourceNotFoundException", "ValidationException"] {
        let (store, script) = Scripted::store([refusal(400, error)]);
        assert_eq!(reason(store.get("key")), format!("DynamoDB refuses: status 400 {error} why"));
        assert_eq!(script.requests().len(), 1);
    }
}

#[test]
fn a_connection_that_breaks_is_tried_once_more() {
    let (store, script) = Scripted::store([broken(), answer(200, "{}")]);
    assert_eq!(store.get("key"), Ok(None));
    assert_eq!(script.requests().len(), 2);
    let (store, script) = Scripted::store([broken()]);
    assert_eq!(reason(store.get("key")), "DynamoDB can't be reached: reset");
    assert_eq!(script.requests().len(), 2);
}

#[test]
fn a_server_that_does_not_answer_is_asked_once_in_a_request() {
    let (store, script) = Scripted::store([Err(Failure::TimedOut)]);
    assert_eq!(reason(store.get("key")), "DynamoDB does not answer in time");
    assert_eq!(reason(store.add("count", 1)), "DynamoDB did not answer in time, and was not asked again");
    assert_eq!(script.requests().len(), 1);
}

#[test]
fn an_operation_has_its_time_whatever_the_server_does() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let streams: Vec<_> = listener.incoming().flatten().collect();
        streams.iter().for_each(|mut stream| _ = stream.read(&mut [0]));
    });
    let store = store(&url).with_patience(PATIENCE);
    let began = Instant::now();
    assert_eq!(reason(store.get("key")), "DynamoDB does not answer in time");
    assert!(began.elapsed() >= PATIENCE);
}

#[test]
fn what_a_batch_left_undone_is_asked_for_again_and_nothing_else() {
    let keys = ["a", "b", "c"].map(str::to_owned);
    let first = json!({
        "Responses": { "latchkey": [{ "k": { "S": "b" }, "v": { "B": "Qg==" } }] },
        "UnprocessedKeys": { "latchkey": { "Keys": [{ "k": { "S": "a" } }], "ConsistentRead": true } },
    });
    let second =
        json!({ "Responses": { "latchkey": [{ "k": { "S": "a" }, "n": { "N": "5" } }] }, "UnprocessedKeys": {} });
    let (store, script) = Scripted::store([first, second].map(|content| answer(200, &content.to_string())));
    assert_eq!(store.get_many(&keys), Ok(vec![Some(b"5".to_vec()), Some(b"B".to_vec()), None]));
    let again = json!({ "RequestItems": { "latchkey": { "Keys": [{ "k": { "S": "a" } }], "ConsistentRead": true } } });
    assert_eq!(script.requests()[1..], [again]);
    let undone = json!([{ "DeleteRequest": { "Key": { "k": { "S": "c" } } } }]);
    let first = json!({ "UnprocessedItems": { "latchkey": undone } });
    let (store, script) = Scripted::store([answer(200, &first.to_string()), answer(200, "{}")]);
    store.delete_many(&keys).unwrap();
    assert_eq!(script.requests()[1..], [json!({ "RequestItems": { "latchkey": undone } })]);
}

#[test]
fn an_answer_that_makes_no_sense_is_an_error() {
    for body in ["", "[]x", r#"{"Item":{"k":{"S":"key"}}}"#, r#"{"Item":{"v":{"B":"?"}}}"#] {
        let (store, _) = Scripted::store([answer(200, body)]);
        reason(store.get("key"));
    }
    for body in ["{}", r#"{"Attributes":{"n":{"N":"1.5"}}}"#] {
        let (store, _) = Scripted::store([answer(200, body)]);
        reason(store.add("key", 1));
    }
}
