//! Visits every view of the site, for checks that have to hold on all of them.

use serde_json::json;

use crate::browser::Browser;
use crate::harness::actors;
use crate::harness::host::Host;
use crate::locator::{button, dialog, field, heading, link};
use crate::moderation::looked_after;
use crate::people::{self, PASSWORD, messages, sees_message};
use crate::second_factor;

/// Visits each view and calls `look` with its name once the view has stopped changing.
pub(crate) fn walk(theme: &str, width: u32, look: impl FnMut(&Browser, &str)) {
    walk_with("", theme, width, look);
}

/// The same, after a script that runs before each page does.
pub(crate) fn walk_with(script: &str, theme: &str, width: u32, mut look: impl FnMut(&Browser, &str)) {
    let state = tempfile::tempdir().unwrap();
    let mut app = looked_after(state.path(), |_| (), |setup| setup);
    let page = Browser::blank(&app);
    page.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({"source": script}));
    page.go("/");
    for expected in ["401", "409", "422", "404", "ERR_CONNECTION_REFUSED"] {
        page.tolerate(expected);
    }
    page.resize(width, 800);
    choose(&page, theme);
    let mut look = |view: &str| {
        page.settle();
        look(&page, &format!("{view}, {theme}, {width} px"));
    };

    page.reads("No messages yet. Be the first.");
    look("empty board");
    fill_board(&app);
    strangers_views(&page, &mut look);
    members_views(&page, &mut look);
    app.stop();
    page.reads("Can\u{2019}t reach Latchkey.");
    look("board without a server");
    people::to_author(&page, "Mallory", "mallory");
    page.find(&button("Try again"));
    look("author without a server");
}

/// Presses the switch until it has a theme: `light`, `dark` or `system`.
#[track_caller]
pub(crate) fn choose(page: &Browser, theme: &str) {
    let script = "const button = document.querySelector('.top .round[title]');
        if (button?.title.trim() !== `Theme: ${arguments[0]}`) button?.click();";
    let wanted = button(&format!("Theme: {theme}"));
    page.wait(&format!("theme {theme}"), || {
        page.script(script, json!([theme]));
        Ok(page.has(&wanted).then_some(()))
    });
}

/// Posts, by two authors, more messages than a page holds.
fn fill_board(app: &Host) {
    let alice = actors::alice(app);
    let mallory = actors::mallory(app);
    for number in 1..=20 {
        alice.post(app, &format!("Message number {number}.\nWith two lines and https://example.com/{number}."));
    }
    mallory.post(app, "<script>alert(1)</script> \u{2026} nothing? Fine.");
}

fn strangers_views(page: &Browser, look: &mut impl FnMut(&str)) {
    page.reload();
    sees_message(page, "nothing? Fine.");
    look("board");
    page.click(&button("Show older messages"));
    page.wait("older messages", || Ok((messages(page).len() == 21).then_some(())));
    look("older messages");
    page.go("/by/alice");
    sees_message(page, "Message number 20.");
    look("author");
    page.click(&link("just now").within("article"));
    page.find(&heading("Message by \u{2068}Alice\u{2069}"));
    page.wait("one message", || Ok((messages(page).len() == 1).then_some(())));
    look("one message");
    page.go("/m/999");
    page.reads("This message doesn’t exist, or it was deleted.");
    look("no message");
    page.go("/by/nobody-at-all");
    page.find(&link("Log in"));
    page.wait("heading", || Ok(page.text().contains("nobody-at-all").then_some(())));
    look("author without messages");
    page.go("/no/such/page");
    page.find(&link("Log in"));
    look("unknown page");
    page.go("/");
    sees_message(page, "nothing? Fine.");
    people::open_login(page);
    look("login");
    people::log_in(page, "ada", "wrong horse 7");
    page.reads("Wrong username or password.");
    look("login refused");
    people::to_sign_up(page);
    look("sign-up");
    page.click(&button("Create account"));
    page.wait("error", || Ok(page.find(&field("Username")).error()));
    look("sign-up with errors");
    people::sign_up(page, "alice", "Another Alice", PASSWORD);
    page.reads("That username is taken. Try another.");
    look("sign-up refused");
    page.go("/recover");
    page.click(&button("Set password"));
    page.wait("error", || Ok(page.find(&field("Recovery code")).error()));
    look("new password with errors");
    page.go("/moderation");
    page.reads("Log in to see what was reported.");
    look("reports of a stranger");
}

fn members_views(page: &Browser, look: &mut impl FnMut(&str)) {
    page.go("/");
    people::log_in(page, "ada", PASSWORD);
    page.find(&button("Ada"));
    page.find(&heading("Messages"));
    look("board, logged in");
    page.click(&button("Ada"));
    page.find(&button("Log out"));
    look("menu");
    page.click(&link("Your account"));
    page.reads("This device");
    look("account");
    page.click(&button("Log out on every device, including this one?"));
    page.find(&button("Stay logged in"));
    page.click(&button("Change password"));
    page.wait("error", || Ok(page.find(&field("New password")).error()));
    page.click(&button("Delete account"));
    page.fill(&field("Your password"), "wrong horse 7");
    page.click(&button("Delete for ever"));
    page.wait("error", || Ok(page.find(&field("Your password")).error()));
    look("account with errors");
    owning_views(page, look);
    securing_views(page, look);
    looking_after_views(page, look);
    page.click(&link("Latchkey"));
    people::post(page, "Mine.");
    look("board with a message of one's own");
    people::open_menu(page, "Mine.");
    look("menu of a message");
    page.click(&button("Delete this message?"));
    page.find(&button("Keep"));
    look("board with a question");
    page.click(&button("Delete").within(".confirm"));
    page.no_longer_reads("Mine.");
    page.click(&button("Post a message"));
    page.find(&dialog("Post a message"));
    look("dialog");
    page.insert(&"x".repeat(1001));
    people::send(page);
    page.wait("error", || Ok(page.find(&field("Your message")).error()));
    look("dialog with an error");
    page.fill(&field("Your message"), "Kept.");
    page.click(&button("Cancel"));
    page.lacks(&dialog("Post a message"));
    page.reads("Your draft is kept.");
    look("toast");
}

/// The account, while something is done with what the app has of its owner.
fn owning_views(page: &Browser, look: &mut impl FnMut(&str)) {
    page.reload();
    page.reads("This device");
    page.click(&button("Change your name"));
    page.fill(&field("New name"), " ");
    page.click(&button("Save"));
    page.wait("error", || Ok(page.find(&field("New name")).error()));
    page.click(&button("Prepare the file"));
    page.find(&link("Save the file"));
    page.click(&button("Delete all your messages for good?"));
    page.find(&button("Keep"));
    look("account with what the app has");
}

/// The account, while something is made for its safety.
fn securing_views(page: &Browser, look: &mut impl FnMut(&str)) {
    page.reload();
    page.reads("This device");
    second_factor::make_codes(page, None);
    look("account with recovery codes");
    page.click(&button("I\u{2019}ve saved them"));
    second_factor::set_up(page);
    look("account with a key");
    page.click(&button("Cancel"));
}

/// What those see who look after the board.
fn looking_after_views(page: &Browser, look: &mut impl FnMut(&str)) {
    page.go("/by/mallory");
    sees_message(page, "nothing? Fine.");
    people::open_menu(page, "nothing? Fine.");
    page.find(&link("Suspend @mallory"));
    look("menu of a moderator");
    page.click(&link("Report this message"));
    page.find(&heading("About a message"));
    page.click(&button("Report"));
    page.reads("Write a few words.");
    look("what can be done about a message");
    page.fill(&field("What is wrong with this message?"), "An advertisement.");
    page.click(&button("Report"));
    page.reads("The moderators will read your report.");
    page.go("/moderation");
    page.find(&heading("An advertisement."));
    look("reports");
    page.click(&button("Suspend @mallory"));
    page.find(&field("Reason"));
    look("suspension");
    page.go("/accounts");
    page.click(&button("Make an invitation"));
    page.reads("it is shown only once");
    look("accounts");
    page.go("/accounts/mallory");
    page.find(&button("Make a reset link"));
    look("account of somebody else");
}
