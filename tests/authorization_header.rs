//! Values of the `Authorization` header that hold no token of this app. The tests of forged tokens are in `forged_tokens`.

use crate::harness::actors::{self, Actor};
use crate::harness::app::App;
use crate::harness::client::{Ask, Client, ask, get};
use crate::harness::contract::{Operation, every_operation};
use crate::harness::raw::{RawReply, exchange};

/// A request for every method that needs a token.
fn guarded(value: &str) -> Vec<Ask> {
    let guarded = every_operation().into_iter().filter(|operation| operation.is_guarded);
    let asks = guarded.map(|Operation { method, path, .. }| {
        let ask = ask(&method, &path).header("authorization", value);
        if method == "POST" && path != "/api/authorizer" && path != "/api/logout" {
            return ask.header("content-type", "application/json").body(r#"{"text":"not by me"}"#);
        }
        ask
    });
    asks.collect()
}

#[track_caller]
fn nothing_was_posted(app: &Client) {
    assert!(!app.get("/api/messages?limit=100").text().contains("not by me"));
}

case!(AnyHost, no_token_is_told_from_a_bad_one);
fn no_token_is_told_from_a_bad_one() {
    let app = App::any();
    for value in
        ["", " ", "Basic YWxpY2U6Y29ycmVjdCBob3JzZSA3", "Basic", "Digest username=\"alice\"", "Bearerx y", "token"]
    {
        for ask in guarded(value) {
            let reply = app.send(ask);
            reply.is_problem(401, "missing_token");
            assert_eq!(reply.header("www-authenticate"), r#"Bearer realm="latchkey""#, "{value:?}");
        }
    }
    nothing_was_posted(&app);
}

#[track_caller]
fn is_invalid_token(app: &Client, value: &str) {
    for ask in guarded(value) {
        let reply = app.send(ask);
        assert_eq!(reply.status, 401, "{value:?}: {}", reply.said());
        reply.is_problem(401, "invalid_token");
        let start = r#"Bearer realm="latchkey", error="invalid_token", error_description=""#;
        let challenge = reply.header("www-authenticate");
        assert!(challenge.starts_with(start) && challenge.ends_with('"'), "{challenge}");
        assert!(!reply.text().contains(value.trim_start_matches("Bearer ")), "{}", reply.said());
    }
}

case!(AnyHost, a_token_that_is_damaged_is_refused);
fn a_token_that_is_damaged_is_refused() {
    let app = App::any();
    let Actor { token, .. } = actors::alice(&app);
    let [header, claims, signature] = <[&str; 3]>::try_from(token.split('.').collect::<Vec<_>>()).unwrap();
    let flipped = if signature.starts_with('A') { 'B' } else { 'A' };
    for damaged in [
        format!("{claims}.{header}.{signature}"),
        format!("{header}.{signature}.{claims}"),
        format!("{signature}.{claims}.{header}"),
        format!("{header}.{claims}."),
        format!("{header}.{claims}"),
        format!("{header}..{signature}"),
        format!(".{claims}.{signature}"),
        format!("{token}."),
        format!("{token}.{signature}"),
        format!("{token}="),
        format!("{token}=="),
        format!("{header}=.{claims}.{signature}"),
        format!("{header}.{claims}.{flipped}{}", &signature[1..]),
        format!("{header}.{claims}.{}", &signature[..signature.len() - 1]),
        format!("{header}.{claims}.{signature}A"),
        format!("{header}.{claims}.{}", "A".repeat(86)),
        format!("{header}.{claims}.{}", not_canonical(signature)),
        format!("{header}.{claims}.{signature}").to_lowercase(),
        token.replace('.', " "),
        token.replace('.', ","),
        format!("{token} {token}"),
        format!("\"{token}\""),
        "..".to_owned(),
        "x".to_owned(),
        "null.null.null".to_owned(),
        "A".repeat(5000),
        format!("{header}.{}.{signature}", claims.repeat(40)),
    ] {
        is_invalid_token(&app, &format!("Bearer {damaged}"));
    }
    nothing_was_posted(&app);
}

/// The same bytes in a non-canonical encoding, with other padding bits: 64 bytes leave 4 bits of the last character unused.
fn not_canonical(signature: &str) -> String {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let last = ALPHABET.find(signature.chars().last().unwrap()).unwrap();
    assert_eq!((signature.len(), last % 16), (86, 0), "canonical as it was made");
    format!("{}{}", &signature[..85], ALPHABET.chars().nth(last + 1).unwrap())
}

case!(AnyHost, the_scheme_is_bearer_in_any_case);
fn the_scheme_is_bearer_in_any_case() {
    let app = App::any();
    let alice = actors::alice(&app);
    for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
        let value = format!("{scheme} {}", alice.token);
        assert_eq!(app.send(get("/api/authorizer").header("authorization", &value)).status, 200, "{scheme}");
    }
    for value in ["Bearer", "Bearer ", "bearer"] {
        let reply = app.send(get("/api/authorizer").header("authorization", value));
        assert_eq!(reply.status, 401, "{value:?}: {}", reply.said());
        assert!(reply.header("www-authenticate").starts_with(r#"Bearer realm="latchkey""#), "{}", reply.said());
    }
}

/// Posts with these header lines, unchanged: an HTTP client would correct some of them.
fn post_raw(app: &Client, headers: &str) -> RawReply {
    let body = r#"{"text":"not by me"}"#;
    let request = format!(
        "POST /api/messages HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        app.authority(),
        body.len()
    );
    exchange(app, request.as_bytes()).unwrap()
}

case!(AnyHost, a_doubled_header_is_refused);
fn a_doubled_header_is_refused() {
    let app = App::any();
    let Actor { token, .. } = actors::alice(&app);
    for headers in [
        format!("Authorization: Bearer {token}\r\nAuthorization: Bearer {token}\r\n"),
        format!("Authorization: Bearer {token}\r\nAuthorization: Bearer x\r\n"),
        format!("authorization: Basic eDp5\r\nAUTHORIZATION: Bearer {token}\r\n"),
        format!("Authorization: \r\nAuthorization: Bearer {token}\r\n"),
    ] {
        let reply = post_raw(&app, &headers);
        assert_eq!(reply.status, 400, "{}", reply.body);
        assert!(reply.body.contains(r#""code":"invalid_request""#), "{}", reply.body);
    }
    nothing_was_posted(&app);
}

case!(AnyHost, a_header_of_100_kb_is_refused);
fn a_header_of_100_kb_is_refused() {
    let app = App::any();
    let Actor { token, .. } = actors::alice(&app);
    for value in [format!("Bearer {}", "a".repeat(100_000)), format!("Bearer {token}{}", " ".repeat(100_000))] {
        let reply = post_raw(&app, &format!("Authorization: {value}x\r\n"));
        assert_eq!(reply.status, 401, "{}", reply.head);
        assert!(reply.body.contains(r#""code":"invalid_token""#), "{}", reply.body);
    }
    nothing_was_posted(&app);
}
