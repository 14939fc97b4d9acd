//! The second factor, recovery codes, and a new password for somebody who has forgotten theirs.

use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::json;

use crate::browser::Browser;
use crate::harness::actors;
use crate::harness::client::Client;
use crate::harness::host::Setup;
use crate::locator::{button, checkbox, field, heading, link};
use crate::moderation::{admin, looked_after};
use crate::people::{self, PASSWORD, log_in, log_out, someone};

#[track_caller]
fn to_account(page: &Browser, name: &str) {
    page.click(&button(name));
    page.click(&link("Your account"));
    page.reads("This device");
}

/// The code that an authenticator app shows for a key, now or so many steps of 30 seconds later (RFC 6238). The browser
/// computes it.
#[track_caller]
fn code(page: &Browser, key: &str, steps: i64) -> String {
    let script = "const done = arguments[arguments.length - 1], [key, steps] = ARGUMENTS;
        const bits = [...key].map(c => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
        const bytes = Uint8Array.from(bits.match(/.{8}/g), byte => parseInt(byte, 2));
        const time = new DataView(new ArrayBuffer(8));
        time.setUint32(4, Math.floor(Date.now() / 30000) + steps);
        crypto.subtle.importKey('raw', bytes, {name: 'HMAC', hash: 'SHA-1'}, false, ['sign'])
            .then(key => crypto.subtle.sign('HMAC', key, time))
            .then(mac => {
                const view = new DataView(mac), at = view.getUint8(19) & 15;
                done(String((view.getUint32(at) & 0x7fffffff) % 1000000).padStart(6, '0'));
            })";
    let code = page.asynchronous_script(&script.replace("ARGUMENTS", &json!([key, steps]).to_string()));
    code.as_str().unwrap().to_owned()
}

/// Sets an authenticator app up, on the page of the account. Returns its key.
#[track_caller]
pub(crate) fn set_up(page: &Browser) -> String {
    page.click(&button("Set up the second factor"));
    page.fill(&field("Your password").within("[aria-labelledby=factor-title]"), PASSWORD);
    page.click(&button("Continue"));
    page.find(&field("Code"));
    let key = page.script("return document.querySelector('.key').textContent.replaceAll(' ', '')", json!([]));
    key.as_str().unwrap().to_owned()
}

/// Makes recovery codes, on the page of the account, perhaps in the place of others.
#[track_caller]
pub(crate) fn make_codes(page: &Browser, code: Option<&str>) -> Vec<String> {
    let [first, others] = ["Make recovery codes", "Make new recovery codes"].map(button);
    page.wait("button for codes", || Ok((page.has(&first) || page.has(&others)).then_some(())));
    page.click(if page.has(&first) { &first } else { &others });
    page.fill(&field("Your password").within("[aria-labelledby=codes-title]"), PASSWORD);
    if let Some(code) = code {
        page.fill(&field("Code").within("[aria-labelledby=codes-title]"), code);
    }
    page.click(&button("Make codes"));
    page.reads("They are shown only now.");
    let codes =
        page.script("return [...document.querySelectorAll('.codes code')].map(code => code.textContent)", json!([]));
    serde_json::from_value(codes).unwrap()
}

/// With an authenticator app, too, the password is checked before any message is deleted.
#[track_caller]
fn deletes_nothing_by_a_wrong_password(page: &Browser) {
    let asked = "const real = window.fetch;
        window.asked = [];
        window.fetch = (address, options) => {
            window.asked.push(address);
            return address === '/api/account/delete' ? Promise.reject(new TypeError('Lost.')) : real(address, options);
        }";
    page.script(asked, json!([]));
    page.click(&button("Delete account"));
    page.click(&checkbox("Delete my messages too"));
    for (password, expected) in [
        ("wrong horse 7", json!(["/api/account/totp"])),
        (PASSWORD, json!(["/api/account/totp", "/api/account/messages", "/api/account/delete"])),
    ] {
        page.script("window.asked = []", json!([]));
        page.fill(&field("Your password"), password);
        page.click(&button("Delete for ever"));
        page.wait("requests", || Ok((page.script("return window.asked", json!([])) == expected).then_some(())));
        page.find(&button("Delete for ever"));
    }
    page.reload();
}

case!(Browser, a_login_asks_for_the_code_of_an_app);
fn a_login_asks_for_the_code_of_an_app() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    for expected in ["401", "409", "422"] {
        page.tolerate(expected);
    }
    to_account(&page, "Ada");
    let key = set_up(&page);
    let drawn = page.script("return document.querySelector('.qr path').getAttribute('d').length", json!([]));
    assert!(drawn.as_u64().unwrap() > 1000, "{drawn}");
    page.fill(&field("Code"), "000000");
    page.click(&button("Turn on"));
    page.reads("That code is not right.");
    // A half minute that ends between two steps would make this code too old.
    let left = 30 - SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() % 30;
    if left < 15 {
        thread::sleep(Duration::from_secs(left));
    }
    page.fill(&field("Code"), &code(&page, &key, -1));
    page.click(&button("Turn on"));
    page.find(&button("Turn off the second factor"));
    let codes = make_codes(&page, Some(&code(&page, &key, 0)));
    assert_eq!(codes.len(), 10);
    page.click(&button("I\u{2019}ve saved them"));
    page.reads("You have 10 recovery codes left.");
    deletes_nothing_by_a_wrong_password(&page);

    log_out(&page, "Ada");
    log_in(&page, "ada", PASSWORD);
    page.wait("focus on the code", || Ok(page.is_focused(&field("Code")).then_some(())));
    page.fill(&field("Code"), "000000");
    page.click(&button("Log in").within("form"));
    page.reads("This code is not right");
    // The one of now has made the recovery codes.
    page.fill(&field("Code"), &code(&page, &key, 1));
    page.click(&button("Log in").within("form"));
    page.find(&button("Ada"));

    log_out(&page, "Ada");
    log_in(&page, "ada", PASSWORD);
    page.fill(&field("Code"), &codes[0].to_uppercase());
    page.click(&button("Log in").within("form"));
    to_account(&page, "Ada");
    page.reads("You have 9 recovery codes left.");

    page.click(&button("Turn off the second factor"));
    page.fill(&field("Your password").within("[aria-labelledby=factor-title]"), PASSWORD);
    page.fill(&field("Code"), &codes[1]);
    page.click(&button("Turn off"));
    page.find(&button("Set up the second factor"));
    log_out(&page, "Ada");
    log_in(&page, "ada", PASSWORD);
    page.find(&button("Ada"));
}

case!(Browser, a_forgotten_password_is_replaced_by_a_recovery_code);
fn a_forgotten_password_is_replaced_by_a_recovery_code() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    page.tolerate("401");
    to_account(&page, "Ada");
    page.reads("If you forget your password now, you lose this account.");
    let codes = make_codes(&page, None);
    let file = page.find(&link("Download")).script("return decodeURIComponent(element.href)");
    assert!(codes.iter().all(|code| file.as_str().unwrap().contains(code)), "{file}");
    page.click(&button("I\u{2019}ve saved them"));
    page.no_longer_reads("you lose this account");
    log_out(&page, "Ada");

    people::open_login(&page);
    page.click(&link("Forgot your password?"));
    page.find(&heading("Set a new password"));
    for (code, expected) in [("0000-0000-0000-0000", "don\u{2019}t match"), (&codes[3], "Your new password is set.")] {
        page.fill(&field("Username"), "ada");
        page.fill(&field("Recovery code"), code);
        page.fill(&field("New password"), "another horse 8");
        page.click(&button("Set password"));
        page.reads(expected);
    }
    assert_eq!(page.path(), "/login");
    log_in(&page, "ada", "another horse 8");
    page.find(&button("Ada"));
    page.reads("Your password was reset with a recovery code");
    page.click(&button("Close"));
    page.no_longer_reads("Your password was reset");
    assert_eq!(actors::log_in(&app, "ada", PASSWORD).status, 401);
}

/// The fragment of an address, as the page sees it.
#[track_caller]
fn fragment(page: &Browser) -> String {
    page.script("return location.hash", json!([])).as_str().unwrap().to_owned()
}

case!(Browser, a_reset_link_of_an_admin_works_once);
fn a_reset_link_of_an_admin_works_once() {
    let state = tempfile::tempdir().unwrap();
    let app = looked_after(state.path(), |app| people::account(app, "bob", "Bob"), |setup| setup);
    let admin = admin(&app);
    admin.go("/accounts/bob");
    admin.click(&button("Make a reset link"));
    admin.reads("it is shown only once");
    let link = admin.script("return document.querySelector('.once code').textContent", json!([]));
    let link = link.as_str().unwrap().strip_prefix(app.base()).unwrap().to_owned();
    for expected in ["Your new password is set.", "used already"] {
        let page = Browser::blank(&app);
        page.tolerate("401");
        page.go(&link);
        page.find(&heading("Set a new password"));
        assert_eq!(fragment(&page), "", "the ticket is neither on the screen nor in the history");
        assert_eq!(page.find(&field("Username")).value(), "bob");
        page.fill(&field("New password"), "another horse 8");
        page.click(&button("Set password"));
        page.reads(expected);
    }
    assert_eq!(logged_in_with(&app, "another horse 8"), 200);
}

fn logged_in_with(app: &Client, password: &str) -> u16 {
    actors::log_in(app, "bob", password).status
}
