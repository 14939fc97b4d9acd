//! The caller's own account: `/api/account`, `/api/sessions` and `POST /api/logout`. All methods are guarded, and those
//! that can't be undone ask for the password again; but who has forgotten it, for whom `POST /api/recovery` is, has no token.

mod call;
mod credentials;
mod data;
mod recovery;
mod second_factor;
mod sessions;

use bytes::Bytes;
use http::{Request, Response};

use self::call::read;
use super::table::{ACCOUNT, Account};
use crate::context::{Authorizer, Platform};
use crate::http::gateway::answer;

/// Answers any request for the component `account`.
pub async fn handle<P: Platform + Authorizer>(platform: &P, request: Request<Bytes>) -> Response<Bytes> {
    answer(platform, platform, &ACCOUNT, read, request, async |call| match call.endpoint {
        Account::LogOut => call.log_out().await,
        Account::ListSessions => call.list_sessions().await,
        Account::EndSessions => call.end_sessions().await,
        Account::EndSession => call.end_session().await,
        Account::Show => call.show().await,
        Account::Rename => call.rename().await,
        Account::ChangePassword => call.change_password().await,
        Account::Activity => call.activity().await,
        Account::Export => call.export().await,
        Account::DeleteMessages => call.delete_messages().await,
        Account::Delete => call.delete().await,
        Account::BeginTotp => call.begin_totp().await,
        Account::ConfirmTotp => call.confirm_totp().await,
        Account::RemoveTotp => call.remove_totp().await,
        Account::MakeRecoveryCodes => call.make_recovery_codes().await,
        Account::Recover => call.recover().await,
    })
    .await
}
