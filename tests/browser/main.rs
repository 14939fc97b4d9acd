//! The site as users see it: real Chromium, headless, against the real host with an empty store; with
//! `LATCHKEY_BROWSER=firefox`, the main flows in real Firefox.
//!
//! Every test starts its own host and browsers, and finds what it clicks as a user does: by role and accessible name, or by
//! visible text. Every browser is checked when it is closed: the console holds no error that the test did not provoke,
//! nothing violated the Content-Security-Policy, and no request went to another origin.
//!
//! If the machine lacks a tool that a test needs (Chromium, chromedriver, axe-core), the test is reported as ignored, with
//! the reason, and never as passed. `LATCHKEY_SCREENSHOTS=DIR` adds a case that saves pictures.
#![cfg(test)]

// The modules below use the macro, so this module has to come first.
#[macro_use]
mod case;

#[path = "../harness/mod.rs"]
#[expect(dead_code, reason = "the rest of it is for the black-box suite")]
mod harness;

mod accessibility;
mod account;
mod addresses;
mod answers;
mod board;
mod browser;
mod drafts;
mod driver;
mod engine;
mod forms;
mod frozen_tab;
mod hostile_storage;
mod hostile_text;
mod keyboard;
mod keys;
mod language;
mod layout;
mod locator;
mod moderation;
mod narrow;
mod outage;
mod own_data;
mod passkeys;
mod password_managers;
mod people;
mod proxy;
mod returning;
mod screenshots;
mod second_factor;
mod sessions;
mod shell;
mod start;
mod story;
mod theme;
mod tls;
mod toast;
mod tools;
mod translated;
mod typing;
mod views;

use libtest_mimic::{Arguments, Completion, Failed, Trial};

use self::case::Case;

fn main() -> std::process::ExitCode {
    let mut cases: Vec<&Case> = inventory::iter::<Case>.into_iter().collect();
    // The cases are sorted by name, so that every run has the same order.
    cases.sort_by_key(|case| (case.module, case.name));
    cases.retain(|case| case.needs != tools::Needs::Folder || screenshots::folder().is_some());
    cases.retain(|case| engine::Engine::chosen().runs(case));
    let trials = cases.into_iter().map(trial).collect();
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    harness::app::end();
    harness::report::write(&conclusion);
    conclusion.exit_code()
}

fn trial(case: &'static Case) -> Trial {
    let (_, subject) = case.module.split_once("::").unwrap_or_default();
    let name = format!("{subject}::{}", case.name);
    Trial::ignorable_test(name.clone(), move || {
        if let Some(reason) = case.needs.missing() {
            return Ok(harness::report::not_run(&reason));
        }
        // The thread has the name of the test, so that a panic shows which test failed.
        let thread = std::thread::Builder::new().name(name).spawn(case.run)?;
        thread.join().map_err(|_| Failed::without_message())?;
        Ok(Completion::Completed)
    })
}
