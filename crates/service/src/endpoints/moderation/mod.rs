//! Looking after the board and its accounts: reports, suspensions, roles, reset links and invitations. All methods are
//! guarded, and most are for moderators or for admins alone.

mod accounts;
mod call;
mod invitations;
mod reports;

use bytes::Bytes;
use http::{Request, Response};

use self::call::read;
use super::table::{MODERATION, Moderation};
use crate::context::{Authorizer, Platform};
use crate::http::gateway::answer;

/// Answers any request for the component `moderation`.
pub async fn handle<P: Platform + Authorizer>(platform: &P, request: Request<Bytes>) -> Response<Bytes> {
    answer(platform, platform, &MODERATION, read, request, async |call| match call.endpoint {
        Moderation::Report => call.report().await,
        Moderation::ListReports => call.list_reports().await,
        Moderation::Resolve => call.resolve().await,
        Moderation::ShowSuspension => call.show_suspension().await,
        Moderation::Suspend => call.suspend_account().await,
        Moderation::Lift => call.lift().await,
        Moderation::ShowAccount => call.show_account().await,
        Moderation::SetRole => call.set_role().await,
        Moderation::EndSessions => call.end_sessions().await,
        Moderation::ResetLink => call.make_reset_link().await,
        Moderation::Invite => call.invite().await,
    })
    .await
}
