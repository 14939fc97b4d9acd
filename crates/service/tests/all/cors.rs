//! CORS headers on every kind of answer.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::description::document;
use crate::world::{Answer, PASSWORD, World, anon, bearer};

const APP: &str = "https://app.example";

fn from_origin(world: &World, origin: &str, mut request: http::Request<bytes::Bytes>) -> Answer {
    request.headers_mut().insert("origin", origin.parse().unwrap());
    world.send(request)
}

/// The headers by which a browser lets a page read an answer or send a request.
fn permissions(answer: &Answer) -> Vec<&str> {
    answer
        .response
        .headers()
        .keys()
        .map(http::HeaderName::as_str)
        .filter(|n| n.starts_with("access-control-"))
        .collect()
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
        (200, bearer(token, "GET", "/api/authorizer", "")),
        (200, anon("POST", "/api/login", &format!(r#"{{"username":"alice","password":"{PASSWORD}"}}"#))),
        (201, bearer(token, "POST", "/api/messages", r#"{"text":"hi"}"#)),
        (204, anon("OPTIONS", "/api/messages", "")),
        (304, known),
        (400, anon("POST", "/api/login", "{")),
        (400, anon("GET", "/api/messages?limit=0", "")),
        (401, anon("POST", "/api/login", r#"{"username":"alice","password":"wrong"}"#)),
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
        assert_eq!(answer.status(), status, "{said}: {}", answer.said());
        assert_eq!(answer.header("access-control-allow-origin"), Some(APP), "{status} {said}");
        assert!(answer.header("vary").unwrap().contains("Origin"), "{status} {said}");
        assert_eq!(answer.header("access-control-allow-credentials"), None, "{}", answer.said());
    }
}

#[test]
fn faults_of_the_server_are_readable_too() {
    let world = World::new();
    world.set("cors_allowed_origins", APP);
    world.set("pbkdf2_iterations", "0");
    let answer = from_origin(&world, APP, anon("POST", "/api/login", r#"{"username":"a","password":"b"}"#));
    assert_eq!((answer.status(), answer.header("access-control-allow-origin")), (500, Some(APP)));
    assert_eq!(answer.code(), "misconfigured");
    for (variable, value) in [("store", "nowhere"), ("store", "a/b"), ("stage", "a/b")] {
        world.set(variable, value);
        let answer = from_origin(&world, APP, anon("GET", "/api/messages", ""));
        assert_eq!((answer.status(), answer.header("access-control-allow-origin")), (500, Some(APP)), "{variable}");
    }
}

#[test]
fn pages_of_apps_and_extensions_can_be_allowed() {
    let world = World::new();
    let id = "chrome-extension://abcdefghijklmnopabcdefghijklmnop";
    world.set("cors_allowed_origins", &format!("capacitor://localhost, tauri://localhost,{id}, app://obsidian.md"));
    for origin in ["capacitor://localhost", "tauri://localhost", id, "app://obsidian.md"] {
        let answer = from_origin(&world, origin, preflight("/api/messages"));
        assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
        assert!(answer.header("access-control-allow-methods").is_some(), "{origin}");
    }
    for origin in ["null", "http://localhost", "ionic://localhost", "capacitor://localhost:80", "app://localhost"] {
        let answer = from_origin(&world, origin, preflight("/api/messages"));
        assert_eq!(permissions(&answer), [""; 0], "{origin}");
    }
}

#[test]
fn the_log_says_which_origin_no_browser_sends_and_what_to_write_instead() {
    for (listed, expected) in [
        ("https://app.example, https://other.example:443", "\"https://other.example\" in the place of entry 2"),
        ("https://app.example/", "\"https://app.example\" in the place of entry 1"),
        ("https://app.example,null", "entry 2 is none"),
        ("app.example", "such as https://example.com"),
    ] {
        let world = World::new();
        world.set("cors_allowed_origins", listed);
        from_origin(&world, APP, anon("GET", "/api/messages", "")).is_refused(500, "misconfigured", &[]);
        let line = &world.events("misconfigured")[0];
        assert_eq!(line["variable"], "cors_allowed_origins");
        assert!(line["expected"].as_str().unwrap().contains(expected), "{listed}: {line}");
    }
}

#[test]
fn another_origin_may_read_nothing() {
    for configured in ["", "https://other.example, http://localhost:8080"] {
        let world = World::new();
        let token = world.join("alice");
        world.set("cors_allowed_origins", configured);
        for origin in [
            APP,
            "null",
            "*",
            "",
            "https://other.example.evil.example",
            "https://evil-other.example",
            "https://sub.other.example",
            "https://other.example:8443",
            "https://OTHER.example",
            "HTTPS://OTHER.EXAMPLE",
            "http://other.example",
            "https://other.example/",
            "https://other.example, http://localhost:8080",
            "https://other.example,http://localhost:8080",
            "http://localhost:80",
        ] {
            for (status, request) in kinds(&token) {
                let said = format!("{} {} from {origin:?}, allowed {configured:?}", request.method(), request.uri());
                let answer = from_origin(&world, origin, request);
                assert_eq!((answer.status(), permissions(&answer)), (status, vec![]), "{said}");
                assert!(answer.header("vary").unwrap().contains("Origin"), "{said}");
            }
        }
        assert_eq!(permissions(&world.get("/api/messages")), [""; 0], "and without an origin");
    }
}

#[test]
fn any_origin_is_named_by_the_star() {
    let world = World::new();
    world.set("cors_allowed_origins", "*");
    for origin in [APP, "https://evil.example", "null"] {
        for request in [anon("GET", "/api/messages", ""), anon("GET", "/api/nothing", ""), preflight("/api/messages")] {
            let said = format!("{} {} from {origin}", request.method(), request.uri());
            let answer = from_origin(&world, origin, request);
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{said}");
            assert_eq!(answer.header("access-control-allow-credentials"), None, "{said}");
        }
    }
    assert_eq!(world.get("/api/messages").header("access-control-allow-origin"), None, "no origin, no CORS");
}

fn preflight(path: &str) -> http::Request<bytes::Bytes> {
    let mut request = anon("OPTIONS", path, "");
    request.headers_mut().insert("access-control-request-method", "POST".parse().unwrap());
    request.headers_mut().insert("access-control-request-headers", "authorization,content-type".parse().unwrap());
    request
}

#[test]
fn a_preflight_names_the_methods_of_that_very_resource() {
    let world = World::new();
    world.set("cors_allowed_origins", APP);
    for (path, methods) in [
        ("/api/signup", "POST, OPTIONS"),
        ("/api/login", "POST, OPTIONS"),
        ("/api/messages", "GET, HEAD, POST, OPTIONS"),
        ("/api/authorizer", "GET, HEAD, POST, OPTIONS"),
        ("/.well-known/jwks.json", "GET, HEAD, OPTIONS"),
        ("/api/nothing", "OPTIONS"),
    ] {
        let answer = from_origin(&world, APP, preflight(path));
        assert_eq!((answer.status(), answer.text()), (204, ""), "{path}");
        for (header, value) in [
            ("access-control-allow-origin", APP),
            ("access-control-allow-methods", methods),
            ("access-control-max-age", "7200"),
            ("vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.header(header), Some(value), "{path} {header}");
        }
    }
    let plain = from_origin(&world, APP, anon("OPTIONS", "/api/messages", ""));
    assert_eq!((plain.status(), plain.text(), plain.header("access-control-allow-origin")), (204, "", Some(APP)));
    assert_eq!(plain.header("access-control-allow-methods"), None, "OPTIONS that is no preflight");
}

/// The names in a header that is a list.
fn names(answer: &Answer, header: &str) -> BTreeSet<String> {
    answer.header(header).unwrap_or_default().split(", ").map(str::to_ascii_lowercase).collect()
}

/// The request headers of an operation in `openapi.yaml`: its parameters, and those that its token and its body need.
fn request_headers(document: &Value, item: &Value, operation: &Value) -> BTreeSet<String> {
    let parameters = [item, operation].into_iter().flat_map(|holder| holder["parameters"].as_array()).flatten();
    let parameters = parameters.map(|parameter| match parameter["$ref"].as_str() {
        Some(reference) => document.pointer(&reference[1..]).unwrap(),
        None => parameter,
    });
    let named = parameters.filter(|parameter| parameter["in"] == "header").map(|parameter| &parameter["name"]);
    let mut headers: BTreeSet<_> = named.map(|name| name.as_str().unwrap().to_ascii_lowercase()).collect();
    let security = operation["security"].as_array().into_iter().flatten();
    headers.extend(security.filter(|way| !way["accessToken"].is_null()).map(|_| "authorization".to_owned()));
    headers.extend((!operation["requestBody"].is_null()).then(|| "content-type".to_owned()));
    headers
}

/// Otherwise a page of an allowed origin could not use all of the API.
#[test]
fn every_request_header_of_openapi_passes_the_preflight_and_no_other() {
    let world = World::new();
    world.set("cors_allowed_origins", APP);
    let document = document();
    let (mut wanted, mut allowed) = (BTreeSet::new(), BTreeSet::new());
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|(name, _)| *name != "parameters") {
            let headers = request_headers(&document, item, operation);
            let mut request = preflight(&path.replace("{id}", "1"));
            request.headers_mut().insert("access-control-request-method", method.to_uppercase().parse().unwrap());
            let asked = headers.iter().cloned().collect::<Vec<_>>().join(",");
            request.headers_mut().insert("access-control-request-headers", asked.parse().unwrap());
            let granted = names(&from_origin(&world, APP, request), "access-control-allow-headers");
            assert!(headers.is_subset(&granted), "{method} {path}: {headers:?}, allowed: {granted:?}");
            wanted.extend(headers);
            allowed.extend(granted);
        }
    }
    assert_eq!(allowed, wanted, "and none that no operation knows");
}

/// Response headers that a page may read without being allowed to, and those that are for the browser.
fn is_readable_anyway(name: &str) -> bool {
    matches!(name, "cache-control" | "set-cookie") || name.starts_with("access-control-")
}

#[test]
fn every_response_header_of_openapi_can_be_read() {
    let world = World::new();
    world.set("cors_allowed_origins", APP);
    let exposed = names(&from_origin(&world, APP, anon("GET", "/api/messages", "")), "access-control-expose-headers");
    let document = document();
    let of_operations =
        document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
    let responses = of_operations.flat_map(|operation| operation["responses"].as_object()).flat_map(|all| all.values());
    let shared = document["components"]["responses"].as_object().unwrap().values();
    let headers =
        responses.chain(shared).flat_map(|response| response["headers"].as_object()).flat_map(|all| all.keys());
    let described: BTreeSet<_> =
        headers.map(|name| name.to_ascii_lowercase()).filter(|name| !is_readable_anyway(name)).collect();
    assert_eq!(exposed, described);
}

#[test]
fn a_preflight_from_elsewhere_gets_no_permission() {
    let world = World::new();
    world.set("cors_allowed_origins", APP);
    for (path, origin) in [("/api/messages", "https://evil.example"), ("/api/login", "null")] {
        let answer = from_origin(&world, origin, preflight(path));
        assert_eq!((answer.status(), answer.text(), permissions(&answer)), (204, "", vec![]), "{path} from {origin}");
    }
}
