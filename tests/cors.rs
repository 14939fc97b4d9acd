//! Cross-origin requests through a host. The tests in `service/tests/all/cors.rs` ask the services themselves for every kind
//! of answer, and with every origin that differs slightly from an allowed one.

use crate::harness::actors;
use crate::harness::app::App;
use crate::harness::client::{Ask, ask, get, post};
use crate::harness::host::Setup;
use crate::harness::reply::Reply;

const APP: &str = "https://app.example";

/// The headers by which a browser lets a page read an answer or send a request.
fn permissions(reply: &Reply) -> Vec<&str> {
    reply.headers.iter().map(|(name, _)| name.as_str()).filter(|n| n.starts_with("access-control-")).collect()
}

case!(AnyHost, by_default_no_other_origin_is_allowed);
fn by_default_no_other_origin_is_allowed() {
    let app = App::any();
    for ask in [get("/api/messages"), get("/.well-known/jwks.json"), get("/api/nothing"), post("/api/login", "{")] {
        let path = ask.path().to_owned();
        assert_eq!(permissions(&app.send(ask.header("origin", APP))), [""; 0], "{path}");
    }
}

fn preflight(path: &str) -> Ask {
    ask("OPTIONS", path)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type")
}

case!(OwnHost, an_allowed_origin_asks_and_reads_and_another_is_told_nothing);
fn an_allowed_origin_asks_and_reads_and_another_is_told_nothing() {
    let app = Setup::app().variable("cors_allowed_origins", "https://app.example,http://localhost:8080").start();
    let alice = actors::alice(&app);
    for (status, ask) in [
        (204, preflight("/api/messages")),
        (201, alice.posting("Posted from elsewhere.")),
        (200, get("/api/messages")),
        (200, ask("HEAD", "/api/messages")),
        (304, get("/api/messages").header("if-none-match", "*")),
        (401, post("/api/messages", r#"{"text":"a"}"#)),
        (404, get("/api/nothing")),
        (405, ask("DELETE", "/api/messages")),
        (413, post("/api/login", &"x".repeat(40_961))),
    ] {
        let what = format!("{} {}", ask.method(), ask.path());
        for origin in [APP, "http://localhost:8080"] {
            let reply = app.send(ask.clone().header("origin", origin));
            let came = (reply.status, reply.header("access-control-allow-origin"));
            assert_eq!(came, (status, origin), "{what}: {}", reply.said());
        }
        for origin in ["https://evil.example", "https://app.example.evil.example", "null"] {
            let reply = app.send(ask.clone().header("origin", origin));
            assert_eq!((reply.status, permissions(&reply)), (status, vec![]), "{what} from {origin}");
        }
    }
    let reply = app.send(preflight("/api/messages").header("origin", APP));
    assert_eq!(reply.list("access-control-allow-methods"), ["GET", "HEAD", "OPTIONS", "POST"]);
    assert_eq!(reply.list("access-control-allow-headers")[..2], ["authorization", "content-type"]);
    assert_eq!(reply.header("access-control-max-age"), "7200");
}
