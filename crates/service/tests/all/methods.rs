use crate::world::{World, anon};

#[test]
fn each_address_has_its_methods() {
    let world = World::new();
    for (path, allow, wrong) in [
        ("/api/signup", "POST, OPTIONS", &["GET", "HEAD", "PUT", "DELETE", "PATCH", "TRACE", "BREW"][..]),
        ("/api/login", "POST, OPTIONS", &["GET", "HEAD", "PUT"]),
        ("/.well-known/jwks.json", "GET, HEAD, OPTIONS", &["POST", "DELETE"]),
        ("/api/messages", "GET, HEAD, POST, OPTIONS", &["PUT", "DELETE", "PATCH"]),
        ("/api/authorizer", "GET, HEAD, POST, OPTIONS", &["PUT", "DELETE"]),
    ] {
        for method in wrong {
            let answer = world.send(anon(method, path, ""));
            assert_eq!((answer.status(), answer.header("allow")), (405, Some(allow)), "{method} {path}");
            assert!(*method == "HEAD" || answer.code() == "method_not_allowed");
        }
        let answer = world.send(anon("OPTIONS", path, ""));
        assert_eq!((answer.status(), answer.header("allow"), answer.text()), (204, Some(allow), ""), "{path}");
    }
}

#[test]
fn an_address_that_nothing_has() {
    let world = World::new();
    for path in ["/api/", "/api/nothing", "/api/messages/", "/api/messages/1/2", "/api/Messages", "/api/signup/"] {
        for method in ["GET", "POST", "BREW"] {
            let answer = world.send(anon(method, path, ""));
            assert_eq!((answer.status(), answer.code().as_str()), (404, "not_found"), "{method} {path}");
        }
        assert_eq!(world.send(anon("OPTIONS", path, "")).header("allow"), Some("OPTIONS"));
    }
}

#[test]
fn head_is_get_without_the_body() {
    let world = World::new();
    for path in ["/api/messages", "/.well-known/jwks.json", "/api/authorizer", "/api/nothing"] {
        let (get, head) = (world.get(path), world.send(anon("HEAD", path, "")));
        assert_eq!(head.text(), "");
        let headers = |answer: &crate::world::Answer| {
            let mut headers = answer.response.headers().clone();
            headers.remove("x-request-id");
            headers
        };
        assert_eq!((head.status(), headers(&head)), (get.status(), headers(&get)), "{path}");
        assert_eq!(head.header("content-length"), Some(get.text().len().to_string().as_str()));
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

/// Where the host says that it was asked by https: what the client says of it does not count.
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
