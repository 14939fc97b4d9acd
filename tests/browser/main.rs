//! The site as people use it: real Chromium, headless, against the real host with an empty store.
//!
//! Every test starts a host and browsers of its own, and finds what it clicks as a person does: by role and accessible
//! name, or by visible text. Every browser looks back when it is closed: no error in the console that the test did not
//! provoke, nothing against the Content-Security-Policy, no request to another origin.
//!
//! What a test needs and the machine lacks (Chromium, chromedriver, axe-core) makes it reported as ignored, with the
//! reason, and never as passed. `LATCHKEY_SCREENSHOTS=DIR` adds a case that saves pictures.
#![cfg(test)]

// Before the modules that use its macro.
#[macro_use]
mod case;

#[path = "../harness/mod.rs"]
#[expect(dead_code, reason = "the rest of it is for the black-box suite")]
mod harness;

mod accessibility;
mod account;
mod addresses;
mod board;
mod browser;
mod drafts;
mod driver;
mod forms;
mod hostile_storage;
mod hostile_text;
mod keyboard;
mod keys;
mod locator;
mod narrow;
mod outage;
mod people;
mod screenshots;
mod sessions;
mod story;
mod theme;
mod tools;
mod typing;
mod views;

use libtest_mimic::{Arguments, Completion, Failed, Trial};

use self::case::Case;

fn main() -> std::process::ExitCode {
    let mut cases: Vec<&Case> = inventory::iter::<Case>.into_iter().collect();
    // In the order of their names, so that two runs are in the same order.
    cases.sort_by_key(|case| (case.module, case.name));
    cases.retain(|case| case.needs != tools::Needs::Folder || screenshots::folder().is_some());
    let trials = cases.into_iter().map(trial).collect();
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    driver::end();
    conclusion.exit_code()
}

fn trial(case: &'static Case) -> Trial {
    let (_, subject) = case.module.split_once("::").unwrap_or_default();
    let name = format!("{subject}::{}", case.name);
    Trial::ignorable_test(name.clone(), move || {
        if let Some(reason) = case.needs.missing() {
            return Ok(Completion::ignored_with(format!("not run: {reason}")));
        }
        // A thread with its name, so that a panic tells which test it comes from.
        let thread = std::thread::Builder::new().name(name).spawn(case.run)?;
        thread.join().map_err(|_| Failed::without_message())?;
        Ok(Completion::Completed)
    })
}
