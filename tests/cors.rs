//! Cross-origin requests: the Fetch standard's CORS protocol, on every kind of answer.

use crate::harness::actors;
use crate::harness::client::{Ask, Client, ask, get, post};
use crate::harness::host::{App, Host, Setup};
use crate::harness::reply::Reply;

const APP: &str = "https://app.example";
const LOCAL: &str = "http://localhost:8080";

fn host() -> Host {
    Setup::app().variable("cors_allowed_origins", "https://app.example,http://localhost:8080").start()
}

/// One request for every status that the API can answer with.
fn every_kind(app: &Client, suffix: &str) -> Vec<(u16, Ask)> {
    let alice = actors::actor(app, &format!("alice-{suffix}"), "correct horse 7", "Alice");
    alice.post(app, "To be read from elsewhere.");
    let tag = app.get("/api/messages").header("etag").to_owned();
    let signup = r#"{"username":"NAME","password":"another one 4U","name":"New"}"#;
    let large = "x".repeat(16_385);
    vec![
        (200, get("/api/messages")),
        (200, ask("HEAD", "/api/messages")),
        (200, get("/.well-known/jwks.json")),
        (200, get("/api/authorizer").bearer(&alice.token)),
        (200, actors::logging_in(&alice.username, &alice.password)),
        (304, get("/api/messages").header("if-none-match", &tag)),
        (400, get("/api/messages?limit=0")),
        (400, post("/api/login", "{")),
        (401, post("/api/messages", r#"{"text":"a"}"#)),
        (401, post("/api/messages", r#"{"text":"a"}"#).bearer("bad")),
        (401, actors::logging_in(&alice.username, "wrong horse 7")),
        (404, get("/api/nothing")),
        (405, ask("DELETE", "/api/messages")),
        (409, post("/api/signup", &signup.replace("NAME", &alice.username))),
        (413, post("/api/login", &large)),
        (415, ask("POST", "/api/login").body("{}")),
        (422, post("/api/login", "{}")),
        (201, post("/api/signup", &signup.replace("NAME", &format!("new-{suffix}")))),
        // The last one, because it changes the list.
        (201, alice.posting("Posted from elsewhere.")),
    ]
}

/// The headers by which a browser lets a page read an answer or send a request.
fn permissions(reply: &Reply) -> Vec<&str> {
    reply.headers.iter().map(|(name, _)| name.as_str()).filter(|n| n.starts_with("access-control-")).collect()
}

case!(AnyHost, by_default_no_other_origin_is_allowed);
fn by_default_no_other_origin_is_allowed() {
    let app = App::any();
    for ask in [get("/api/messages"), get("/.well-known/jwks.json"), get("/api/nothing"), post("/api/login", "{")] {
        assert_eq!(permissions(&app.send(ask.header("origin", APP))), [""; 0]);
    }
}

case!(OwnHost, an_allowed_origin_is_told_so_on_every_kind_of_answer);
fn an_allowed_origin_is_told_so_on_every_kind_of_answer() {
    let app = host();
    for (suffix, origin) in [("one", APP), ("two", LOCAL)] {
        for (status, ask) in every_kind(&app, suffix) {
            let what = format!("{} {}", ask.method(), ask.path());
            let reply = app.send(ask.header("origin", origin));
            assert_eq!((reply.status, reply.header("access-control-allow-origin")), (status, origin), "{what}");
        }
    }
}

case!(OwnHost, another_origin_is_told_nothing);
fn another_origin_is_told_nothing() {
    let app = host();
    for (at, origin) in [
        "https://evil.example",
        "https://app.example.evil.example",
        "https://evil-app.example",
        "https://sub.app.example",
        "https://app.example:8443",
        "http://app.example",
        "HTTPS://APP.EXAMPLE",
        "https://app.example/",
        "https://app.example,http://localhost:8080",
        "http://localhost:80",
        "null",
        "*",
        "",
    ]
    .into_iter()
    .enumerate()
    {
        for ask in [get("/api/messages"), get("/api/nothing"), post("/api/login", "{}")] {
            assert_eq!(permissions(&app.send(ask.header("origin", origin))), [""; 0], "{origin:?}");
        }
        if at == 0 {
            for (status, ask) in every_kind(&app, "kind") {
                let reply = app.send(ask.header("origin", origin));
                assert_eq!((reply.status, permissions(&reply)), (status, vec![]));
            }
        }
    }
    assert_eq!(permissions(&app.get("/api/messages")), [""; 0], "and without an origin");
}

fn preflight(path: &str, origin: &str) -> Ask {
    ask("OPTIONS", path)
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type")
}

case!(OwnHost, a_preflight_names_the_methods_of_its_resource);
fn a_preflight_names_the_methods_of_its_resource() {
    let app = host();
    for (path, methods) in [
        ("/api/signup", vec!["POST"]),
        ("/api/login", vec!["POST"]),
        ("/api/messages", vec!["GET", "HEAD", "POST"]),
        ("/api/authorizer", vec!["GET", "HEAD", "POST"]),
        ("/.well-known/jwks.json", vec!["GET", "HEAD"]),
    ] {
        let reply = app.send(preflight(path, APP));
        reply.is_empty(204);
        let mut named = reply.list("access-control-allow-methods");
        named.retain(|method| method != "OPTIONS");
        assert_eq!(named, methods, "{path}");
        assert_eq!(reply.header("access-control-allow-origin"), APP);
        assert_eq!(reply.header("access-control-allow-headers"), "authorization, content-type");
        assert_eq!(reply.header("access-control-max-age"), "7200");
        assert_eq!(reply.header("cache-control"), "no-store");
    }
    let plain = app.send(ask("OPTIONS", "/api/messages").header("origin", APP));
    plain.is_empty(204);
    assert_eq!(plain.header("access-control-allow-origin"), APP);
    assert_eq!(plain.optional("access-control-allow-methods"), None, "OPTIONS that is no preflight");
}

case!(OwnHost, a_preflight_from_elsewhere_gets_no_permission);
fn a_preflight_from_elsewhere_gets_no_permission() {
    let app = host();
    for ask in [preflight("/api/messages", "https://evil.example"), preflight("/api/login", "null")] {
        let reply = app.send(ask);
        reply.is_empty(204);
        assert_eq!(permissions(&reply), [""; 0]);
    }
    let reply = app.send(preflight("/api/nothing", APP));
    assert_eq!(
        (reply.status, reply.header("access-control-allow-methods")),
        (204, "OPTIONS"),
        "nothing to be had there"
    );
}

case!(OwnHost, with_a_star_every_origin_is_allowed);
fn with_a_star_every_origin_is_allowed() {
    let app = Setup::app().variable("cors_allowed_origins", "*").start();
    for origin in [APP, "https://evil.example", "null"] {
        for ask in [get("/api/messages"), get("/api/nothing"), preflight("/api/messages", origin)] {
            let reply = app.send(ask.header("origin", origin));
            assert_eq!(reply.header("access-control-allow-origin"), "*", "{origin}");
        }
    }
}

case!(OwnHost, errors_of_the_configuration_can_be_read_too);
fn errors_of_the_configuration_can_be_read_too() {
    let app = Setup::app().variable("cors_allowed_origins", APP).variable("pbkdf2_iterations", "many").start();
    let reply = app.send(post("/api/login", r#"{"username":"alice","password":"x"}"#).header("origin", APP));
    reply.is_problem(500, "misconfigured");
    assert_eq!(reply.header("access-control-allow-origin"), APP);
}
