//! Request bodies, sent to every method that takes one.
#![no_main]

use domain::{DisplayName, MessageText, Reason, Role, Username};
use fuzz::{PASSWORD, People, USERNAME};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

const METHODS: [(&str, &str); 24] = [
    ("POST", "/api/signup"),
    ("POST", "/api/login"),
    ("POST", "/api/login/code"),
    ("POST", "/api/login/passkey"),
    ("POST", "/api/recovery"),
    ("POST", "/api/session/refresh"),
    ("POST", "/api/messages"),
    ("POST", "/api/messages/2/report"),
    ("POST", "/api/moderation/reports/1/resolve"),
    ("PUT", "/api/moderation/accounts/grace/suspension"),
    ("PUT", "/api/admin/accounts/grace/role"),
    ("POST", "/api/admin/invitations"),
    ("PATCH", "/api/account"),
    ("POST", "/api/account/password"),
    ("POST", "/api/account/delete"),
    ("POST", "/api/account/totp"),
    ("POST", "/api/account/totp/confirm"),
    ("POST", "/api/account/totp/remove"),
    ("POST", "/api/account/recovery-codes"),
    ("POST", "/api/account/passkeys"),
    ("POST", "/api/account/passkeys/begin"),
    ("POST", "/api/account/passkeys/1"),
    ("POST", "/api/account/passkeys/1/delete"),
    ("POST", "/api/authorizer"),
];

fuzz_target!(|text: &str| {
    let body = People::fill(text);
    if body.is_empty() {
        return;
    }
    let object = serde_json::from_str::<Map<String, Value>>(&body).ok();
    for (method, path) in METHODS {
        let response = People::trusted().send_body(method, path, &body);
        let answer: Value = match response.body().is_empty() {
            true => Value::Null,
            false => serde_json::from_slice(response.body()).expect("it was checked"),
        };
        let status = response.status().as_u16();
        match &object {
            None => assert!((400..500).contains(&status), "{path}: {status} for what is no object"),
            Some(object) => {
                assert_ne!(answer["code"], "malformed_json", "{path}");
                if (200..300).contains(&status) {
                    accepted(path, object, &answer);
                }
            }
        }
    }
});

/// Checks that the server took exactly what was sent, in its normalised form.
fn accepted(path: &str, object: &Map<String, Value>, answer: &Value) {
    let sent = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
    match path {
        "/api/signup" => {
            assert_eq!(answer["user"]["username"], Username::parse(sent("username")).expect("taken").as_str());
            let name = DisplayName::parse(sent("name")).expect("taken");
            assert_eq!(answer["user"]["name"], name.as_str());
            assert_eq!(DisplayName::parse(name.as_str()), Ok(name), "what is stored reads again as it is");
        }
        "/api/messages" => {
            let text = MessageText::parse(sent("text")).expect("taken");
            assert_eq!(answer["message"]["text"], text.as_str());
            assert_eq!(MessageText::parse(text.as_str()), Ok(text), "what is stored reads again as it is");
        }
        "/api/login" => {
            assert_eq!(sent("password"), PASSWORD);
            assert_eq!(answer["refresh_token"].is_string(), sent("refresh_token_in") == "body");
        }
        "/api/session/refresh" => assert_eq!(sent("refresh_token"), People::refresh_token()),
        "/api/account/password" => assert_eq!(sent("current_password"), PASSWORD),
        "/api/account/delete" | "/api/account/totp" | "/api/account/recovery-codes" | "/api/account/passkeys/begin" => {
            assert_eq!(sent("password"), PASSWORD);
        }
        "/api/account" => {
            let name = DisplayName::parse_new(sent("name")).expect("taken");
            assert_eq!(answer["user"]["name"], name.as_str());
        }
        "/api/messages/2/report" | "/api/moderation/accounts/grace/suspension" => {
            assert!(Reason::parse(sent("reason")).is_ok());
        }
        "/api/moderation/reports/1/resolve" => {
            let is_suspended = sent("action") == "suspend" && Reason::parse(sent("reason")).is_ok();
            assert!(is_suspended || ["remove", "dismiss"].contains(&sent("action")));
        }
        "/api/admin/accounts/grace/role" => assert!(Role::parse(sent("role")).is_ok()),
        "/api/admin/invitations" => {
            let seconds = object.get("expires_in_seconds").and_then(Value::as_f64);
            assert!(seconds.is_none_or(|seconds| (1.0..=2_592_000.0).contains(&seconds)));
        }
        // Nobody here has a second factor, recovery codes or a passkey.
        _ => panic!("{path} takes what bears no token: {USERNAME}"),
    }
}
