//! From which pages the refresh cookie is taken: from those of the app's own origin, also where a proxy hides it.

use crate::cookies::{cookie, login, with};
use crate::world::{Answer, World, anon};

type Headers<'a> = &'a [(&'static str, &'a str)];

/// A world with a session, and its cookie.
fn begin() -> (World, String) {
    let world = World::new();
    world.sign_up("alice");
    let held = cookie(&login(&world, &[]));
    (world, held)
}

/// A refresh with the cookie, at an app that is asked by this host.
fn refresh(world: &World, host: &str, held: &str, headers: Headers<'_>) -> Answer {
    let request = anon("POST", &format!("http://{host}/api/session/refresh"), "");
    world.send(with(request, &[headers, &[("cookie", held)]].concat()))
}

/// Expects that the cookie does not count and nothing has happened to it, and returns the detail of the problem.
#[track_caller]
fn is_refused(world: &World, host: &str, held: &str, headers: Headers<'_>) -> String {
    let before = world.data.snapshot();
    let answer = refresh(world, host, held, headers).of(host);
    answer.is_refused(403, "cross_site_request", &[]);
    assert_eq!((answer.header("set-cookie"), &world.data.snapshot()), (None, &before), "{}", answer.said());
    answer.json()["detail"].as_str().unwrap().to_owned()
}

/// A browser that says from where a page asks is believed, whatever the other headers are: no page can set this one.
#[test]
fn what_a_browser_says_of_the_page_decides() {
    let (world, held) = begin();
    for site in ["cross-site", "same-site", "none", "", "same-origin, cross-site", "Same-Origin"] {
        let headers = [("sec-fetch-site", site), ("origin", "http://board.example")];
        let detail = is_refused(&world, "board.example", &held, &headers);
        assert!(!detail.contains("Host"), "nothing is configured wrongly: {detail}");
    }
    let twice = [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")];
    is_refused(&world, "board.example", &held, &twice);
    for origin in ["http://board.example", "http://localhost:5173", "null"] {
        // The proxy in front passes on a Host of its own.
        let headers = [("sec-fetch-site", "same-origin"), ("origin", origin)];
        assert_eq!(refresh(&world, "127.0.0.1:3000", &held, &headers).status(), 200, "{origin}");
    }
}

/// What pages elsewhere can send where browsers do not say from where they ask: by http, and in old ones.
#[test]
fn a_page_of_another_origin_is_told_by_its_origin() {
    let (world, held) = begin();
    for (host, origin) in [
        ("board.example", "http://evil.example"),
        ("board.example", "http://board.example.evil.example"),
        ("board.example", "http://evil-board.example"),
        ("board.example", "http://sub.board.example"),
        // Another server on the same machine, to which the browser sends the same cookies.
        ("board.example", "http://board.example:8080"),
        ("board.example:3000", "http://board.example"),
        ("board.example:3000", "http://board.example:3001"),
        ("board.example:443", "http://board.example"),
        ("board.example:80", "https://board.example"),
        ("[::1]:3000", "http://[::1]:3001"),
    ] {
        let detail = is_refused(&world, host, &held, &[("origin", origin)]);
        assert!(detail.contains("Host") && detail.contains("trusted_proxies"), "{host} {origin}: {detail}");
    }
    let two = [("origin", "http://board.example"), ("origin", "http://evil.example")];
    is_refused(&world, "board.example", &held, &two);
    assert_eq!(world.events("authz_fail").pop().unwrap()["reason"], "origin_is_not_host");
}

#[test]
fn what_no_page_of_the_app_has_as_its_origin_is_no_matter_of_proxies() {
    let (world, held) = begin();
    for origin in [
        "null",
        "",
        "board.example",
        "http://board.example@evil.example",
        "http://evil.example@board.example",
        "http://board.example/",
        "http://board.example http://evil.example",
        // An app or an extension that has given its pages the name of the board.
        "capacitor://board.example",
        "chrome-extension://board.example",
        "ftp://board.example",
    ] {
        let detail = is_refused(&world, "board.example", &held, &[("origin", origin)]);
        assert!(!detail.contains("Host"), "{origin}: {detail}");
    }
}

#[test]
fn one_origin_may_be_written_in_several_ways() {
    let (world, held) = begin();
    for (host, origin) in [
        ("board.example", "http://board.example"),
        ("board.example:80", "http://board.example"),
        ("board.example:443", "https://board.example"),
        ("board.example", "http://board.example:80"),
        ("Board.EXAMPLE", "http://board.example"),
        ("board.example:3000", "http://board.example:3000"),
        ("[::1]:80", "http://[::1]"),
        ("[0:0:0:0:0:0:0:1]:3000", "http://[::1]:3000"),
        ("xn--bcher-kva.example", "http://xn--bcher-kva.example"),
        // A proxy that ends TLS hides the scheme.
        ("board.example", "https://board.example"),
        ("board.example:8443", "https://board.example:8443"),
    ] {
        let answer = refresh(&world, host, &held, &[("origin", origin)]).of(host);
        // By https only the cookie counts that is for https alone.
        let expected = if origin.starts_with("https") { 401 } else { 200 };
        assert_eq!(answer.status(), expected, "{}", answer.said());
    }
    let request = with(anon("POST", "/api/session/refresh", ""), &[("host", "board.example:80"), ("cookie", &held)]);
    assert_eq!(world.send(with(request, &[("origin", "http://board.example")])).status(), 200, "Host alone");
}

/// Somebody who can change what comes by http makes a page of the board's name ask by https. The next token would be set as
/// a cookie for http, and could be read.
#[test]
fn a_page_by_http_can_not_use_the_cookie_for_https() {
    let world = World::new();
    world.sign_up("alice");
    let held = cookie(&login(&world, &[("origin", "https://board.example")]));
    assert!(held.starts_with("__Secure-"));
    let before = world.data.snapshot();
    let answer = refresh(&world, "board.example", &held, &[("origin", "http://board.example")]);
    answer.is_refused(401, "invalid_refresh_token", &[]);
    assert_eq!(world.data.snapshot(), before);
    let request = anon("POST", "https://board.example/api/session/refresh", "");
    let answer = world.send(with(request, &[("origin", "http://board.example"), ("cookie", &held)]));
    answer.is_refused(403, "cross_site_request", &[]);
    let answer = refresh(&world, "board.example", &held, &[("origin", "https://board.example")]);
    assert_eq!(answer.status(), 200, "{}", answer.said());
}

/// A world behind a proxy on the same machine, which passes on a Host of its own.
fn behind(header: &str, proxies: &str) -> (World, String) {
    let (world, held) = begin();
    world.set("client_address_header", header);
    world.set("trusted_proxies", proxies);
    (world, held)
}

const UPSTREAM: &str = "127.0.0.1:3000";
const PEER: (&str, &str) = ("spin-client-addr", "127.0.0.1:40000");

#[test]
fn a_trusted_proxy_says_which_host_was_asked() {
    for (forwarded, origin, status) in [
        ("board.example", "http://board.example", 200),
        ("board.example:80", "http://board.example", 200),
        ("BOARD.example", "http://board.example", 200),
        ("board.example:8080", "http://board.example:8080", 200),
        ("board.example, inner.example:3000", "http://board.example", 200),
        ("board.example", "http://evil.example", 403),
        ("board.example:8080", "http://board.example", 403),
        ("board.example", "http://127.0.0.1:3000", 403),
        ("inner.example, board.example", "http://board.example", 403),
        ("", "http://board.example", 403),
    ] {
        let (world, held) = behind("x-forwarded-for", "");
        let headers = [PEER, ("x-forwarded-host", forwarded), ("origin", origin)];
        let answer = refresh(&world, UPSTREAM, &held, &headers);
        assert_eq!(answer.status(), status, "{}", answer.said());
    }
    let (world, held) = behind("x-forwarded-for", "203.0.113.5");
    let headers = [("x-forwarded-host", "board.example"), ("origin", "http://board.example")];
    assert_eq!(refresh(&world, UPSTREAM, &held, &headers).status(), 200, "a host that does not say who asks");
}

#[test]
fn who_is_no_trusted_proxy_does_not_say_which_host_was_asked() {
    let asked = [("x-forwarded-host", "evil.example"), ("origin", "http://evil.example")];
    for (header, proxies, peer) in [
        ("", "", "127.0.0.1:40000"),
        ("x-forwarded-for", "", "198.51.100.7:40000"),
        ("x-forwarded-for", "203.0.113.5", "127.0.0.1:40000"),
        ("x-forwarded-for", "203.0.113.5", "garbage"),
    ] {
        let (world, held) = behind(header, proxies);
        let peer = [("spin-client-addr", "203.0.113.5:1"), ("spin-client-addr", peer)];
        let detail = is_refused(&world, "board.example", &held, &[&peer, &asked[..]].concat());
        assert!(detail.contains("client_address_header"), "{header} {proxies} {peer:?}: {detail}");
    }
}

#[test]
fn a_trusted_proxy_says_that_the_board_is_asked_by_https() {
    for (protocol, origin, is_own) in [
        ("https", "https://board.example", true),
        ("https", "http://board.example", false),
        ("https, http", "http://board.example", false),
        // A proxy that gets http from the one before it, which ends TLS, says http.
        ("http", "https://board.example", true),
        ("http", "http://board.example", true),
    ] {
        let (world, held) = behind("x-forwarded-for", "");
        let headers = [PEER, ("x-forwarded-proto", protocol), ("origin", origin)];
        let status = refresh(&world, "board.example", &held, &headers).status();
        assert_eq!(status != 403, is_own, "{protocol} {origin}: {status}");
    }
}

#[test]
fn a_token_in_the_body_is_taken_from_anywhere() {
    let world = World::new();
    world.sign_up("alice");
    let (_, token) = world.begin("alice");
    let request =
        anon("POST", "http://board.example/api/session/refresh", &format!(r#"{{"refresh_token":"{token}"}}"#));
    let answer = world.send(with(request, &[("origin", "https://app.example"), ("sec-fetch-site", "cross-site")]));
    assert_eq!(answer.status(), 200, "{}", answer.said());
}
