//! A thousand requests that no honest client sends. None of them may cause a 5xx, a panic, or a host that stops answering.
//! The generator prints its seed; `LATCHKEY_SEED=7 cargo test -p tests hostile` sets another one.

mod requests;

use std::thread;

use crate::harness::actors::{self, Actor};
use crate::harness::client::Client;
use crate::harness::host::Setup;
use crate::harness::random::Random;
use crate::harness::raw::Connection;

case!(OwnHost, a_thousand_hostile_requests_do_no_harm);
fn a_thousand_hostile_requests_do_no_harm() {
    let seed = std::env::var("LATCHKEY_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_122);
    println!("hostile: LATCHKEY_SEED={seed}");
    // The timeouts are short, because the host answers an incomplete request only after them.
    let mut app = Setup::app().flag("--header-timeout", "1").flag("--body-timeout", "1").start();
    let alice = actors::alice(&app);
    let statuses: Vec<Option<u16>> = thread::scope(|scope| {
        let (app, alice) = (&app, &alice);
        let threads: Vec<_> = (0..4).map(|part| scope.spawn(move || a_quarter(app, alice, seed * 4 + part))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(statuses.len(), 1000);
    for common in [200, 400, 401, 404, 405, 413, 415, 422] {
        assert!(statuses.contains(&Some(common)), "the requests have lost their variety: no {common}");
    }
    app.assert_alive();
    app.stop();
    let log = app.output().stderr().to_lowercase();
    assert!(!log.contains("panic") && !log.contains("wasm trap"), "seed {seed}: {log}");
    // Every line of the log has to be one JSON object: no hostile header may have written a line of its own.
    app.output().events();
    assert!(!log.contains('\u{1b}'), "seed {seed}: an escape character in the log");
}

fn a_quarter(app: &Client, alice: &Actor, seed: u64) -> Vec<Option<u16>> {
    let mut random = Random::seeded(seed);
    let mut statuses = Vec::new();
    for number in 0..250 {
        let request = requests::request(&mut random, alice);
        let mut connection = Connection::open(app);
        connection.write(&request);
        if random.one_in(8) {
            connection.finish_writing();
        }
        // The host may close the connection without an answer. It may not leave it open without an answer.
        let status = connection.reply().map(|reply| reply.status);
        let shown = String::from_utf8_lossy(&request).into_owned();
        assert!(status.is_none_or(|status| status < 500), "part {seed}, number {number}: {status:?} to\n{shown:.3000}");
        statuses.push(status);
        if number % 25 == 0 {
            assert_eq!(app.get("/api/messages?limit=1").status, 200, "part {seed}, after number {number}");
        }
    }
    statuses
}
