//! What the app has of somebody, and what they may do with it.

use wire::{AccountResponse, ActivityResponse, RenameRequest};

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
