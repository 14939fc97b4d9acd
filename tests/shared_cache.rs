//! A shared cache in front of the app that knows URLs and nothing of methods: the classic trap of an API gateway, where
//! a POST was answered with the OPTIONS response that had been kept. It honours Cache-Control and Vary (the part of
//! RFC 9111 that a response can rely on), and with such a cache everybody still gets the answer meant for them.

use std::collections::HashMap;

use crate::harness::actors;
use crate::harness::client::{Ask, Client, ask};
use crate::harness::host::{Host, Setup};
use crate::harness::reply::Reply;

/// A response that is kept, under its URL.
struct Kept {
    /// Names in `Vary`, each with what the request had for it.
    vary: Vec<(String, Option<String>)>,
    headers: Vec<(String, String)>,
    status: u16,
    body: Vec<u8>,
}

#[derive(Default)]
struct Cache {
    kept: HashMap<String, Vec<Kept>>,
    hits: u32,
}

fn value(ask: &Ask, name: &str) -> Option<String> {
    ask.headers().iter().find(|(n, _)| *n == name).map(|(_, value)| value.clone())
}

fn directives(headers: &[(String, String)]) -> Vec<String> {
    let values = headers.iter().filter(|(name, _)| name == "cache-control").flat_map(|(_, value)| value.split(','));
    values.map(|directive| directive.trim().to_lowercase()).collect()
}

impl Kept {
    fn fits(&self, ask: &Ask) -> bool {
        self.vary.iter().all(|(name, wanted)| name != "*" && value(ask, name) == *wanted)
    }

    /// Without `max-age` and `no-cache` a cache may guess how long it stays fresh: this one guesses "for ever".
    fn is_fresh(&self) -> bool {
        !directives(&self.headers).iter().any(|directive| directive == "no-cache" || directive == "max-age=0")
    }

    fn answer(&self, ask: &Ask) -> Reply {
        let body = if ask.method() == "HEAD" { Vec::new() } else { self.body.clone() };
        Reply { status: self.status, headers: self.headers.clone(), body }
    }
}

impl Cache {
    fn send(&mut self, app: &dyn Fn(Ask) -> Reply, ask: Ask) -> Reply {
        let kept = self.kept.entry(ask.path().to_owned()).or_default();
        let found = kept.iter().position(|kept| kept.fits(&ask));
        if let Some(at) = found.filter(|&at| kept[at].is_fresh()) {
            self.hits += 1;
            return kept[at].answer(&ask);
        }
        let tag = found.and_then(|at| kept[at].headers.iter().find(|(name, _)| name == "etag"));
        let reply = app(tag.map_or_else(|| ask.clone(), |(_, tag)| ask.clone().header("if-none-match", tag)));
        if let Some(at) = found {
            if reply.status == 304 {
                self.hits += 1;
                return kept[at].answer(&ask);
            }
            kept.remove(at);
        }
        let forbidden = directives(&reply.headers).iter().any(|d| d == "no-store" || d == "private");
        // RFC 9110, section 15.1: these may be kept even if nothing says so. A HEAD response has no body to keep.
        if !forbidden && ask.method() != "HEAD" && matches!(reply.status, 200 | 203 | 204 | 301 | 308 | 404 | 405 | 410)
        {
            let vary = reply.headers.iter().filter(|(name, _)| name == "vary").flat_map(|(_, names)| names.split(','));
            let vary = vary.map(|name| name.trim().to_lowercase()).map(|name| (name.clone(), value(&ask, &name)));
            let (headers, body) = (reply.headers.clone(), reply.body.clone());
            kept.push(Kept { vary: vary.collect(), headers, status: reply.status, body });
        }
        reply
    }
}

const ORIGINS: [Option<&str>; 4] =
    [None, Some("https://one.example"), Some("https://two.example"), Some("https://no.example")];

/// Every kind of request for a resource: methods, with and without a token, origins.
fn kinds(path: &str, token: &str) -> Vec<Ask> {
    let mut kinds = Vec::new();
    for origin in ORIGINS {
        for method in ["GET", "HEAD", "POST", "OPTIONS", "PREFLIGHT", "PUT"] {
            for authorization in [None, Some(token)] {
                let mut kind = ask(if method == "PREFLIGHT" { "OPTIONS" } else { method }, path);
                kind = origin.into_iter().fold(kind, |kind, origin| kind.header("origin", origin));
                kind = authorization.into_iter().fold(kind, Ask::bearer);
                if method == "PREFLIGHT" {
                    kind = kind.header("access-control-request-method", "POST");
                }
                kinds.push(kind);
            }
        }
    }
    kinds
}

/// What must be the same with and without a cache: everything but what tells one answer from the next.
fn essence(reply: &Reply) -> (u16, Vec<(String, String)>, String) {
    let lasting = |(name, _): &&(String, String)| !["date", "x-request-id"].contains(&name.as_str());
    let mut headers: Vec<_> = reply.headers.iter().filter(lasting).cloned().collect();
    headers.sort();
    (reply.status, headers, reply.text())
}

fn host() -> Host {
    Setup::app().variable("cors_allowed_origins", "https://one.example,https://two.example").start()
}

case!(OwnHost, a_cache_by_url_alone_never_mixes_methods_or_origins);
fn a_cache_by_url_alone_never_mixes_methods_or_origins() {
    let app = host();
    let alice = actors::alice(&app);
    alice.post(&app, "To be cached.");
    let mut hits = 0;
    for path in ["/api/messages", "/api/authorizer", "/api/login", "/api/nothing", "/.well-known/jwks.json"] {
        let kinds = kinds(path, &alice.token);
        let direct: Vec<_> = kinds.iter().map(|kind| essence(&app.send(kind.clone()))).collect();
        for first in &kinds {
            let mut cache = Cache::default();
            cache.send(&|ask| app.send(ask), first.clone());
            for (kind, expected) in kinds.iter().zip(&direct) {
                // The one thing that is fresh without a question; a cache that answered a POST with it would have to
                // ignore the method of a GET response, and not only that of the request.
                if path.ends_with("jwks.json") && !matches!(kind.method(), "GET" | "HEAD") {
                    continue;
                }
                let reply = cache.send(&|ask| app.send(ask), kind.clone());
                assert_eq!(essence(&reply), *expected, "{} {path} {:?}", kind.method(), kind.headers());
            }
            hits += cache.hits;
        }
    }
    assert!(hits > 100, "the cache has been of use: {hits}");
}

case!(OwnHost, a_kept_list_is_never_old);
fn a_kept_list_is_never_old() {
    let app = host();
    let alice = actors::alice(&app);
    let mut cache = Cache::default();
    for number in 0..20 {
        let posting = alice.posting(&format!("message {number}"));
        assert_eq!(cache.send(&|ask| app.send(ask), posting).status, 201, "and not what was kept for the URL");
        for origin in ORIGINS {
            let asking =
                origin.into_iter().fold(ask("GET", "/api/messages"), |ask, origin| ask.header("origin", origin));
            let reply = cache.send(&|ask| app.send(ask), asking);
            assert_eq!(reply.json()["messages"][0]["text"], format!("message {number}"));
        }
    }
}

case!(OwnHost, the_cache_of_this_test_would_fall_into_the_trap);
fn the_cache_of_this_test_would_fall_into_the_trap() {
    let app: &Client = &host();
    // A gateway that lets the OPTIONS response be kept.
    let careless = |ask: Ask| {
        let mut reply = app.send(ask);
        reply.headers.retain(|(name, _)| name != "cache-control" && name != "vary");
        reply
    };
    let mut cache = Cache::default();
    cache.send(&careless, ask("OPTIONS", "/api/messages"));
    assert_eq!(cache.send(&careless, ask("POST", "/api/messages")).status, 204);
    assert_eq!(cache.hits, 1);
}
