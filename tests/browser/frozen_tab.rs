//! A tab that hangs while it has the lock of the refresh.

use serde_json::json;

use crate::browser::Browser;
use crate::harness::host::Setup;
use crate::locator::button;
use crate::people::{self, someone};
use crate::sessions::{age_token, refreshes, token, waits_for_another_token};

/// Whether nobody has the lock.
#[track_caller]
fn is_free(page: &Browser) -> bool {
    page.asynchronous_script(
        "const done = arguments[0];
         navigator.locks.request('latchkey.refresh', {ifAvailable: true}, lock => done(lock !== null));",
    ) == true
}

case!(Browser, a_tab_that_hangs_with_the_lock_stops_no_other_tab);
fn a_tab_that_hangs_with_the_lock_stops_no_other_tab() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    let first = page.open_tab();
    page.go("/");
    page.find(&button("Ada"));
    let hang = "navigator.locks.request('latchkey.refresh', () => new Promise(goOn => window.goOn = goOn))";
    page.script(hang, json!([]));
    let hanging = page.bring_to_front(&first);
    assert!(!is_free(&page));

    let before = token(&page);
    age_token(&page);
    page.reload();
    page.find(&button("Ada"));
    people::write(&page, "Is anybody there?");
    people::send(&page);
    waits_for_another_token(&page, &before);
    people::sees_message(&page, "Is anybody there?");
    assert_eq!(refreshes(&app), 1);

    // What the other tab lets go of later is not kept by a request that has been given up.
    page.bring_to_front(&hanging);
    page.script("window.goOn()", json!([]));
    page.bring_to_front(&first);
    page.wait("free lock", || Ok(is_free(&page).then_some(())));
}
