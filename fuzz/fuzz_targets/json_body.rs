//! Request bodies, sent to every endpoint that takes one.
#![no_main]

use domain::{DisplayName, MessageText, Username};
use fuzz::{PASSWORD, People, USERNAME};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

const PATHS: [&str; 13] = [
    "/api/signup",
    "/api/login",
    "/api/login/code",
    "/api/recovery",
    "/api/session/refresh",
    "/api/messages",
    "/api/account/password",
    "/api/account/delete",
    "/api/account/totp",
    "/api/account/totp/confirm",
    "/api/account/totp/remove",
    "/api/account/recovery-codes",
    "/api/authorizer",
];

fuzz_target!(|text: &str| {
    let body = People::fill(text);
    if body.is_empty() {
        return;
    }
    let object = serde_json::from_str::<Map<String, Value>>(&body).ok();
    for path in PATHS {
        let response = People::trusted().post(path, &body);
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
        "/api/account/delete" | "/api/account/totp" | "/api/account/recovery-codes" => {
            assert_eq!(sent("password"), PASSWORD);
        }
        // Nobody here has a second factor or recovery codes.
        _ => panic!("{path} takes what bears no token: {USERNAME}"),
    }
}
