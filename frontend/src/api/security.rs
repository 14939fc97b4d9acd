//! What keeps an account safe: the second factor, recovery codes, and a new password for somebody who has forgotten theirs.

use serde::Serialize;
use wire::{RecoveryCodesResponse, TotpResponse};

use super::{Code, Guarded, nothing, send};
use crate::api_error::ApiError;
use crate::fetch::{Request, Response};

/// What an owner of an account proves to be its owner by. Where a login asks for a code, so does most of what is asked here.
#[derive(Serialize)]
pub(super) struct PasswordAndCode<'a> {
    pub(super) password: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<&'a str>,
}

#[derive(Serialize)]
struct Recover<'a> {
    username: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<&'a str>,
    new_password: &'a str,
}

/// Makes a key for an authenticator app. It does nothing until it is confirmed.
pub(crate) fn begin_totp(password: &str) -> Guarded<TotpResponse> {
    let proof = PasswordAndCode { password, code: None };
    Guarded { request: Request::post("/api/account/totp", &proof), read: Response::json }
}

/// Asks for codes of the app from now on.
pub(crate) fn confirm_totp(ticket: &str, code: &str) -> Guarded<()> {
    Guarded { request: Request::post("/api/account/totp/confirm", &Code { ticket, code }), read: nothing }
}

/// Asks for no codes any longer.
pub(crate) fn end_totp(password: &str, code: &str) -> Guarded<()> {
    Guarded {
        request: Request::post("/api/account/totp/remove", &PasswordAndCode { password, code: Some(code) }),
        read: nothing,
    }
}

/// Makes recovery codes, in the place of those that there were. Where a login asks for a code, so does this.
pub(crate) fn make_recovery_codes(password: &str, code: Option<&str>) -> Guarded<RecoveryCodesResponse> {
    let request = Request::post("/api/account/recovery-codes", &PasswordAndCode { password, code });
    Guarded { request, read: Response::json }
}

/// What somebody proves who has forgotten the password.
pub(crate) enum Proof {
    /// A recovery code.
    Code(String),
    /// The ticket of a reset link.
    Ticket(String),
}

/// Sets a new password.
pub(crate) async fn recover(username: &str, proof: &Proof, new_password: &str) -> Result<(), ApiError> {
    let (code, ticket) = match proof {
        Proof::Code(code) => (Some(code.as_str()), None),
        Proof::Ticket(ticket) => (None, Some(ticket.as_str())),
    };
    send(&Request::post("/api/recovery", &Recover { username, code, ticket, new_password }), None).await?;
    Ok(())
}
