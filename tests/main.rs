//! The black-box suite: it checks, over HTTP on a running host, what Latchkey promises.
//!
//! Every test starts its own host with its own state folder. With `APP_URL` set, for example
//! `APP_URL=http://127.0.0.1:3000`, the tests of the contract ask the app at that address instead. Its variables should have
//! their defaults, except for the limits, which the suite exceeds: `login_free_failures`, `login_address_free_failures`,
//! `logins_per_ten_minutes`, `address_logins_per_ten_minutes`, `signups_per_hour`, `posts_per_minute` and `reports_per_hour` should be 0. The tests that need their own host are then reported as ignored,
//! with the reason, and never as passed.
//!
//! `LATCHKEY_LAUNCHER` names the host that the tests start: `latchkey`, ours; `spin`, the binary that `SPIN` names, else `spin`
//! on PATH; `wasmtime` by `WASMTIME`, or `wash`, which is wasmCloud, by `WASH`. `LATCHKEY_STORE` names the store behind the app:
//! `default`, which is the host's own key-value store, `sqlite`, `redis` by `LATCHKEY_REDIS_SERVER`, or `dynamodb`, which is
//! dynalite by `LATCHKEY_DYNALITE`. The file `our_host_only.rs` names the tests that can't run everywhere, each with its reason.
//! They are reported as ignored. `LATCHKEY_SUBJECTS`, a list with commas, leaves out the tests of other subjects, and
//! `LATCHKEY_REPORT` names a file for the counts.
//!
//! `LATCHKEY_HOST` names the binary to start instead of `target/release/latchkey`. `LATCHKEY_WASI` selects the build of the
//! components: 0.2 or 0.3.
#![cfg(test)]

/// Registers the function below it as a test, with the host that it needs. A function without this line is dead code, and
/// the compiler warns about it.
macro_rules! case {
    ($needs:ident, $run:ident) => {
        inventory::submit! {
            crate::harness::Case {
                module: module_path!(),
                name: stringify!($run),
                needs: crate::harness::Needs::$needs,
                run: $run,
            }
        }
    };
}

mod account;
mod attacks;
mod authorization_header;
mod authorizer;
mod backup;
mod connections;
mod cors;
mod crash;
mod exhaustion;
mod forged_tokens;
mod harness;
mod hashing;
mod host_limits;
mod hostile;
mod http2;
mod limits;
mod login;
mod login_cost;
mod manifest;
mod messages;
mod methods;
mod metrics;
mod misconfiguration;
mod moderation;
mod old_store;
mod openapi;
mod our_host_only;
mod own_data;
mod passkeys;
mod persistence;
mod races;
mod redis;
mod request_bodies;
mod routes;
mod second_authorizer;
mod second_factor;
mod secrets;
mod session;
mod shared_instances;
mod signup;
mod site;
mod slow_clients;
mod smuggling;
mod spin_parity;
mod sqlite;
mod stalled_log;
mod start_errors;
mod story;
mod tls;
mod tokens;

use std::process::ExitCode;

use harness::report;
use libtest_mimic::{Arguments, Completion, Failed, Trial};

fn main() -> ExitCode {
    our_host_only::assert_names_tests();
    // The linker does not fix an order of the registered cases, so they are sorted: the order is the same after each build.
    let mut cases: Vec<_> = harness::cases().collect();
    cases.sort_by_key(|case| case.full_name());
    if let Ok(subjects) = std::env::var("LATCHKEY_SUBJECTS") {
        cases.retain(|case| subjects.split(',').any(|subject| subject == case.subject()));
    }
    let conclusion = libtest_mimic::run(&Arguments::from_args(), cases.into_iter().map(trial).collect());
    harness::app::end();
    report::write(&conclusion);
    conclusion.exit_code()
}

fn trial(case: &'static harness::Case) -> Trial {
    let name = case.full_name();
    Trial::ignorable_test(name.clone(), move || {
        if let Some(reason) = our_host_only::reason(case) {
            return Ok(report::not_run(reason));
        }
        if case.needs == harness::Needs::OwnHost && harness::app_url().is_some() {
            return Ok(report::not_run("it needs a host of its own, and APP_URL is set"));
        }
        // The thread has the name of the test, so that a panic shows which test failed.
        let thread = std::thread::Builder::new().name(name).spawn(case.run)?;
        thread.join().map_err(|_| Failed::without_message())?;
        Ok(Completion::Completed)
    })
}
