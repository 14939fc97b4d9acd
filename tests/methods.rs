//! HEAD, OPTIONS and 405 through a host, and the headers that identify an answer. The tests in
//! `service/tests/all/methods.rs` ask the services themselves with every other method, and at addresses that do not exist.

use crate::harness::actors;
use crate::harness::app::App;
use crate::harness::client::{ask, get};
use crate::harness::contract::every_resource;

case!(AnyHost, every_resource_says_its_methods);
fn every_resource_says_its_methods() {
    let app = App::any();
    for (path, allow) in every_resource() {
        let other = ["PATCH", "PUT"].into_iter().find(|method| !allow.iter().any(|allowed| allowed == method)).unwrap();
        let reply = app.send(ask(other, &path));
        assert_eq!((reply.status, reply.list("allow")), (405, allow.clone()), "{path}: {}", reply.said());
        reply.is_problem(405, "method_not_allowed");
        let reply = app.send(ask("OPTIONS", &path));
        assert_eq!((reply.status, reply.list("allow")), (204, allow), "{path}");
    }
}

case!(AnyHost, head_is_get_without_a_body);
fn head_is_get_without_a_body() {
    let app = App::any();
    let alice = actors::alice(&app);
    for path in [
        "/.well-known/jwks.json".to_owned(),
        "/api/authorizer".to_owned(),
        format!("/api/messages?author={}", alice.username),
        "/api/messages?limit=0".to_owned(),
        "/api/nothing".to_owned(),
    ] {
        let full = app.send(get(&path).bearer(&alice.token));
        let head = app.send(ask("HEAD", &path).bearer(&alice.token));
        head.is_empty(full.status);
        let headers = |reply: &crate::harness::reply::Reply| {
            let own = |(name, _): &&(String, String)| !["date", "x-request-id"].contains(&name.as_str());
            let mut headers: Vec<_> = reply.headers.iter().filter(own).cloned().collect();
            headers.sort();
            headers
        };
        assert_eq!(headers(&head), headers(&full), "{path}");
    }
}

case!(AnyHost, every_answer_has_a_request_id_of_its_own);
fn every_answer_has_a_request_id_of_its_own() {
    let app = App::any();
    let mut ids = Vec::new();
    for path in ["/api/messages", "/api/nothing", "/api/login", "/.well-known/jwks.json", "/api/authorizer"] {
        for _ in 0..4 {
            ids.push(app.send(get(path)).header("x-request-id").to_owned());
        }
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 20, "{ids:?}");
}
