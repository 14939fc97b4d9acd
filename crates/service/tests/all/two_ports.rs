//! Two of these apps on two ports of one host. To a browser their cookies are those of one site.

use std::collections::BTreeMap;

use http::header::SET_COOKIE;

use crate::cookies::with;
use crate::world::{Answer, PASSWORD, World, anon};

/// The cookies of a browser for one host, by name and path. Browsers know no ports here.
#[derive(Default)]
struct Browser(BTreeMap<(String, String), String>);

impl Browser {
    /// Sends a request from a page of an app, and keeps the cookies of the answer.
    fn send(&mut self, world: &World, origin: &str, token: Option<&str>, path: &str, body: &str) -> Answer {
        let mut request = with(anon("POST", &format!("{origin}{path}"), body), &[("origin", origin)]);
        if let Some(token) = token {
            request = with(request, &[("authorization", &format!("Bearer {token}"))]);
        }
        let sent = self.0.iter().filter(|((_, of), _)| path == of || path.starts_with(&format!("{of}/")));
        let cookies: Vec<_> = sent.map(|((name, _), value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = with(request, &[("cookie", &cookies.join("; "))]);
        }
        let answer = world.send(request);
        for set in answer.response.headers().get_all(SET_COOKIE) {
            let (pair, attributes) = set.to_str().unwrap().split_once("; ").unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            let path = attributes.split("; ").find_map(|attribute| attribute.strip_prefix("Path=")).unwrap();
            let key = (name.to_owned(), path.to_owned());
            match attributes.contains("Max-Age=0;") {
                true => self.0.remove(&key),
                false => self.0.insert(key, value.to_owned()),
            };
        }
        answer
    }

    /// Logs in, and returns the token.
    fn log_in(&mut self, world: &World, origin: &str) -> String {
        let body = format!(r#"{{"username":"alice","password":"{PASSWORD}"}}"#);
        let answer = self.send(world, origin, None, "/api/login", &body);
        answer.json()["token"].as_str().unwrap().to_owned()
    }

    fn refresh(&mut self, world: &World, origin: &str) -> Answer {
        self.send(world, origin, None, "/api/session/refresh", "")
    }

    fn goes_on(&mut self, world: &World, origin: &str) -> bool {
        self.refresh(world, origin).status() == 200
    }

    /// How many cookies it keeps for a path.
    fn kept(&self, path: &str) -> usize {
        self.0.keys().filter(|(_, of)| of == path).count()
    }
}

const ONE: &str = "http://localhost:3000";
const OTHER: &str = "http://localhost:3001";

/// An app with a store of its own. Its number is another one for each, so that no two draw the same random bytes.
fn world(number: usize) -> World {
    let world = World::new();
    // Device cookies are for where failures cause delays.
    world.set("login_free_failures", "5");
    (0..number).for_each(|_| _ = world.get("/api/nothing"));
    world.sign_up("alice");
    world
}

/// Two apps that have nothing in common but their host, and a browser that is logged in to both. Returns the tokens too.
fn begin(origins: [&str; 2]) -> ([World; 2], Browser, [String; 2]) {
    let worlds = [world(0), world(1)];
    let mut browser = Browser::default();
    let tokens = [0, 1].map(|at| browser.log_in(&worlds[at], origins[at]));
    (worlds, browser, tokens)
}

#[test]
fn a_login_to_one_leaves_the_session_of_the_other() {
    for origins in [
        [ONE, OTHER],
        [OTHER, ONE],
        ["http://localhost", ONE],
        [ONE, "http://localhost"],
        ["https://board.example:8443", "https://board.example:9443"],
        ["https://board.example", "https://board.example:8443"],
        ["https://board.example", "http://board.example:8080"],
        ["http://[::1]:3000", "http://[::1]:3001"],
    ] {
        let (worlds, mut browser, _) = begin(origins);
        for _ in 0..3 {
            for (world, origin) in worlds.iter().zip(origins) {
                assert!(browser.goes_on(world, origin), "{origin} of {origins:?}");
                world.advance_millis(60_000);
            }
        }
        assert_eq!((browser.kept("/api/session"), browser.kept("/api/login")), (2, 2), "{origins:?}");
        assert!(worlds.iter().all(|world| world.events("authn_token_invalid").is_empty()), "{origins:?}");
    }
}

/// A proxy passes on one Host for both, so that the port is in Origin alone.
#[test]
fn behind_a_proxy_the_port_is_that_of_the_page() {
    let worlds = [world(0), world(1)];
    let mut browser = Browser::default();
    for round in 0..2 {
        for (world, port) in worlds.iter().zip([3000, 3001]) {
            let page = format!("http://localhost:{port}");
            if round == 0 {
                browser.log_in(world, &page);
            }
            let held = browser
                .0
                .iter()
                .filter(|((name, path), _)| path == "/api/session" && name.ends_with(&port.to_string()));
            let held: Vec<_> = held.map(|((name, _), value)| format!("{name}={value}")).collect();
            assert_eq!(held.len(), 1);
            let request = anon("POST", "http://inner:80/api/session/refresh", "");
            let headers = [("origin", &*page), ("sec-fetch-site", "same-origin"), ("cookie", &held[0])];
            assert_eq!(world.send(with(request, &headers)).status(), 200, "{page}");
        }
    }
}

#[test]
fn the_end_of_a_session_of_one_is_no_end_of_the_other() {
    let delete = format!(r#"{{"password":"{PASSWORD}"}}"#);
    for (path, body) in [("/api/logout", ""), ("/api/account/delete", &*delete)] {
        let ([one, other], mut browser, [token, _]) = begin([ONE, OTHER]);
        assert_eq!(browser.send(&one, ONE, Some(&token), path, body).status(), 204, "{path}");
        assert_eq!(browser.kept("/api/session"), 1, "its own cookie is taken back");
        assert_eq!(browser.refresh(&one, ONE).status(), 401);
        assert!(browser.goes_on(&other, OTHER), "{path}");
    }
    // It was not used for too long.
    let ([one, other], mut browser, _) = begin([ONE, OTHER]);
    one.set("session_idle_seconds", "60");
    one.advance_millis(61_000);
    assert_eq!(browser.refresh(&one, ONE).status(), 401);
    assert_eq!(browser.kept("/api/session"), 1, "its own cookie is taken back");
    assert!(browser.goes_on(&other, OTHER));
    // Its token was stolen.
    let ([one, other], mut browser, _) = begin([ONE, OTHER]);
    let stolen = Browser(browser.0.clone());
    for _ in 0..2 {
        assert!(browser.goes_on(&one, ONE));
        one.advance_millis(60_000);
    }
    let mut browser = stolen;
    assert_eq!(browser.refresh(&one, ONE).status(), 401);
    assert_eq!(one.events("authn_token_reuse").len(), 1);
    assert_eq!(browser.kept("/api/session"), 1, "its own cookie is taken back");
    assert!(browser.goes_on(&other, OTHER));
}

/// One app after another on one port, as on the machine of somebody who develops.
#[test]
fn a_refusal_takes_back_no_cookie_that_may_be_of_another_app() {
    let (one, other) = (world(0), world(1));
    let mut browser = Browser::default();
    browser.log_in(&one, ONE);
    for _ in 0..2 {
        let answer = browser.refresh(&other, ONE);
        answer.is_refused(401, "invalid_refresh_token", &[]);
        assert_eq!(answer.header("set-cookie"), None);
    }
    assert!(browser.goes_on(&one, ONE), "the first app is back");
}

/// Until the name of a cookie had the port in it.
#[test]
fn a_session_from_before_ports_had_cookies_of_their_own_goes_on() {
    for origin in [ONE, "https://board.example:8443"] {
        let world = world(0);
        let mut browser = Browser::default();
        browser.log_in(&world, origin);
        let before = |name: &str| name.rsplit_once('-').unwrap().0.to_owned();
        browser.0 =
            std::mem::take(&mut browser.0).into_iter().map(|((name, path), v)| ((before(&name), path), v)).collect();
        assert!(browser.goes_on(&world, origin));
        for _ in 0..3 {
            world.advance_millis(60_000);
            assert!(browser.goes_on(&world, origin), "and the new cookie counts from now on");
        }
        assert!(world.events("authn_token_late").is_empty());
    }
}

/// Somebody's program that keeps cookies, and has a token besides.
#[test]
fn a_refused_token_of_the_body_takes_no_cookie() {
    let world = world(0);
    let (token, refresh) = world.begin("alice");
    let mut browser = Browser::default();
    browser.log_in(&world, ONE);
    browser.send(&world, ONE, Some(&token), "/api/logout", "");
    browser.log_in(&world, ONE);
    let answer =
        browser.send(&world, ONE, None, "/api/session/refresh", &format!(r#"{{"refresh_token":"{refresh}"}}"#));
    assert_eq!((answer.status(), answer.header("set-cookie")), (401, None));
    let (_, refresh) = world.begin("alice");
    world.set("session_idle_seconds", "1");
    world.advance_millis(2000);
    let answer = world.refresh(&refresh);
    assert_eq!((answer.status(), answer.header("set-cookie")), (401, None));
}
