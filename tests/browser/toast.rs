//! What is said about what was just done: it is seen for a while, it can be closed, and it offers what can be done about it.

use serde_json::json;

use crate::browser::Browser;
use crate::harness::host::Setup;
use crate::keys::ENTER;
use crate::locator::{button, dialog};
use crate::people::{self, log_in, messages, sees_message, someone};

/// From the next page on, the time of a toast passes only by [`pass`].
#[track_caller]
pub(crate) fn hold_the_time(page: &Browser) {
    let script = "const [start, stop] = [setTimeout, clearTimeout], held = new Map();
        let last = 1_000_000_000;
        window.setTimeout = (run, ms) => ms === 5000 || ms === 1000 ? (held.set(++last, run), last) : start(run, ms);
        window.clearTimeout = timer => held.delete(timer) || stop(timer);
        window.pass = () => [...held].forEach(([timer, run]) => held.delete(timer) && run())";
    page.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({"source": script}));
}

#[track_caller]
fn pass(page: &Browser) {
    page.script("window.pass()", json!([]));
}

/// Moves the mouse into the middle of the toast, or away from it.
#[track_caller]
fn point(page: &Browser, is_at_it: bool) {
    let middle = "const {left, top, width, height} = document.querySelector('.toast').getBoundingClientRect();
        return [left + width / 2, top + height / 2]";
    let point = if is_at_it { page.script(middle, json!([])) } else { json!([5, 300]) };
    page.devtools("Input.dispatchMouseEvent", &json!({"type": "mouseMoved", "x": point[0], "y": point[1]}));
    let is_at = "return document.querySelector('.toast:hover') !== null";
    page.wait("mouse", || Ok((page.script(is_at, json!([])) == is_at_it).then_some(())));
}

case!(Browser, what_was_done_is_seen_for_a_while_and_stays_while_somebody_points_at_it);
fn what_was_done_is_seen_for_a_while_and_stays_while_somebody_points_at_it() {
    let app = Setup::app().start();
    people::account(&app, "ada", "Ada");
    let page = Browser::blank(&app);
    hold_the_time(&page);
    page.go("/");
    log_in(&page, "ada", people::PASSWORD);
    page.reads("Welcome back, \u{2068}Ada\u{2069}.");
    pass(&page);
    page.lacks(&button("Close"));
    assert!(!page.text().contains("Welcome back"));

    people::post(&page, "One");
    page.reads("Your message is posted.");
    point(&page, true);
    for _ in 0..3 {
        pass(&page);
        assert!(page.text().contains("Your message is posted."));
    }
    point(&page, false);
    pass(&page);
    page.lacks(&button("Close"));
    assert!(!page.text().contains("Your message is posted."));
}

case!(Browser, a_toast_is_closed_by_keyboard_and_stays_while_it_has_the_focus);
fn a_toast_is_closed_by_keyboard_and_stays_while_it_has_the_focus() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    hold_the_time(&page);
    page.reload();
    people::post(&page, "One");
    page.reads("Your message is posted.");
    page.tab_to(&button("Close"));
    pass(&page);
    assert!(page.is_focused(&button("Close")), "{:?}", page.focused());
    page.press(&ENTER.to_string());
    page.lacks(&button("Close"));
    page.wait("focus on the heading", || {
        Ok((page.script("return document.activeElement.tagName", json!([])) == "H1").then_some(()))
    });
}

case!(Browser, a_draft_that_is_kept_is_said);
fn a_draft_that_is_kept_is_said() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    people::write(&page, "Not yet");
    page.click(&button("Cancel"));
    page.reads("Your draft is kept.");
    page.reload();
    page.find(&button("Ada"));
    people::write(&page, "");
    page.click(&button("Cancel"));
    page.lacks(&dialog("Post a message"));
    assert!(!page.text().contains("Your draft is kept."), "there is none");
}

case!(Browser, a_post_that_fails_behind_a_closed_dialog_can_be_tried_again);
fn a_post_that_fails_behind_a_closed_dialog_can_be_tried_again() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    hold_the_time(&page);
    page.reload();
    // The app hears a moment later that the dialog is closed. The answer may come before that.
    for (text, comes_before) in [("Second time lucky.", false), ("Once more.", true)] {
        page.script(
            "const real = window.fetch, comesBefore = arguments[0];
             delete window.fail;
             window.fetch = async (address, options) => {
                 if (address !== '/api/messages' || options.method !== 'POST') return real(address, options);
                 window.fetch = real;
                 await new Promise(done => { window.fail = done });
                 throw new TypeError('Lost.');
             };
             if (comesBefore) addEventListener('close', () => window.fail(), { capture: true, once: true })",
            json!([comes_before]),
        );
        people::write(&page, text);
        people::send(&page);
        page.wait("request", || Ok((page.script("return typeof window.fail", json!([])) == "function").then_some(())));
        page.click(&button("Cancel"));
        page.lacks(&dialog("Post a message"));
        page.script("window.fail()", json!([]));
        page.reads("Your message is not posted.");
        page.click(&button("Try again").within(".toast"));
        page.reads("Your message is posted.");
        sees_message(&page, text);
    }
    assert_eq!(messages(&page).len(), 2);
}
