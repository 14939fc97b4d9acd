//! axe-core finds no accessibility error on any view.

use serde_json::json;

use crate::browser::Browser;
use crate::{tools, views};

case!(Axe, no_violation_in_light);
fn no_violation_in_light() {
    views::walk("light", 1280, assert_no_violation);
}

case!(Axe, no_violation_in_dark);
fn no_violation_in_dark() {
    views::walk("dark", 1280, assert_no_violation);
}

case!(Axe, no_violation_on_a_narrow_screen);
fn no_violation_on_a_narrow_screen() {
    views::walk("dark", 320, assert_no_violation);
}

#[track_caller]
fn assert_no_violation(page: &Browser, view: &str) {
    if page.script("return typeof window.axe", json!([])) == "undefined" {
        page.script(&std::fs::read_to_string(tools::axe()).unwrap(), json!([]));
    }
    let violations = page.asynchronous_script(
        "const done = arguments[arguments.length - 1];
         axe.run(document, {resultTypes: ['violations']}).then(
             found => done(found.violations.map(rule => `${rule.id} (${rule.impact}): ${rule.help}\\n` + rule.nodes.map(
                 node => `    ${node.target}: ${node.html}\\n    ${node.failureSummary}`).join('\\n'))),
             error => done([String(error)]))",
    );
    let violations: Vec<_> = violations.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
    assert!(violations.is_empty(), "{view}:\n{}", violations.join("\n"));
}
