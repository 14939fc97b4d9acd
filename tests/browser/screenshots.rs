//! Saves pictures of the site for people to look at: `LATCHKEY_SCREENSHOTS=DIR cargo xtask test screenshots`.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::harness::actors;
use crate::harness::database;
use crate::harness::host::{Host, Setup};
use crate::locator::{button, dialog, field, link};
use crate::people::{self, PASSWORD, sees_message};
use crate::second_factor;
use crate::views::choose;

/// Username, name, text, and age in minutes.
const BOARD: [(&str, &str, &str, u64); 6] = [
    ("grace", "Grace Hopper", "Short and sweet.", 1500),
    ("mallory", "Mallory", "<script>alert(1)</script> \u{2026} nothing? Fine.", 190),
    ("noor", "Noor", "Has anyone run this on a Raspberry Pi? I have one in the drawer that wants a purpose.", 64),
    ("linus", "Linus P.", "Yes: two commands, then tea while it compiles. It idles at 28 MB.", 41),
    (
        "ada",
        "Ada Lovelace",
        "First note from the analytical engine.\nIt took two commands and no account anywhere: https://latchkey.example/start",
        12,
    ),
    (
        "zoe",
        "Zo\u{EB} O\u{2019}Hara",
        "The authorizer is just another component. If you forget it, the endpoint doesn\u{2019}t even link. \
         I like that more than I can say.",
        3,
    ),
];

/// The themes, and what a system with few colours makes of them.
const LOOKS: [&str; 3] = ["light", "dark", "forced-colors"];

/// The folder for the pictures, if `LATCHKEY_SCREENSHOTS` names one.
pub(crate) fn folder() -> Option<PathBuf> {
    std::env::var_os("LATCHKEY_SCREENSHOTS").filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

case!(Folder, screenshots);
fn screenshots() {
    let folder = folder().unwrap();
    std::fs::create_dir_all(&folder).unwrap();
    let state = tempfile::tempdir().unwrap();
    let app = board(state.path());
    for (width, height) in [(320, 720), (768, 1024), (1280, 800)] {
        for look in LOOKS {
            let page = Browser::open(&app);
            page.tolerate("422");
            page.resize(width, height);
            match look {
                "forced-colors" => page.prefer("forced-colors", "active"),
                theme => choose(&page, theme),
            }
            take(&page, |name| folder.join(format!("{name}-{width}-{look}.png")));
            take_german(&page, |name| folder.join(format!("{name}-{width}-{look}.png")));
        }
    }
}

/// A board with messages of the last day.
fn board(state: &Path) -> Host {
    let mut app = Setup::app().state(state).start();
    for (username, name, text, _) in BOARD {
        actors::actor(&app, username, PASSWORD, name).post(&app, text);
    }
    app.stop();
    let database = database::open(state);
    for (key, value) in database::rows(&database, "default") {
        let Ok(mut record) = serde_json::from_slice::<Value>(&value) else { continue };
        let Some((_, _, _, minutes)) = BOARD.iter().find(|(_, _, text, _)| record["text"] == *text) else { continue };
        record["created_at_ms"] = (record["created_at_ms"].as_u64().unwrap() - minutes * 60_000).into();
        let sql = "UPDATE spin_key_value SET value = ?2 WHERE store = 'default' AND key = ?1";
        assert_eq!(database.execute(sql, (key, record.to_string().into_bytes())).unwrap(), 1);
    }
    drop(database);
    Setup::app().state(state).variable("admins", "zoe").start()
}

/// The longest of the two languages.
#[track_caller]
fn take_german(page: &Browser, path: impl Fn(&str) -> PathBuf) {
    page.store("latchkey.language", "de");
    for (name, address) in [("german-account", "/account"), ("german-messages", "/"), ("german-sign-up", "/signup")] {
        if address == "/signup" {
            page.script("localStorage.removeItem('latchkey.session')", json!([]));
        }
        page.go(address);
        page.find(&button("English"));
        page.settle();
        std::fs::write(path(name), page.picture()).unwrap();
    }
}

#[track_caller]
fn take(page: &Browser, path: impl Fn(&str) -> PathBuf) {
    let take = |name: &str| {
        page.settle();
        std::fs::write(path(name), page.picture()).unwrap();
        let media = |media: &str| page.devtools("Emulation.setEmulatedMedia", &json!({"media": media}));
        if path("").ends_with("-1280-light.png") {
            media("print");
            std::fs::write(path(&format!("{name}-print")), page.picture()).unwrap();
            media("");
        }
    };
    sees_message(page, "The authorizer is just another component.");
    take("messages");
    people::open_login(page);
    page.fill(&field("Username"), "zoe");
    take("login");
    page.go("/signup");
    page.fill(&field("Username"), "z!");
    page.fill(&field("Name"), "Zo");
    page.fill(&field("Password"), "short");
    page.click(&button("Create account"));
    page.wait("error", || Ok(page.find(&field("Password")).error()));
    take("sign-up-errors");
    page.go("/signup");
    take("sign-up");
    page.fill(&field("Username"), "zoe-2");
    page.fill(&field("Name"), "Zoe");
    for (password, name) in [
        ("1234567890", "sign-up-weak"),
        ("correct horse 7", "sign-up-fair"),
        ("correct horse battery staple", "sign-up-strong"),
    ] {
        page.fill(&field("Password"), password);
        take(name);
    }
    page.go("/by/ada");
    sees_message(page, "First note from the analytical engine.");
    take("author");
    page.script("document.querySelector('article .when').click()", json!([]));
    page.reads("All messages");
    sees_message(page, "First note from the analytical engine.");
    take("one-message");
    take_menus(page, &take);
    take_account(page, &take);
}

/// What members see.
fn take_account(page: &Browser, take: &impl Fn(&str)) {
    page.click(&button("Zo\u{EB} O\u{2019}Hara"));
    page.find(&link("Your account"));
    take("menu");
    page.click(&link("Your account"));
    page.reads("This device");
    let height = page.script("return innerWidth", json!([])).as_u64().unwrap();
    let before = (u32::try_from(height).unwrap(), 800);
    page.resize(before.0, 4000);
    take("account");
    page.click(&button("Log out on every device, including this one?"));
    page.click(&button("Change password"));
    page.wait("error", || Ok(page.find(&field("New password")).error()));
    take("account-errors");
    take_own_data(page, take);
    take_safety(page, take, before.0);
    take_moderation(page, take);
    page.resize(before.0, before.1);
    page.click(&link("Latchkey"));
    page.click(&button("Post a message"));
    page.find(&dialog("Post a message"));
    page.fill(&field("Your message"), "Something worth saying, and a little more than that.");
    take("dialog");
    page.click(&button("Cancel"));
    page.reads("Your draft is kept.");
    take("toast");
}

/// What members and moderators can do about a message.
fn take_menus(page: &Browser, take: &impl Fn(&str)) {
    page.go("/");
    people::log_in(page, "zoe", PASSWORD);
    page.find(&button("Zo\u{EB} O\u{2019}Hara"));
    take("own-message");
    people::open_menu(page, "The authorizer is just another component.");
    take("own-message-menu");
    page.click(&button("Delete this message?"));
    page.find(&button("Keep"));
    take("own-message-question");
    people::open_menu(page, "nothing? Fine.");
    take("message-menu-of-a-moderator");
}

/// What the app has of somebody.
fn take_own_data(page: &Browser, take: &impl Fn(&str)) {
    page.reload();
    page.reads("This device");
    page.click(&button("Prepare the file"));
    page.find(&link("Save the file"));
    page.click(&button("Delete all your messages for good?"));
    page.click(&button("Delete account"));
    page.click(&button("Change your name"));
    page.fill(&field("New name"), " ");
    page.click(&button("Save"));
    page.wait("error", || Ok(page.find(&field("New name")).error()));
    take("account-own-data");
}

/// What keeps an account safe.
fn take_safety(page: &Browser, take: &impl Fn(&str), width: u32) {
    page.reload();
    page.reads("This device");
    second_factor::make_codes(page, None);
    take("account-recovery-codes");
    page.click(&button("I\u{2019}ve saved them"));
    second_factor::set_up(page);
    take("account-key");
    page.click(&button("Cancel"));
    page.resize(width, 900);
    page.go("/recover");
    page.find(&button("Set password"));
    take("new-password");
}

/// What those see who look after the board.
fn take_moderation(page: &Browser, take: &impl Fn(&str)) {
    page.go("/by/mallory");
    people::open_menu(page, "nothing? Fine.");
    page.click(&link("Report this message"));
    page.find(&button("Report"));
    take("about-a-message");
    page.fill(&field("What is wrong with this message?"), "It tries to run a script.");
    page.click(&button("Report"));
    page.reads("The moderators will read your report.");
    take("reported");
    page.go("/moderation");
    page.click(&button("Suspend @mallory"));
    page.find(&field("Reason"));
    take("reports");
    page.go("/accounts");
    page.click(&button("Make an invitation"));
    page.reads("it is shown only once");
    take("accounts");
    page.go("/accounts/mallory");
    page.find(&button("Make a reset link"));
    take("account-of-somebody");
}
