//! POST /api/session/refresh, and sessions as a client sees them.

use std::sync::Barrier;

use serde_json::json;

use crate::harness::actors;
use crate::harness::app::App;
use crate::harness::client::{Ask, Client, ask, get, post};
use crate::harness::host::Setup;
use crate::harness::reply::Reply;

/// Logs in as a client that is not a browser. Returns the token and the refresh token.
fn begin(app: &Client, alice: &actors::Actor) -> (String, String) {
    let body = json!({"username": alice.username, "password": alice.password, "refresh_token_in": "body"});
    let reply = app.post("/api/login", &body.to_string());
    assert_eq!((reply.status, reply.optional("set-cookie")), (200, None), "{}", reply.said());
    tokens(&reply)
}

fn tokens(reply: &Reply) -> (String, String) {
    let json = reply.json();
    let text = |name: &str| json[name].as_str().unwrap_or_else(|| panic!("no {name} in {json}")).to_owned();
    (text("token"), text("refresh_token"))
}

fn refreshing(token: &str) -> Ask {
    post("/api/session/refresh", &json!({"refresh_token": token}).to_string())
}

fn accepts(app: &Client, token: &str) -> bool {
    app.send(get("/api/authorizer").bearer(token)).status == 200
}

case!(AnyHost, a_refresh_token_is_good_once);
fn a_refresh_token_is_good_once() {
    let app = App::any();
    let alice = actors::alice(&app);
    let (first, one) = begin(&app, &alice);
    let reply = app.send(refreshing(&one));
    assert_eq!((reply.status, reply.header("cache-control")), (200, "no-store"), "{}", reply.said());
    let (second, two) = tokens(&reply);
    assert!(first != second && one != two);
    assert!(accepts(&app, &first) && accepts(&app, &second));
    let (_, three) = tokens(&app.send(refreshing(&two)));
    app.send(refreshing(&one)).is_problem(401, "invalid_refresh_token");
    assert!(!accepts(&app, &first) && !accepts(&app, &second), "the session has ended");
    app.send(refreshing(&three)).is_problem(401, "invalid_refresh_token");
    assert!(accepts(&app, &alice.token), "another one has not");
}

case!(OwnHost, a_lost_answer_is_fetched_late_once);
fn a_lost_answer_is_fetched_late_once() {
    let app = Setup::app().variable("refresh_reuse_seconds", "0").start();
    let alice = actors::alice(&app);
    let (_, refresh) = begin(&app, &alice);
    let lost = tokens(&app.send(refreshing(&refresh))).1;
    let late = app.send(refreshing(&refresh));
    assert_eq!(tokens(&late).1, lost);
    let line = app.output().event("authn_token_late", late.header("x-request-id"));
    assert_eq!((&line["level"], &line["username"]), (&json!("warn"), &json!(alice.username)));
    app.send(refreshing(&refresh)).is_problem(401, "invalid_refresh_token");
    app.send(refreshing(&lost)).is_problem(401, "invalid_refresh_token");
}

/// The refresh cookie of an answer, in the form in which a browser sends it back.
fn cookie(reply: &Reply) -> String {
    let set = reply.headers.iter().filter(|(name, value)| name == "set-cookie" && value.contains("latchkey-refresh"));
    set.map(|(_, value)| value.split(';').next().unwrap().to_owned()).next().unwrap()
}

case!(AnyHost, a_browser_refreshes_by_its_cookie);
fn a_browser_refreshes_by_its_cookie() {
    let app = App::any();
    let alice = actors::alice(&app);
    let reply = actors::log_in(&app, &alice.username, &alice.password);
    assert!(!reply.text().contains("refresh_token"));
    let origin = format!("http://{}", app.authority());
    let refresh = |cookie: &str| {
        let ask = ask("POST", "/api/session/refresh").header("cookie", cookie).header("origin", &origin);
        app.send(ask.header("sec-fetch-site", "same-origin"))
    };
    let again = refresh(&cookie(&reply));
    assert_eq!(again.status, 200, "{}", again.said());
    assert_ne!(cookie(&again), cookie(&reply));
    let token = again.json()["token"].as_str().unwrap().to_owned();
    let bye = app.send(ask("POST", "/api/logout").bearer(&token));
    bye.is_empty(204);
    assert!(bye.header("set-cookie").contains("Max-Age=0"));
    refresh(&cookie(&again)).is_problem(401, "invalid_refresh_token");
}

case!(AnyHost, the_host_says_where_the_app_is_so_another_site_is_told_from_it);
fn the_host_says_where_the_app_is_so_another_site_is_told_from_it() {
    let app = App::any();
    let alice = actors::alice(&app);
    let cookie = cookie(&actors::log_in(&app, &alice.username, &alice.password));
    let ask = || ask("POST", "/api/session/refresh").header("cookie", &cookie);
    app.send(ask().header("origin", "https://evil.example")).is_problem(403, "cross_site_request");
    assert_eq!(app.send(ask().header("origin", &format!("http://{}", app.authority()))).status, 200);
}

case!(OwnHost, many_refresh_one_session_at_once);
fn many_refresh_one_session_at_once() {
    let app = Setup::app().start();
    let alice = actors::alice(&app);
    let (_, mut refresh) = begin(&app, &alice);
    for _ in 0..5 {
        let start = Barrier::new(8);
        let replies: Vec<_> = std::thread::scope(|scope| {
            let ask = || {
                scope.spawn(|| {
                    start.wait();
                    app.send(refreshing(&refresh))
                })
            };
            let asked: Vec<_> = (0..8).map(|_| ask()).collect();
            asked.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let all: Vec<_> = replies.iter().map(tokens).collect();
        for (token, next) in &all {
            assert!(accepts(&app, token));
            assert_eq!(next, &all[0].1, "they go on with one token");
        }
        refresh.clone_from(&all[0].1);
    }
    let log = app.output().events();
    assert!(log.iter().all(|line| line["event"] != "authn_token_reuse"));
}

case!(OwnHost, a_session_survives_a_kill);
fn a_session_survives_a_kill() {
    let state = tempfile::tempdir().unwrap();
    let mut app = Setup::app().state(state.path()).start();
    let alice = actors::alice(&app);
    let (mut token, mut refresh) = begin(&app, &alice);
    for _ in 0..3 {
        // The host dies during a refresh. If the answer is lost, the client repeats the refresh with its old token later.
        let under_way = std::thread::scope(|scope| {
            let asking = scope.spawn(|| app.try_send(refreshing(&refresh)).ok());
            app.kill();
            asking.join().unwrap()
        });
        app.wait_for_end();
        if let Some(reply) = under_way.filter(|reply| reply.status == 200) {
            (token, refresh) = tokens(&reply);
        }
        app = Setup::app().state(state.path()).start();
        assert!(accepts(&app, &token));
        (token, refresh) = tokens(&app.send(refreshing(&refresh)));
    }
    app.send(ask("POST", "/api/logout").bearer(&token)).is_empty(204);
    app.kill();
    app.wait_for_end();
    let app = Setup::app().state(state.path()).start();
    assert!(!accepts(&app, &token), "an end that was acknowledged stays");
    app.send(refreshing(&refresh)).is_problem(401, "invalid_refresh_token");
}

case!(OwnHost, a_session_ends_when_it_is_idle);
fn a_session_ends_when_it_is_idle() {
    let app = Setup::app().variable("session_idle_seconds", "1").start();
    let alice = actors::alice(&app);
    let (_, refresh) = begin(&app, &alice);
    // The host measures this time with its own clock, which also dates the start of the session.
    std::thread::sleep(std::time::Duration::from_millis(1200));
    app.send(refreshing(&refresh)).is_problem(401, "invalid_refresh_token");
}
