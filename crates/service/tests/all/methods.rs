use std::collections::BTreeMap;

use crate::description;
use crate::world::{World, anon, bearer};

/// Every address of the description, with the expected value of `Allow`.
fn resources() -> BTreeMap<String, String> {
    let mut resources = BTreeMap::new();
    let operations = description::operations();
    for (path, methods) in operations.iter().map(|(_, path, _)| (path, operations.iter())) {
        let has = |wanted: &str| methods.clone().any(|(method, of, _)| (method.as_str(), of) == (wanted, path));
        let order = [
            ("GET", "GET, HEAD, "),
            ("POST", "POST, "),
            ("PUT", "PUT, "),
            ("PATCH", "PATCH, "),
            ("DELETE", "DELETE, "),
        ];
        let allow = order.map(|(method, said)| if has(method) { said } else { "" }).concat();
        resources.insert(path.clone(), format!("{allow}OPTIONS"));
    }
    assert_eq!(resources["/api/messages"], "GET, HEAD, POST, OPTIONS");
    resources
}

const METHODS: [&str; 10] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "BREW", "get"];

#[test]
fn each_address_has_its_methods() {
    let world = World::new();
    for (path, allow) in resources() {
        let allow = allow.as_str();
        let path = path.replace(":id", "1").replace(":username", "ada");
        for method in METHODS.into_iter().filter(|method| !allow.split(", ").any(|allowed| allowed == *method)) {
            let answer = world.send(anon(method, &path, ""));
            assert_eq!((answer.status(), answer.header("allow")), (405, Some(allow)), "{method} {path}");
            assert!(method == "HEAD" || answer.code() == "method_not_allowed", "{method} {path}: {}", answer.said());
        }
        let answer = world.send(anon("OPTIONS", &path, ""));
        assert_eq!((answer.status(), answer.header("allow"), answer.text()), (204, Some(allow), ""), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), None, "{path}");
    }
}

#[test]
fn an_address_that_nothing_has() {
    let world = World::new();
    for path in [
        "/api/",
        "/api/nothing",
        "/api/messages/",
        "/api/messages/1/2",
        "/api/Messages",
        "/api/login/x",
        "/api/signup/",
        "/api/signup%2f",
    ] {
        for method in ["GET", "POST", "DELETE", "BREW"] {
            let answer = world.send(anon(method, path, ""));
            answer.is_refused(404, "not_found", &[]);
        }
        let answer = world.send(anon("OPTIONS", path, ""));
        assert_eq!((answer.status(), answer.header("allow")), (204, Some("OPTIONS")), "{path}");
    }
}

#[test]
fn head_is_get_without_the_body() {
    let world = World::new();
    let token = world.join("alice");
    let paths = [
        "/api/messages",
        "/api/messages?author=alice",
        "/api/messages?limit=0",
        "/.well-known/jwks.json",
        "/.well-known/openid-configuration",
        "/api/authorizer",
        "/api/account",
        "/api/nothing",
    ];
    for path in paths {
        for with_token in [false, true] {
            let ask = |method: &str| match with_token {
                true => world.send(bearer(&token, method, path, "")),
                false => world.send(anon(method, path, "")),
            };
            let (get, head) = (ask("GET"), ask("HEAD"));
            assert_eq!(head.text(), "", "{path}");
            let headers = |answer: &crate::world::Answer| {
                let mut headers = answer.response.headers().clone();
                headers.remove("x-request-id");
                headers
            };
            assert_eq!((head.status(), headers(&head)), (get.status(), headers(&get)), "{path}");
            assert_eq!(head.header("content-length"), Some(get.text().len().to_string().as_str()), "{path}");
        }
    }
}

#[test]
fn every_answer_carries_the_common_headers() {
    let world = World::new();
    for (method, path) in
        [("GET", "/api/messages"), ("POST", "/api/signup"), ("GET", "/api/x"), ("OPTIONS", "/api/login")]
    {
        let answer = world.send(anon(method, path, ""));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{method} {path}");
        assert_eq!(answer.header("x-request-id").map(str::len), Some(16), "{method} {path}");
        assert!(answer.header("cache-control").is_some(), "{method} {path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"), "{method} {path}");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'; ") && policy.ends_with("; sandbox"),
            "{method} {path}: {policy}"
        );
    }
}

/// The app sends `Strict-Transport-Security` only if the host says that the request came over https. What the client itself
/// says about that has no effect.
#[test]
fn https_is_insisted_on_where_it_is_spoken() {
    let world = World::new();
    for (url, expected) in [("https://a.example/", Some("max-age=31536000")), ("http://a.example/", None)] {
        for (method, path) in [("GET", "/api/messages"), ("POST", "/api/login"), ("GET", "/api/x")] {
            let mut asked = anon(method, path, "");
            for url in ["https://forged/", url] {
                asked.headers_mut().append("spin-full-url", url.parse().unwrap());
            }
            assert_eq!(world.send(asked).header("strict-transport-security"), expected, "{method} {path} {url}");
        }
    }
}
