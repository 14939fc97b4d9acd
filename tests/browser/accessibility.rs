//! axe-core finds no accessibility error on any view.

use serde_json::json;

use crate::browser::Browser;
use crate::harness::host::Setup;
use crate::people::{post, sees_message, someone};
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

case!(Browser, the_same_announcement_is_said_each_time);
fn the_same_announcement_is_said_each_time() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    page.script(
        "window.said = [];
         const region = document.querySelector('body > div > p[role=status]');
         new MutationObserver(() => region.textContent.includes('posted') && said.push(region.textContent))
             .observe(region, {childList: true, characterData: true, subtree: true})",
        json!([]),
    );
    post(&page, "One");
    post(&page, "Two");
    page.wait("both", || Ok((page.script("return said.length", json!([])) == 2).then_some(())));
    assert_eq!(page.script("return said", json!([])), json!(["Your message is posted.", "Your message is posted."]));
}

case!(Browser, a_message_has_a_name_and_no_id_is_empty_or_there_twice);
fn a_message_has_a_name_and_no_id_is_empty_or_there_twice() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada Lovelace");
    post(&page, "Hello");
    sees_message(&page, "Hello");
    let names = page.script(
        "return [...document.querySelectorAll('article')]
             .map(article => document.getElementById(article.getAttribute('aria-labelledby')).textContent)",
        json!([]),
    );
    let name = names[0].as_str().unwrap();
    assert!(name.starts_with("Ada Lovelace@ada") && name.len() > "Ada Lovelace@ada".len(), "{name}");
    for path in ["/", "/account", "/signup"] {
        page.go(path);
        page.settle();
        let wrong = page.script(
            "const ids = [...document.querySelectorAll('[id]')].map(element => element.id);
             return ids.filter((id, place) => !id || ids.indexOf(id) != place)",
            json!([]),
        );
        assert_eq!(wrong, json!([]), "{path}");
    }
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
