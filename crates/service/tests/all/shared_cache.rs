//! The classic trap of this architecture: a gateway cache that is keyed by the resource answers a POST with a cached
//! OPTIONS response, or one origin with another's CORS headers. Here a shared cache stands in front, keyed by the URL
//! alone, which honours Cache-Control and Vary (RFC 9111) and nothing else: it keeps the answer to any method, and answers
//! GET and HEAD with what it has.

use std::cell::RefCell;
use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, Request};

use crate::world::{Answer, World, anon, bearer};

/// What is kept: the request's headers that Vary names, and the answer.
struct Kept {
    varying: Vec<(String, Option<String>)>,
    answer: Answer,
}

#[derive(Default)]
struct Cache {
    kept: RefCell<BTreeMap<String, Vec<Kept>>>,
    hits: RefCell<u32>,
}

fn value(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).map(|value| value.to_str().unwrap().to_owned())
}

impl Cache {
    fn send(&self, world: &World, request: Request<Bytes>) -> (u16, Option<String>, String, HeaderMap) {
        let url = request.uri().to_string();
        let headers = request.headers().clone();
        let mut kept = self.kept.borrow_mut();
        let entries = kept.entry(url).or_default();
        let asks = ["GET", "HEAD"].contains(&request.method().as_str());
        let hit = entries
            .iter()
            .filter(|_| asks)
            .find(|kept| kept.varying.iter().all(|(name, sent)| value(&headers, name) == *sent));
        if let Some(hit) = hit {
            *self.hits.borrow_mut() += 1;
            return parts(&hit.answer);
        }
        let answer = world.send(request);
        let control = answer.header("cache-control").unwrap_or_default().to_owned();
        let result = parts(&answer);
        // A shared cache may keep what is fresh for it; without a word on freshness, by heuristics, nearly anything.
        let forbidden = control.contains("no-store") || control.contains("private") || control.contains("no-cache");
        if !forbidden {
            let vary = answer.header("vary").unwrap_or_default();
            let names = vary.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
            let varying = names.map(|name| (name.clone(), value(&headers, &name))).collect();
            entries.push(Kept { varying, answer });
        }
        result
    }
}

fn parts(answer: &Answer) -> (u16, Option<String>, String, HeaderMap) {
    let origin = answer.header("access-control-allow-origin").map(str::to_owned);
    let mut headers = answer.response.headers().clone();
    headers.remove("x-request-id");
    (answer.status(), origin, answer.text().to_owned(), headers)
}

#[test]
fn a_shared_cache_mixes_neither_methods_nor_origins() {
    let world = World::new();
    world.set("cors_allowed_origins", "https://a.example, https://b.example");
    let token = world.join("alice");
    let cache = Cache::default();
    let origins = [None, Some("https://a.example"), Some("https://b.example"), Some("https://evil.example")];
    let paths = ["/api/messages", "/.well-known/jwks.json", "/api/login", "/api/authorizer", "/api/nothing"];
    let methods = ["OPTIONS", "GET", "HEAD", "POST", "PUT"];
    for _ in 0..2 {
        for (path, method) in paths.iter().flat_map(|path| methods.map(|method| (*path, method))) {
            for origin in origins {
                let body = if method == "POST" { r#"{"text":"hi"}"# } else { "" };
                let request = || {
                    let mut request = bearer(&token, method, path, body);
                    if let Some(origin) = origin {
                        request.headers_mut().insert("origin", origin.parse().unwrap());
                    }
                    request
                };
                // A cache may answer HEAD from a kept GET: then the body is all that differs.
                let (direct, cached) = (parts(&world.send(request())), cache.send(&world, request()));
                let comparable = |(status, origin, text, headers): (u16, Option<String>, String, HeaderMap)| {
                    let text = if method == "HEAD" || text.contains("\"message\"") || text.contains("\"messages\"") {
                        String::new()
                    } else {
                        text
                    };
                    let mut headers = headers;
                    for name in ["etag", "content-length", "location"] {
                        headers.remove(name);
                    }
                    (status, origin, text, headers)
                };
                assert_eq!(comparable(cached), comparable(direct), "{method} {path} from {origin:?}");
            }
        }
    }
    assert!(*cache.hits.borrow() > 0, "the cache kept nothing: this test shows nothing");
    let kept = cache.kept.borrow();
    let urls: Vec<&String> = kept.iter().filter(|(_, entries)| !entries.is_empty()).map(|(url, _)| url).collect();
    assert_eq!(urls, ["/.well-known/jwks.json"], "only the public keys are for shared caches");
}

#[test]
fn personal_answers_are_never_kept() {
    let world = World::new();
    let token = world.join("alice");
    for request in [
        anon("POST", "/api/login", &format!(r#"{{"username":"alice","password":"{}"}}"#, crate::world::PASSWORD)),
        bearer(&token, "GET", "/api/authorizer", ""),
        bearer(&token, "POST", "/api/messages", r#"{"text":"hi"}"#),
        anon("OPTIONS", "/api/messages", ""),
        anon("GET", "/api/authorizer", ""),
        anon("GET", "/api/nothing", ""),
    ] {
        assert_eq!(world.send(request).header("cache-control"), Some("no-store"));
    }
}
