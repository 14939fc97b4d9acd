//! A shared cache in front of the app that uses only the URL as its key and ignores the method. This is a well-known error
//! of API gateways: a POST was answered with the cached response to OPTIONS. The cache honours Cache-Control and Vary (the
//! part of RFC 9111 that a response can rely on). Even with such a cache, every client still gets its own answer.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, Request};

use crate::world::{Answer, World, anon, bearer};

/// A cached response. Its key is the URL.
struct Kept {
    /// The header names in `Vary`, each with its value in the request.
    vary: Vec<(String, Option<String>)>,
    parts: Parts,
}

/// Status, headers and body.
type Parts = (u16, HeaderMap, String);

#[derive(Default)]
struct Cache {
    kept: BTreeMap<String, Vec<Kept>>,
    hits: u32,
}

fn value(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).map(|value| value.to_str().unwrap().to_owned())
}

fn directives(headers: &HeaderMap) -> Vec<String> {
    let control = value(headers, "cache-control").unwrap_or_default();
    control.split(',').map(|directive| directive.trim().to_lowercase()).collect()
}

/// The whole answer except for the request id, which differs each time.
fn parts(answer: Answer) -> Parts {
    let mut headers = answer.response.headers().clone();
    headers.remove("x-request-id");
    (answer.status(), headers, answer.text().to_owned())
}

impl Kept {
    fn fits(&self, request: &Request<Bytes>) -> bool {
        self.vary.iter().all(|(name, wanted)| name != "*" && value(request.headers(), name) == *wanted)
    }

    /// Without `max-age` and `no-cache`, a cache may choose how long a response stays fresh. This one chooses "for ever".
    fn is_fresh(&self) -> bool {
        !directives(&self.parts.1).iter().any(|directive| directive == "no-cache" || directive == "max-age=0")
    }

    fn answer(&self, request: &Request<Bytes>) -> Parts {
        let (status, headers, body) = self.parts.clone();
        (status, headers, if request.method() == "HEAD" { String::new() } else { body })
    }
}

impl Cache {
    fn send(&mut self, app: &dyn Fn(Request<Bytes>) -> Parts, request: Request<Bytes>) -> Parts {
        let kept = self.kept.entry(request.uri().to_string()).or_default();
        let found = kept.iter().position(|kept| kept.fits(&request));
        if let Some(at) = found.filter(|&at| kept[at].is_fresh()) {
            self.hits += 1;
            return kept[at].answer(&request);
        }
        let mut asked = request.clone();
        if let Some(tag) = found.and_then(|at| kept[at].parts.1.get("etag")) {
            asked.headers_mut().insert("if-none-match", tag.clone());
        }
        let parts = app(asked);
        if let Some(at) = found {
            if parts.0 == 304 {
                self.hits += 1;
                return kept[at].answer(&request);
            }
            kept.remove(at);
        }
        let forbidden = directives(&parts.1).iter().any(|d| d == "no-store" || d == "private");
        // RFC 9110, section 15.1: these statuses may be cached even if no header says so. A HEAD response has no body to
        // cache.
        let is_kept = matches!(parts.0, 200 | 203 | 204 | 301 | 308 | 404 | 405 | 410);
        if !forbidden && is_kept && request.method() != "HEAD" {
            let names = value(&parts.1, "vary").unwrap_or_default();
            let names = names.split(',').map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty());
            let vary = names.map(|name| (name.clone(), value(request.headers(), &name))).collect();
            kept.push(Kept { vary, parts: parts.clone() });
        }
        parts
    }
}

const ORIGINS: [Option<&str>; 4] =
    [None, Some("https://one.example"), Some("https://two.example"), Some("https://no.example")];

fn from_origin(mut request: Request<Bytes>, origin: Option<&str>) -> Request<Bytes> {
    if let Some(origin) = origin {
        request.headers_mut().insert("origin", origin.parse().unwrap());
    }
    request
}

/// Every kind of request for a resource: all methods, with and without a token, from several origins.
fn kinds(path: &str, token: &str) -> Vec<Request<Bytes>> {
    let mut kinds = Vec::new();
    for origin in ORIGINS {
        for method in ["GET", "HEAD", "POST", "OPTIONS", "PREFLIGHT", "PUT"] {
            let (name, is_preflight) = if method == "PREFLIGHT" { ("OPTIONS", true) } else { (method, false) };
            for mut kind in [anon(name, path, ""), bearer(token, name, path, "")] {
                if is_preflight {
                    kind.headers_mut().insert("access-control-request-method", "POST".parse().unwrap());
                }
                kinds.push(from_origin(kind, origin));
            }
        }
    }
    kinds
}

fn world() -> World {
    let world = World::new();
    world.set("cors_allowed_origins", "https://one.example,https://two.example");
    world
}

#[test]
fn a_cache_by_url_alone_never_mixes_methods_or_origins() {
    let world = world();
    let token = world.join("alice");
    world.say(&token, "To be cached.");
    let app = |request| parts(world.send(request));
    let mut hits = 0;
    for path in ["/api/messages", "/api/authorizer", "/api/login", "/api/nothing", "/.well-known/jwks.json"] {
        let kinds = kinds(path, &token);
        let direct: Vec<_> = kinds.iter().map(|kind| app(kind.clone())).collect();
        for first in &kinds {
            let mut cache = Cache::default();
            cache.send(&app, first.clone());
            for (kind, expected) in kinds.iter().zip(&direct) {
                // The JWK set is the only response that is fresh without validation. A cache that answered a POST with it
                // would have to ignore the method of the cached GET response, and not only that of the request.
                if path.ends_with("jwks.json") && !["GET", "HEAD"].contains(&kind.method().as_str()) {
                    continue;
                }
                let asked = format!("{} {path} {:?} after {}", kind.method(), kind.headers(), first.method());
                assert_eq!(cache.send(&app, kind.clone()), *expected, "{asked} {:?}", first.headers());
            }
            let is_fresh = cache.kept.values().flatten().any(Kept::is_fresh);
            assert_eq!(is_fresh, path.ends_with("jwks.json"), "{path}: the public keys alone need no question");
            hits += cache.hits;
        }
    }
    assert!(hits > 100, "the cache has been of use: {hits}");
}

#[test]
fn a_kept_list_is_never_old() {
    let world = world();
    let token = world.join("alice");
    let app = |request| parts(world.send(request));
    let mut cache = Cache::default();
    for number in 0..20 {
        let posting = bearer(&token, "POST", "/api/messages", &format!(r#"{{"text":"message {number}"}}"#));
        assert_eq!(cache.send(&app, posting).0, 201, "message {number}, and not what was kept for the URL");
        for origin in ORIGINS {
            let (_, _, list) = cache.send(&app, from_origin(anon("GET", "/api/messages", ""), origin));
            let list: serde_json::Value = serde_json::from_str(&list).unwrap();
            assert_eq!(list["messages"][0]["text"], format!("message {number}"), "for {origin:?}");
        }
    }
}

#[test]
fn the_cache_of_this_test_would_fall_into_the_trap() {
    let world = world();
    // This gateway removes the headers that prevent the caching of the OPTIONS response.
    let careless = |request| {
        let (status, mut headers, body) = parts(world.send(request));
        headers.remove("cache-control");
        headers.remove("vary");
        (status, headers, body)
    };
    let mut cache = Cache::default();
    cache.send(&careless, anon("OPTIONS", "/api/messages", ""));
    assert_eq!(cache.send(&careless, anon("POST", "/api/messages", "")).0, 204);
    assert_eq!(cache.hits, 1);
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
        let answer = world.send(request);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{}", answer.said());
    }
}
