//! Passkeys. What the browser has to be given, and what it gives, is passed on as it is.

use wasm_bindgen::JsValue;
use wire::{LoginResponse, PasskeysResponse, RenameRequest};

use super::security::PasswordAndCode;
use super::{Guarded, nothing, send, with_answer};
use crate::api_error::ApiError;
use crate::fetch::{Request, Response};

/// The options with which a passkey signs for a login.
pub(crate) async fn begin_login() -> Result<JsValue, ApiError> {
    options(&send(&Request::new("POST", "/api/login/passkey/begin"), None).await?)
}

/// Begins a session, for what a passkey has signed.
pub(crate) async fn log_in(credential: &str) -> Result<LoginResponse, ApiError> {
    let body = format!(r#"{{"credential":{credential}}}"#);
    send(&Request::new("POST", "/api/login/passkey").with_json(body), None).await?.json()
}

/// The passkeys of the account.
pub(crate) fn all() -> Guarded<PasskeysResponse> {
    with_answer("/api/account/passkeys".to_owned())
}

/// The options with which the browser makes a passkey. `code` is for accounts with a second factor.
pub(crate) fn begin_registration(password: &str, code: Option<&str>) -> Guarded<JsValue> {
    Guarded {
        request: Request::post("/api/account/passkeys/begin", &PasswordAndCode { password, code }),
        read: options,
    }
}

/// Adds a passkey that the browser has made.
pub(crate) fn register(name: &str, credential: &str) -> Guarded<()> {
    let name = serde_json::to_string(name).unwrap_or_default();
    let body = format!(r#"{{"name":{name},"credential":{credential}}}"#);
    Guarded { request: Request::new("POST", "/api/account/passkeys").with_json(body), read: nothing }
}

/// Gives a passkey another name.
pub(crate) fn rename(id: &str, name: &str) -> Guarded<()> {
    let name = RenameRequest { name: name.to_owned() };
    Guarded { request: Request::post(format!("/api/account/passkeys/{id}"), &name), read: nothing }
}

/// Removes a passkey from the account.
pub(crate) fn remove(id: &str, password: &str) -> Guarded<()> {
    let proof = PasswordAndCode { password, code: None };
    Guarded { request: Request::post(format!("/api/account/passkeys/{id}/delete"), &proof), read: nothing }
}

fn options(response: &Response) -> Result<JsValue, ApiError> {
    response.member("options")
}
