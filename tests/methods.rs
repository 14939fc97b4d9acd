//! Which resource offers which methods: HEAD, OPTIONS, 404, 405, for every one of them.

use crate::harness::actors;
use crate::harness::client::{ask, get};
use crate::harness::contract::every_resource;
use crate::harness::host::App;

case!(AnyHost, another_method_is_refused_with_those_allowed);
fn another_method_is_refused_with_those_allowed() {
    let app = App::any();
    for (path, allow) in every_resource() {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "BREW", "get"] {
            if allow.iter().any(|allowed| allowed == method) {
                continue;
            }
            let reply = app.send(ask(method, &path));
            assert_eq!((reply.status, reply.list("allow")), (405, allow.clone()), "{method} {path}");
            if method != "HEAD" {
                reply.is_problem(405, "method_not_allowed");
            }
        }
    }
}

case!(AnyHost, options_says_what_is_allowed);
fn options_says_what_is_allowed() {
    let app = App::any();
    for (path, allow) in every_resource() {
        let reply = app.send(ask("OPTIONS", &path));
        reply.is_empty(204);
        assert_eq!((reply.list("allow"), reply.header("cache-control")), (allow, "no-store"), "{path}");
        assert_eq!(reply.optional("access-control-allow-origin"), None);
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

case!(AnyHost, an_unknown_path_is_a_problem_too);
fn an_unknown_path_is_a_problem_too() {
    let app = App::any();
    for path in
        ["/api/nothing", "/api/messages/", "/api/messages/1/2", "/api/Messages", "/api/login/x", "/api/signup%2f"]
    {
        for method in ["GET", "POST", "DELETE"] {
            app.send(ask(method, path)).is_problem(404, "not_found");
        }
        let reply = app.send(ask("OPTIONS", path));
        assert_eq!((reply.status, reply.header("allow")), (204, "OPTIONS"), "{path}");
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
