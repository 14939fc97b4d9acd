//! What members report, and what moderators and admins do.

use serde::Serialize;
use wire::{AdminAccountResponse, InvitationResponse, ReportsResponse, ResetLinkResponse, SuspensionResponse, fields};

use super::{Guarded, nothing, with_answer, without_answer};
use crate::fetch::{Request, Response};

#[derive(Serialize)]
struct Reason<'a> {
    reason: &'a str,
}

#[derive(Serialize)]
struct Suspend<'a> {
    reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<&'a str>,
}

#[derive(Serialize)]
struct Resolve<'a> {
    action: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<&'a str>,
}

#[derive(Serialize)]
struct SetRole<'a> {
    role: &'a str,
}

#[derive(Serialize)]
struct Empty {}

/// Reports a message to those who look after the board.
pub(crate) fn report(message: &str, reason: &str) -> Guarded<()> {
    let request = Request::post(format!("/api/messages/{message}/report"), &Reason { reason });
    Guarded { request, read: nothing }
}

/// The newest reports that nobody has resolved, or those before a cursor.
pub(crate) fn reports(before: Option<&str>) -> Guarded<ReportsResponse> {
    let query = before.map(|before| format!("?{}={before}", fields::BEFORE)).unwrap_or_default();
    with_answer(format!("/api/moderation/reports{query}"))
}

/// Resolves a report. `suspension` is a reason, and an end if it has one.
pub(crate) fn resolve(report: &str, action: &str, suspension: Option<(&str, Option<&str>)>) -> Guarded<()> {
    let (reason, until) = suspension.map_or((None, None), |(reason, until)| (Some(reason), until));
    let path = format!("/api/moderation/reports/{report}/resolve");
    Guarded { request: Request::post(path, &Resolve { action, reason, until }), read: nothing }
}

/// Whether an account may be suspended, and whether it is.
pub(crate) fn suspension_of(username: &str) -> Guarded<SuspensionResponse> {
    with_answer(path_of_suspension(username))
}

/// Suspends an account, until a time or without an end.
pub(crate) fn suspend(username: &str, reason: &str, until: Option<&str>) -> Guarded<()> {
    let request = Request::new("PUT", path_of_suspension(username)).with_body(&Suspend { reason, until });
    Guarded { request, read: nothing }
}

/// Ends a suspension.
pub(crate) fn lift(username: &str) -> Guarded<()> {
    without_answer("DELETE", path_of_suspension(username))
}

/// What admins see of an account.
pub(crate) fn account_of(username: &str) -> Guarded<AdminAccountResponse> {
    with_answer(format!("/api/admin/accounts/{username}"))
}

/// Gives an account a role.
pub(crate) fn set_role(username: &str, role: &str) -> Guarded<()> {
    let request = Request::new("PUT", format!("/api/admin/accounts/{username}/role")).with_body(&SetRole { role });
    Guarded { request, read: nothing }
}

/// Ends all sessions of an account.
pub(crate) fn end_sessions_of(username: &str) -> Guarded<()> {
    without_answer("DELETE", format!("/api/admin/accounts/{username}/sessions"))
}

/// Makes a ticket by which somebody sets a new password.
pub(crate) fn reset_link(username: &str) -> Guarded<ResetLinkResponse> {
    let request = Request::post(format!("/api/admin/accounts/{username}/reset-link"), &Empty {});
    Guarded { request, read: Response::json }
}

/// Makes an invitation.
pub(crate) fn invite() -> Guarded<InvitationResponse> {
    Guarded { request: Request::post("/api/admin/invitations", &Empty {}), read: Response::json }
}

fn path_of_suspension(username: &str) -> String {
    format!("/api/moderation/accounts/{username}/suspension")
}
