//! Passkeys, with an authenticator that the browser simulates.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::harness::client::Client;
use crate::harness::host::Setup;
use crate::locator::{button, field, link};
use crate::people::{self, PASSWORD, log_in, log_out};

/// An authenticator of the device, whose user is there and agrees.
struct Authenticator(String);

impl Authenticator {
    #[track_caller]
    fn of(page: &Browser) -> Self {
        let it = json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true,
            "isUserConsenting": true, "isUserVerified": true,
        });
        Self(page.post("/webauthn/authenticator", it).unwrap().as_str().unwrap().to_owned())
    }

    #[track_caller]
    fn verifies(&self, page: &Browser, is_verified: bool) {
        page.post(&format!("/webauthn/authenticator/{}/uv", self.0), json!({"isUserVerified": is_verified})).unwrap();
    }

    #[track_caller]
    fn credentials(&self, page: &Browser) -> Vec<Value> {
        let all = page.get(&format!("/webauthn/authenticator/{}/credentials", self.0)).unwrap();
        all.as_array().unwrap().clone()
    }
}

/// A browser at the name of the machine: there are no passkeys for an address. Somebody is logged in, on the page of the account.
#[track_caller]
fn member(app: &Client) -> Browser {
    people::account(app, "ada", "Ada");
    let page = Browser::by_name(app);
    page.go("/");
    log_in(&page, "ada", PASSWORD);
    page.click(&button("Ada"));
    page.click(&link("Your account"));
    page.reads("This device");
    page
}

#[track_caller]
fn add(page: &Browser, name: &str) {
    page.click(&button("Add a passkey"));
    page.fill(&field("Your password").within("[aria-labelledby=passkeys-title]"), PASSWORD);
    page.fill(&field("Name of the passkey"), name);
    page.click(&button("Continue"));
}

case!(Browser, a_passkey_is_added_and_logs_in);
fn a_passkey_is_added_and_logs_in() {
    let app = Setup::app().start();
    let page = member(&app);
    let authenticator = Authenticator::of(&page);
    add(&page, "The lock of this laptop");
    page.reads("The lock of this laptop");
    page.find(&button("Add a passkey"));
    let made = authenticator.credentials(&page);
    assert_eq!(
        (made.len(), &made[0]["isResidentCredential"], &made[0]["rpId"]),
        (1, &json!(true), &json!("localhost"))
    );

    // The simulated user takes at once what the browser offers in the field of the username.
    log_out(&page, "Ada");
    page.go("/login");
    page.find(&button("Ada"));
    page.reads("Messages");

    // A browser that offers nothing there.
    let source = "PublicKeyCredential.isConditionalMediationAvailable = async () => false";
    page.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({"source": source}));
    log_out(&page, "Ada");
    page.go("/login");
    page.click(&button("Log in with a passkey"));
    page.click(&button("Ada"));
    page.click(&link("Your account"));
    page.reads("last used just now");
}

case!(Browser, a_passkey_is_renamed_and_removed);
fn a_passkey_is_renamed_and_removed() {
    let app = Setup::app().start();
    let page = member(&app);
    page.tolerate("401");
    let _authenticator = Authenticator::of(&page);
    add(&page, "Old");
    page.click(&button("Rename Old"));
    page.fill(&field("Name of the passkey"), "New");
    page.click(&button("Save"));
    page.click(&button("Remove New"));
    page.fill(&field("Your password").within(".sessions"), PASSWORD);
    page.click(&button("Remove"));
    page.lacks(&button("Remove New"));
    log_out(&page, "Ada");
    page.go("/login");
    page.click(&button("Log in with a passkey"));
    page.reads("This passkey belongs to no account here.");
}

case!(Browser, whoever_does_not_go_on_can_begin_again);
fn whoever_does_not_go_on_can_begin_again() {
    let app = Setup::app().start();
    let page = member(&app);
    let authenticator = Authenticator::of(&page);
    authenticator.verifies(&page, false);
    add(&page, "Mine");
    page.reads("Adding the passkey was cancelled. Try again.");
    authenticator.verifies(&page, true);
    page.click(&button("Continue"));
    page.find(&button("Remove Mine"));
    add(&page, "Mine again");
    page.reads("This device already has a passkey for your account.");
}

case!(Browser, at_an_address_there_are_no_passkeys);
fn at_an_address_there_are_no_passkeys() {
    let app = Setup::app().start();
    let page = people::someone(&app, "ada", "Ada");
    page.go("/account");
    page.reads("This browser can\u{2019}t use passkeys at this address.");
    assert!(!page.has(&button("Add a passkey")));
}
