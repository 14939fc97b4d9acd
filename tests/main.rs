//! The black-box suite: what Latchkey promises over HTTP, asked of a running host.
//!
//! Every test starts a host of its own, with its own state folder. With `APP_URL` set, for example
//! `APP_URL=http://127.0.0.1:3000`, the tests of the contract ask the app there instead, whose variables should have
//! their defaults, but for the limits, which the suite exceeds: `login_free_failures`, `login_address_free_failures`,
//! `signups_per_hour` and `posts_per_minute` should be 0. The tests that need a host of their own are then reported as ignored, with the reason, and never as
//! passed.
//!
//! `LATCHKEY_LAUNCHER=spin` has the tests start Spin instead of our own host: the binary that `SPIN` names, else `spin` on PATH.
//! What can't hold there, nor of an app at `APP_URL`, is named with its reason in `our_host_only.rs`, and reported as ignored.
//!
//! `LATCHKEY_HOST` names another binary than `target/release/latchkey` to start, and `LATCHKEY_WASI` the build of the
//! components: 0.2, or 0.3.
#![cfg(test)]

/// The tests of a module: those that can ask any app, and those that need a host of their own.
macro_rules! cases {
    ($($needs:ident: [$($case:ident),* $(,)?])*) => {
        pub(crate) const CASES: &[crate::harness::Case] = &[
            $($(crate::harness::Case { name: stringify!($case), needs: crate::harness::Needs::$needs, run: $case },)*)*
        ];
    };
}

mod account;
mod authorization_header;
mod authorizer;
mod conditional_requests;
mod cors;
mod crash;
mod doors;
mod forged_tokens;
mod harness;
mod hashing;
mod host_limits;
mod hostile;
mod json_bodies;
mod login;
mod login_cost;
mod manifest;
mod messages;
mod methods;
mod misconfiguration;
mod openapi;
mod our_host_only;
mod pagination;
mod persistence;
mod races;
mod request_bodies;
mod routes;
mod second_authorizer;
mod secrets;
mod session;
mod shared_cache;
mod shared_instances;
mod signup;
mod site;
mod slow_clients;
mod smuggling;
mod spin_parity;
mod start_errors;
mod story;
mod tokens;

/// Modules of tests under their names.
macro_rules! subjects {
    ($($subject:ident),* $(,)?) => { &[$((stringify!($subject), $subject::CASES),)*] };
}

/// Every one of the modules above; the compiler tells of one that is forgotten.
const SUBJECTS: &[(&str, &[harness::Case])] = subjects![
    account,
    authorization_header,
    authorizer,
    conditional_requests,
    cors,
    crash,
    doors,
    forged_tokens,
    hashing,
    host_limits,
    hostile,
    json_bodies,
    login,
    login_cost,
    manifest,
    messages,
    methods,
    misconfiguration,
    openapi,
    pagination,
    persistence,
    races,
    request_bodies,
    routes,
    second_authorizer,
    secrets,
    session,
    shared_cache,
    shared_instances,
    signup,
    site,
    slow_clients,
    smuggling,
    spin_parity,
    start_errors,
    story,
    tokens,
];

use harness::launcher::Launcher;
use libtest_mimic::{Arguments, Completion, Failed, Trial};

fn main() -> std::process::ExitCode {
    our_host_only::assert_names_tests();
    let trials = SUBJECTS.iter().flat_map(|(subject, cases)| cases.iter().map(|case| trial(subject, case))).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn trial(subject: &'static str, case: &'static harness::Case) -> Trial {
    let name = format!("{subject}::{}", case.name);
    Trial::ignorable_test(name.clone(), move || {
        let is_ours = harness::app_url().is_none() && Launcher::chosen() == Launcher::Latchkey;
        if let Some(reason) = our_host_only::reason(subject, case.name).filter(|_| !is_ours) {
            return Ok(Completion::ignored_with(format!("not run: {reason}")));
        }
        if case.needs == harness::Needs::OwnHost && harness::app_url().is_some() {
            return Ok(Completion::ignored_with("not run: it needs a host of its own, and APP_URL is set"));
        }
        // A thread with its name, so that a panic tells which test it comes from.
        let thread = std::thread::Builder::new().name(name).spawn(case.run)?;
        thread.join().map_err(|_| Failed::without_message())?;
        Ok(Completion::Completed)
    })
}
