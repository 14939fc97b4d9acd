//! What the app has of somebody, and what they may do with it.

use wire::{AccountResponse, RenameRequest};

use super::Guarded;
use crate::fetch::{Request, Response};

/// Changes the name, which messages have from then on.
pub(crate) fn rename(request: &RenameRequest) -> Guarded<AccountResponse> {
    Guarded { request: Request::new("PATCH", "/api/account").with_body(request), read: Response::json }
}
