//! What the app has of somebody, and what they may do with it.

use js_sys::Object;
use wire::{AccountResponse, ActivityResponse, DeletedMessagesResponse, RenameRequest, fields};

use super::{Guarded, with_answer};
use crate::fetch::{Request, Response};

/// What has happened to the account.
pub(crate) fn activity() -> Guarded<ActivityResponse> {
    with_answer("/api/account/activity".to_owned())
}

/// Changes the name, which messages have from then on.
pub(crate) fn rename(request: &RenameRequest) -> Guarded<AccountResponse> {
    Guarded { request: Request::new("PATCH", "/api/account").with_body(request), read: Response::json }
}

/// A page of a copy of everything.
pub(crate) fn export(before: Option<&str>) -> Guarded<Object> {
    Guarded { request: Request::new("GET", page("/api/account/export", before)), read: Response::object }
}

/// Deletes a page of the messages.
pub(crate) fn delete_messages(before: Option<&str>) -> Guarded<DeletedMessagesResponse> {
    Guarded { request: Request::new("DELETE", page("/api/account/messages", before)), read: Response::json }
}

/// The address of a page. A cursor is made by the server for a query, so that it need not be encoded.
fn page(path: &str, before: Option<&str>) -> String {
    before.map_or_else(|| path.to_owned(), |before| format!("{path}?{}={before}", fields::BEFORE))
}
