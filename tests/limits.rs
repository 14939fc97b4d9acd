//! The limits that `spin.toml` sets: delays after wrong passwords, sign-ups per address, posts per account.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use crate::harness::actors::{self, log_in, logging_in, sign_up, signing_up};
use crate::harness::client::Client;
use crate::harness::host::Setup;
use crate::harness::reply::Reply;

const WRONG: &str = "wrong horse 7";

/// Expects a refusal, and returns the number of seconds after which the client may try again.
#[track_caller]
fn seconds_to_wait(reply: &Reply) -> u64 {
    reply.is_problem(429, "too_many_requests");
    let seconds = reply.header("retry-after").parse().unwrap();
    let detail = reply.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.starts_with("Too many ") && detail.contains("Try again in "), "{detail}");
    seconds
}

#[track_caller]
fn wait_as_told(reply: &Reply) {
    let seconds = seconds_to_wait(reply);
    assert!(seconds <= 2, "{seconds}");
    thread::sleep(Duration::from_secs(seconds));
}

#[track_caller]
fn fail_five_times(app: &Client, name: impl Fn(usize) -> String) {
    for n in 0..5 {
        log_in(app, &name(n), WRONG).is_problem(401, "invalid_credentials");
    }
}

case!(OwnHost, the_sixth_guess_has_to_wait_whoever_it_is_about_and_whatever_it_forges);
fn the_sixth_guess_has_to_wait_whoever_it_is_about_and_whatever_it_forges() {
    let app = Setup::app_with_limits().start();
    fail_five_times(&app, |n| format!("name-{n}"));
    let refused = log_in(&app, "name-5", WRONG);
    assert_eq!(seconds_to_wait(&refused), 1);
    for forged in ["spin-client-addr", "x-forwarded-for", "forwarded", "x-real-ip"] {
        let reply = app.send(logging_in("name-6", WRONG).header(forged, "198.51.100.7"));
        assert_eq!(seconds_to_wait(&reply), 1, "{forged}");
    }
    wait_as_told(&refused);
    log_in(&app, "name-5", WRONG).is_problem(401, "invalid_credentials");
    assert_eq!(seconds_to_wait(&log_in(&app, "name-6", WRONG)), 2, "the next delay is longer");
    let line = app.output().event("authn_login_fail_max", refused.header("x-request-id"));
    assert_eq!((&line["limit"], &line["client_address"]), (&"address".into(), &"127.0.0.1".into()));
}

case!(OwnHost, of_64_guesses_at_once_five_pass);
fn of_64_guesses_at_once_five_pass() {
    let app = Setup::app_with_limits().start();
    actors::alice(&app);
    let barrier = Barrier::new(64);
    let statuses: Vec<u16> = thread::scope(|scope| {
        let guess = |n: usize| {
            barrier.wait();
            log_in(&app, "alice", &format!("{WRONG}{n}")).status
        };
        let threads: Vec<_> = (0..64).map(|n| scope.spawn(move || guess(n))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let passed = statuses.iter().filter(|&&status| status == 401).count();
    assert!(statuses.iter().all(|status| [401, 429].contains(status)), "{statuses:?}");
    // A sixth guess passes if the guesses together take longer than the first delay.
    assert!((5..=6).contains(&passed), "{statuses:?}");
}

case!(OwnHost, others_who_guess_do_not_keep_a_known_browser_out);
fn others_who_guess_do_not_keep_a_known_browser_out() {
    // The app trusts the address that the proxy sends, so the test can use several addresses.
    let app = Setup::app_with_limits().variable("client_address_header", "x-forwarded-for").start();
    let from = |address: &str, password: &str| logging_in("alice", password).header("x-forwarded-for", address);
    assert_eq!(sign_up(&app, "alice", "correct horse 7", "Alice").status, 201);
    let reply = app.send(from("192.0.2.7", "correct horse 7"));
    let cookies = reply.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| value);
    let device = cookies.filter(|value| value.starts_with("latchkey-device")).collect::<Vec<_>>();
    let device = device[0].split(';').next().unwrap();
    for n in 0..5 {
        app.send(from(&format!("203.0.113.9, 198.51.100.{n}"), WRONG)).is_problem(401, "invalid_credentials");
    }
    seconds_to_wait(&app.send(from("198.51.100.9", WRONG)));
    seconds_to_wait(&app.send(from("192.0.2.7", "correct horse 7")));
    assert_eq!(app.send(from("192.0.2.7", "correct horse 7").header("cookie", device)).status, 200);
}

case!(OwnHost, an_address_makes_twenty_accounts);
fn an_address_makes_twenty_accounts() {
    let app = Setup::app_with_limits().start();
    for n in 0..20 {
        assert_eq!(sign_up(&app, &format!("name-{n}"), "correct horse 7", "Name").status, 201);
    }
    for ask in [
        signing_up("one-more", "correct horse 7", "Name"),
        signing_up("name-1", "correct horse 7", "Name"),
        signing_up("one-more", "correct horse 7", "Name").header("spin-client-addr", "198.51.100.7:1"),
    ] {
        let seconds = seconds_to_wait(&app.send(ask));
        assert!((3400..=3600).contains(&seconds), "{seconds}");
    }
    assert_eq!(log_in(&app, "name-19", "correct horse 7").status, 200);
}

case!(OwnHost, an_account_posts_twenty_messages);
fn an_account_posts_twenty_messages() {
    let app = Setup::app_with_limits().start();
    let (alice, mallory) = (actors::alice(&app), actors::mallory(&app));
    for n in 0..20 {
        mallory.post(&app, &format!("message {n}"));
    }
    let seconds = seconds_to_wait(&app.send(mallory.posting("one more")));
    assert!((1..=60).contains(&seconds), "{seconds}");
    alice.post(&app, "hello");
}
