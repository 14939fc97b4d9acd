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

/// Modules of tests under their names.
macro_rules! subjects {
    ($($subject:ident),* $(,)?) => { &[$((stringify!($subject), $subject::CASES),)*] };
}

/// Every module above that has tests; the compiler tells of one that is forgotten.
const SUBJECTS: &[(&str, &[Case])] = subjects![
    accessibility,
    account,
    addresses,
    board,
    drafts,
    forms,
    hostile_storage,
    hostile_text,
    keyboard,
    narrow,
    outage,
    screenshots,
    sessions,
    story,
    theme,
];

fn main() -> std::process::ExitCode {
    let trials = SUBJECTS
        .iter()
        .flat_map(|(subject, cases)| cases.iter().map(move |case| (subject, case)))
        .filter(|(_, case)| case.needs != tools::Needs::Folder || screenshots::folder().is_some())
        .map(|(subject, case)| trial(subject, case))
        .collect();
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    driver::end();
    conclusion.exit_code()
}

fn trial(subject: &str, case: &'static Case) -> Trial {
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
