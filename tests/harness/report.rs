//! The counts of a run, for the table of hosts and stores: a file of JSON that `LATCHKEY_REPORT` names.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use libtest_mimic::{Completion, Conclusion};
use serde_json::json;

/// How many tests did not run for each reason.
static NOT_RUN: Mutex<BTreeMap<String, u64>> = Mutex::new(BTreeMap::new());

/// Notes that a test does not run, and reports it as ignored.
pub(crate) fn not_run(reason: &str) -> Completion {
    *NOT_RUN.lock().unwrap_or_else(PoisonError::into_inner).entry(reason.to_owned()).or_default() += 1;
    Completion::ignored_with(format!("not run: {reason}"))
}

/// Writes the file, if there is to be one.
pub(crate) fn write(conclusion: &Conclusion) {
    let Some(path) = std::env::var_os("LATCHKEY_REPORT") else { return };
    let report = json!({
        "passed": conclusion.num_passed,
        "failed": conclusion.num_failed,
        "not_run": *NOT_RUN.lock().unwrap_or_else(PoisonError::into_inner),
    });
    std::fs::write(path, report.to_string()).unwrap();
}
