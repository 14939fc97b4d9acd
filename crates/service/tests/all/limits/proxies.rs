//! The address of a client behind proxies.

use http::{HeaderName, HeaderValue};

use super::addresses::is_one_client;
use super::*;
use crate::world::signup_body;

/// Failed logins by way of a proxy. A `#` in its address or in a line of its header stands for the number of the login.
fn proxied<'a>(peer: &'a str, header: &'a str, lines: &'a [&'a str]) -> impl Fn(usize) -> Request<Bytes> + 'a {
    move |n| {
        let mut request = login_from(&peer.replace('#', &n.to_string()), &format!("name-{n}"), WRONG);
        for line in lines {
            let value = HeaderValue::from_bytes(line.replace('#', &n.to_string()).as_bytes()).unwrap();
            request.headers_mut().append(HeaderName::try_from(header).unwrap(), value);
        }
        request
    }
}

/// A world that reads a header of proxies. If no proxies are given, those in private networks are trusted.
fn behind(header: &str, proxies: &str) -> World {
    let world = world();
    world.set("client_address_header", header);
    world.set("trusted_proxies", proxies);
    world
}

#[test]
fn the_header_of_a_trusted_proxy_counts_and_its_last_address_alone() {
    for (lines, expected) in [
        (&["192.0.2.7"][..], true),
        (&["192.0.2.#"], false),
        (&["198.51.100.#, 192.0.2.7"], true),
        (&["192.0.2.7, 198.51.100.#"], false),
        (&["198.51.100.#", "192.0.2.7"], true),
        (&["192.0.2.7", "198.51.100.#"], false),
        (&["[2001:db8::#]:443"], true),
        (&["garbage, \"\\, ü#, 192.0.2.7"], true),
        (&["garbage, \"\\, ü, 192.0.2.#"], false),
        // Requests without a usable address in the proxy's header all share one address.
        (&[], true),
        (&[""], true),
        (&["192.0.2.#, unknown"], true),
        (&["192.0.2.#", "garbage, 10.0.0.1"], true),
    ] {
        let world = behind("X-Forwarded-For", "");
        assert_eq!(is_one_client(&world, proxied("10.0.0.#:1", "x-forwarded-for", lines)), expected, "{lines:?}");
    }
    let unset = is_one_client(&world(), proxied("10.0.0.#:1", "x-forwarded-for", &["192.0.2.7"]));
    assert!(!unset, "not trusted unless configured");
}

#[test]
fn who_is_no_trusted_proxy_is_the_client() {
    for (proxies, peer, line, expected) in [
        ("", "198.51.100.7:1", "192.0.2.#", true),
        ("", "198.51.100.#:1", "192.0.2.7", false),
        ("", "garbage", "192.0.2.#", true),
        ("", "127.0.0.#:1", "192.0.2.7", true),
        ("", "192.168.1.1:1", "192.0.2.#", false),
        ("", "169.254.1.1:1", "192.0.2.#", false),
        ("", "100.64.0.1:1", "192.0.2.#", false),
        ("", "[::1]:1", "192.0.2.#", false),
        ("", "[fd00::1]:1", "192.0.2.#", false),
        ("", "[fe80::1%2]:1", "192.0.2.#", false),
        ("", "[::ffff:172.31.0.1]:1", "192.0.2.#", false),
        ("203.0.113.5", "203.0.113.5:1", "192.0.2.#", false),
        ("203.0.113.5", "10.0.0.1:1", "192.0.2.#", true),
    ] {
        let is_one = is_one_client(&behind("x-forwarded-for", proxies), proxied(peer, "x-forwarded-for", &[line]));
        assert_eq!(is_one, expected, "{proxies} {peer} {line}");
    }
    // The client pretends to be the proxy on the same machine. The host appends its own value.
    let forged = |n: usize| {
        let mut request = proxied("127.0.0.1:1", "x-forwarded-for", &["192.0.2.#"])(n);
        request.headers_mut().append("spin-client-addr", "198.51.100.7:1".parse().unwrap());
        request
    };
    assert!(is_one_client(&behind("x-forwarded-for", ""), forged));
}

/// A content delivery network in front of a load balancer: the balancer's list ends with the network's address.
#[test]
fn of_two_proxies_both_are_trusted() {
    let both = "10.0.0.0/8, 203.0.113.0/24";
    for (proxies, lines, expected) in [
        (both, &["192.0.2.#, 203.0.113.5"][..], false),
        (both, &["192.0.2.7, 203.0.113.#"], true),
        (both, &["198.51.100.#, 192.0.2.7, 203.0.113.5"], true),
        (both, &["203.0.113.#, 192.0.2.7, 203.0.113.5"], true),
        (both, &["198.51.100.#", "192.0.2.7, 203.0.113.5", "10.0.0.2"], true),
        (both, &["198.51.100.7", "192.0.2.#, 203.0.113.5", "10.0.0.2"], false),
        // Who gets round the network to the balancer is not believed.
        (both, &["198.51.100.#, 192.0.2.7"], true),
        // All are proxies: the first of them asks itself.
        (both, &["203.0.113.#, 10.0.0.2"], false),
        ("", &["192.0.2.#, 203.0.113.5"], true),
    ] {
        let is_one =
            is_one_client(&behind("x-forwarded-for", proxies), proxied("10.0.0.1:1", "x-forwarded-for", lines));
        assert_eq!(is_one, expected, "{proxies} {lines:?}");
    }
}

#[test]
fn forwarded_is_read_by_its_own_rules() {
    for (lines, expected) in [
        (&["for=192.0.2.7"][..], true),
        (&["for=192.0.2.#;proto=https"], false),
        (&["for=198.51.100.#, For=\"192.0.2.7:4711\";by=_#"], true),
        (&["for=198.51.100.7, By=\"10.0.0.1\";For=192.0.2.#"], false),
        (&["for=\"[2001:db8:1:#::1]:4711\""], false),
        (&["for=192.0.2.#;by=\", for=192.0.2.7"], true),
        (&["for=\"192.0.2.#, for=192.0.2.7"], true),
        (&["for=192.0.2.#", "for=192.0.2.7, for=10.0.0.2"], true),
        (&["for=192.0.2.#, for=unknown"], true),
        (&["for=192.0.2.#, for=_hidden#"], true),
        (&["for=192.0.2.#, proto=https"], true),
        (&["192.0.2.#"], true),
        (&[], true),
    ] {
        let is_one = is_one_client(&behind("Forwarded", ""), proxied("10.0.0.1:1", "forwarded", lines));
        assert_eq!(is_one, expected, "{lines:?}");
    }
}

#[test]
fn a_header_with_one_address_is_a_list_of_one() {
    for (lines, expected) in [
        (&["192.0.2.#"][..], false),
        (&["192.0.2.7"], true),
        (&["10.0.0.#"], false),
        (&["198.51.100.#", "192.0.2.7"], true),
    ] {
        let is_one = is_one_client(&behind("CF-Connecting-IP", ""), proxied("10.0.0.1:1", "cf-connecting-ip", lines));
        assert_eq!(is_one, expected, "{lines:?}");
    }
}

#[test]
fn of_a_long_list_only_the_end_is_read() {
    let long = "10.0.0.1, ".repeat(10_000);
    for (line, expected) in [(format!("{long}192.0.2.#"), false), (format!("192.0.2.#, {long}10.0.0.2"), true)] {
        let lines = [line.as_str()];
        let is_one = is_one_client(&behind("x-forwarded-for", ""), proxied("10.0.0.1:1", "x-forwarded-for", &lines));
        assert_eq!(is_one, expected, "{line:.20}");
    }
}

#[test]
fn sign_ups_are_counted_for_the_client_of_a_proxy() {
    let world = behind("x-forwarded-for", "");
    world.set("signups_per_hour", "1");
    let sign_up = |username: &str, list: &str| {
        let mut request = anon("POST", "/api/signup", &signup_body(username));
        request.headers_mut().append("spin-client-addr", "10.0.0.1:1".parse().unwrap());
        request.headers_mut().append("x-forwarded-for", list.parse().unwrap());
        world.send(request).status()
    };
    assert_eq!(sign_up("alice", "192.0.2.7"), 201);
    assert_eq!(sign_up("bobby", "198.51.100.1, 192.0.2.7"), 429);
    assert_eq!(sign_up("bobby", "192.0.2.8"), 201);
    assert_eq!(world.events("excess_rate_limit_exceeded")[0]["client_address"], "192.0.2.7");
}

/// Where no host replaces it, a `spin-client-addr` is what the client has sent.
#[test]
fn where_nobody_says_the_address_no_header_is_believed_and_nothing_is_counted_by_it() {
    let world = behind("", "");
    world.set("host_names_peer", "false");
    world.set("signups_per_hour", "1");
    let ask = proxied("192.0.2.7:1", "x-forwarded-for", &["192.0.2.8"]);
    assert!(!is_one_client(&world, ask));
    for username in ["alice", "bobby"] {
        let mut request = anon("POST", "/api/signup", &signup_body(username));
        request.headers_mut().append("spin-client-addr", "192.0.2.7:1".parse().unwrap());
        assert_eq!(world.send(request).status(), 201);
    }
    assert!(!world.whole_log().contains("192.0.2."), "{}", world.whole_log());
}

/// There the proxies alone say it. Who could name another peer would be counted as that one, and never twice as the same.
#[test]
fn where_the_host_names_no_peer_the_header_of_the_proxies_counts_whatever_peer_a_client_names() {
    let world = behind("x-forwarded-for", "");
    world.set("host_names_peer", "false");
    world.set("signups_per_hour", "1");
    for (username, peer, status) in [("alice", "198.51.100.1:1", 201), ("bobby", "198.51.100.2:1", 429)] {
        let mut request = anon("POST", "/api/signup", &signup_body(username));
        request.headers_mut().append("spin-client-addr", peer.parse().unwrap());
        request.headers_mut().append("x-forwarded-for", "192.0.2.7".parse().unwrap());
        assert_eq!(world.send(request).status(), status, "{username}");
    }
}

const IGNORED: &str = "forwarding_header_ignored";

#[test]
fn who_is_refused_behind_a_proxy_that_is_not_configured_is_logged_with_the_variable() {
    for header in ["X-Forwarded-For", "Forwarded", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP", "Fly-Client-IP"] {
        let world = world();
        let ask = proxied("10.0.0.1:1", header, &["198.51.100.9"]);
        (0..5).for_each(|n| assert_eq!(verdict(&world.send(ask(n))), FAILED));
        let refused = world.send(ask(5));
        assert_eq!(verdict(&refused), (429, Some(1)));
        let line = world.events(IGNORED).pop().unwrap();
        assert_eq!(line["request_id"], refused.header("x-request-id").unwrap());
        let told = [&line["level"], &line["header"], &line["variable"]];
        assert_eq!(told, ["warn", &header.to_ascii_lowercase(), "client_address_header"]);
        assert!(!world.whole_log().contains("198.51.100.9"), "what a client sent is not logged");
    }
    let configured = behind("forwarded", "");
    assert!(is_one_client(&configured, proxied("10.0.0.1:1", "x-forwarded-for", &["198.51.100.9"])));
    let direct = world();
    assert!(is_one_client(&direct, |n| login_from(HOME, &format!("name-{n}"), WRONG)));
    assert_eq!((configured.events(IGNORED).len(), direct.events(IGNORED).len()), (0, 0));
}

/// One in 64 requests on average, so 40 of these. Chance gives between 20 and 60.
#[test]
fn a_header_that_is_ignored_is_logged_once_in_a_while() {
    let world = World::new();
    let ask = proxied("10.0.0.1:1", "x-forwarded-for", &["198.51.100.9"]);
    (0..2560).for_each(|n| assert_eq!(verdict(&world.send(ask(n))), FAILED));
    let logged = world.events(IGNORED).len();
    assert!((20..=60).contains(&logged), "{logged}");
}
