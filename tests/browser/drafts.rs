//! The site keeps typed text until it is posted.

use crate::browser::Browser;
use crate::harness::host::Setup;
use crate::keys::ESCAPE;
use crate::locator::{button, dialog, field};
use crate::people::{self, sees_message, someone};

#[track_caller]
fn draft(page: &Browser) -> String {
    page.find(&dialog("Post a message"));
    page.find(&field("Your message")).value()
}

case!(Browser, a_draft_survives_cancel_escape_and_reload);
fn a_draft_survives_cancel_escape_and_reload() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    people::write(&page, "Not yet done");
    page.click(&button("Cancel"));
    page.lacks(&dialog("Post a message"));
    page.click(&button("Post a message"));
    assert_eq!(draft(&page), "Not yet done");
    page.press(&ESCAPE.to_string());
    page.lacks(&dialog("Post a message"));

    page.reload();
    page.wait("page", || Ok((page.has(&dialog("Post a message")) || page.has(&button("Ada"))).then_some(())));
    if !page.has(&dialog("Post a message")) {
        page.click(&button("Post a message"));
    }
    assert_eq!(draft(&page), "Not yet done");
    people::send(&page);
    sees_message(&page, "Not yet done");
}

case!(Browser, a_posted_message_leaves_no_draft);
fn a_posted_message_leaves_no_draft() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    people::post(&page, "Done.");
    assert!(!page.stored("latchkey.draft").unwrap_or_default().contains("Done."));
    page.click(&button("Post a message"));
    assert_eq!(draft(&page), "");
}

case!(Browser, the_counter_counts_characters);
fn the_counter_counts_characters() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    people::write(&page, "Twelve chars");
    page.reads("12 of 1000");
    page.fill(&field("Your message"), "");
    page.insert(&"\u{1F980}".repeat(1000));
    page.reads("1000 of 1000");
    people::send(&page);
    page.lacks(&dialog("Post a message"));
    sees_message(&page, &"\u{1F980}".repeat(1000));
}

case!(Browser, a_message_that_is_too_long_or_empty_is_refused_beside_the_field);
fn a_message_that_is_too_long_or_empty_is_refused_beside_the_field() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    page.tolerate("422");
    page.click(&button("Post a message"));
    people::send(&page);
    page.wait("error", || Ok(page.find(&field("Your message")).error().filter(|error| !error.is_empty())));
    page.fill(&field("Your message"), "");
    page.insert(&"x".repeat(1001));
    page.reads("1001 of 1000");
    people::send(&page);
    page.wait("error", || Ok(page.find(&field("Your message")).error().filter(|error| !error.is_empty())));
    assert_eq!(draft(&page), "x".repeat(1001), "nothing is cut off");
    page.fill(&field("Your message"), "Shorter.");
    people::send(&page);
    sees_message(&page, "Shorter.");
    assert_eq!(people::messages(&page).len(), 1);
}
