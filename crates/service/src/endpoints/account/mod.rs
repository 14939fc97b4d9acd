//! One's own account: `/api/account`, `/api/sessions` and `POST /api/logout`. All of it is guarded, and what can't be undone asks
//! for the password again.

mod call;
mod deletion;
mod owner;
mod password;
mod sessions;
mod show;

use bytes::Bytes;
use http::{Request, Response};

use super::table::{ACCOUNT, Account};
use crate::context::platform::{Authorizer, Platform};
use crate::http::gateway::answer;

use self::call::read;

/// Answers any request for the component `account`.
pub async fn handle<P: Platform + Authorizer>(platform: &P, request: Request<Bytes>) -> Response<Bytes> {
    answer(platform, platform, &ACCOUNT, read, request, async |call| match call.endpoint {
        Account::LogOut => sessions::log_out(call).await,
        Account::ListSessions => sessions::list(call).await,
        Account::EndSessions => sessions::end_all(call).await,
        Account::EndSession => sessions::end_one(call).await,
        Account::Show => show::show(call).await,
        Account::ChangePassword => password::change(call).await,
        Account::Delete => deletion::delete(call).await,
    })
    .await
}
