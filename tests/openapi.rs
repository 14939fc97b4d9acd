//! `openapi.yaml`. `harness/contract.rs` checks in every test that answers agree with the document; the tests of `service`
//! check that the document names every endpoint that exists.

use serde_json::Value;

use crate::harness::app::App;
use crate::harness::client::get;
use crate::harness::contract::{document, operations};
use crate::harness::workspace;

case!(AnyHost, it_is_served_and_asked_for_again);
fn it_is_served_and_asked_for_again() {
    let app = App::any();
    let reply = app.get("/api/openapi.yaml");
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/yaml"));
    assert_eq!(reply.text(), std::fs::read_to_string(workspace().join("openapi.yaml")).unwrap());
    let tag = reply.header("etag");
    let again = app.send(get("/api/openapi.yaml").header("if-none-match", tag));
    again.is_empty(304);
    assert_eq!((again.header("etag"), again.header("cache-control")), (tag, "no-cache"));
}

/// Each operation with its method and path.
fn all_operations() -> impl Iterator<Item = (String, &'static str, &'static Value)> {
    document()["paths"].as_object().unwrap().iter().flat_map(|(path, item)| {
        operations(item).map(move |(method, operation)| (format!("{method} {path}"), method, operation))
    })
}

case!(AnyHost, every_operation_says_how_it_may_fail);
/// Rules that follow from the kind of an operation, so that an operation that is added later can't miss an answer. What
/// linters know, such as that no `operationId` is there twice, is left to them: see `xtask/src/description.rs`.
fn every_operation_says_how_it_may_fail() {
    for (name, method, operation) in all_operations() {
        let needs_token = operation["security"].as_array().is_some_and(|all| !all[0]["accessToken"].is_null());
        let mut expected = vec!["431", "500"];
        expected.extend(needs_token.then_some(["400", "401"]).into_iter().flatten());
        expected.extend(["post", "put"].contains(&method).then_some(["413", "415"]).into_iter().flatten());
        expected.extend((!operation["requestBody"].is_null()).then_some(["400", "422"]).into_iter().flatten());
        for status in expected {
            assert!(operation["responses"].get(status).is_some(), "{name} lacks {status}");
        }
    }
}
