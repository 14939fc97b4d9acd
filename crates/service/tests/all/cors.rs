//! CORS on every kind of answer.

use crate::world::{Answer, World, anon, bearer};

const APP: &str = "https://app.example";

fn from_origin(world: &World, origin: &str, mut request: http::Request<bytes::Bytes>) -> Answer {
    request.headers_mut().insert("origin", origin.parse().unwrap());
    world.send(request)
}

/// One answer of each kind: its status and the request for it.
fn kinds(token: &str) -> Vec<(u16, http::Request<bytes::Bytes>)> {
    let mut not_json = anon("POST", "/api/login", "x");
    not_json.headers_mut().insert("content-type", "text/plain".parse().unwrap());
    let mut too_large = anon("POST", "/api/login", "x");
    too_large.extensions_mut().insert(service::BodyFault::TooLarge);
    let mut known = anon("GET", "/api/messages", "");
    known.headers_mut().insert("if-none-match", "*".parse().unwrap());
    vec![
        (200, anon("GET", "/api/messages", "")),
        (200, anon("HEAD", "/api/messages", "")),
        (200, anon("GET", "/.well-known/jwks.json", "")),
        (201, bearer(token, "POST", "/api/messages", r#"{"text":"hi"}"#)),
        (204, anon("OPTIONS", "/api/messages", "")),
        (304, known),
        (400, anon("POST", "/api/login", "{")),
        (401, anon("POST", "/api/messages", r#"{"text":"hi"}"#)),
        (401, bearer("nonsense", "POST", "/api/messages", r#"{"text":"hi"}"#)),
        (404, anon("GET", "/api/nothing", "")),
        (405, anon("DELETE", "/api/messages", "")),
        (409, anon("POST", "/api/signup", &crate::world::signup_body("alice"))),
        (413, too_large),
        (415, not_json),
        (422, anon("POST", "/api/login", "{}")),
    ]
}

#[test]
fn an_allowed_origin_may_read_every_answer() {
    let world = World::new();
    world.set("cors_allowed_origins", "https://other.example, https://app.example");
    let token = world.join("alice");
    for (status, request) in kinds(&token) {
        let said = format!("{} {}", request.method(), request.uri());
        let answer = from_origin(&world, APP, request);
        assert_eq!(answer.status(), status, "{said}: {}", answer.text());
        assert_eq!(answer.header("access-control-allow-origin"), Some(APP), "{status} {said}");
        assert!(answer.header("vary").unwrap().contains("Origin"), "{status} {said}");
        assert_eq!(answer.header("access-control-allow-credentials"), None);
    }
}

#[test]
fn faults_of_the_server_are_readable_too() {
    let world = World::new();
    world.set("cors_allowed_origins", APP);
    world.set("pbkdf2_iterations", "0");
    let answer = from_origin(&world, APP, anon("POST", "/api/login", r#"{"username":"a","password":"b"}"#));
    assert_eq!((answer.status(), answer.header("access-control-allow-origin")), (500, Some(APP)));
    for (variable, value) in [("store", "nowhere"), ("store", "a/b"), ("stage", "a/b")] {
        world.set(variable, value);
        let answer = from_origin(&world, APP, anon("GET", "/api/messages", ""));
        assert_eq!((answer.status(), answer.header("access-control-allow-origin")), (500, Some(APP)), "{variable}");
    }
}

#[test]
fn another_origin_may_read_nothing() {
    for configured in ["", "https://other.example"] {
        let world = World::new();
        let token = world.join("alice");
        world.set("cors_allowed_origins", configured);
        for origin in [APP, "null", "https://other.example.evil", "https://OTHER.example", "http://other.example"] {
            for (status, request) in kinds(&token) {
                let answer = from_origin(&world, origin, request);
                assert_eq!(answer.status(), status);
                let granted =
                    answer.response.headers().keys().filter(|name| name.as_str().starts_with("access-control"));
                assert_eq!(granted.count(), 0, "{status} to {origin}");
                assert!(answer.header("vary").unwrap().contains("Origin"), "{status}");
            }
        }
    }
}

#[test]
fn any_origin_is_named_by_the_star() {
    let world = World::new();
    world.set("cors_allowed_origins", "*");
    let answer = from_origin(&world, APP, anon("GET", "/api/messages", ""));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(world.get("/api/messages").header("access-control-allow-origin"), None, "no origin, no CORS");
}

#[test]
fn a_preflight_names_the_methods_of_that_very_resource() {
    let world = World::new();
    world.set("cors_allowed_origins", APP);
    for (path, methods) in [
        ("/api/signup", "POST, OPTIONS"),
        ("/api/messages", "GET, HEAD, POST, OPTIONS"),
        ("/.well-known/jwks.json", "GET, HEAD, OPTIONS"),
    ] {
        let mut request = anon("OPTIONS", path, "");
        request.headers_mut().insert("access-control-request-method", "POST".parse().unwrap());
        request.headers_mut().insert("access-control-request-headers", "authorization".parse().unwrap());
        let answer = from_origin(&world, APP, request);
        assert_eq!(answer.status(), 204);
        for (header, value) in [
            ("access-control-allow-origin", APP),
            ("access-control-allow-methods", methods),
            ("access-control-allow-headers", "authorization, content-type"),
            ("access-control-max-age", "7200"),
            ("vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.header(header), Some(value), "{path} {header}");
        }
    }
}
