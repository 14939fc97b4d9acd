//! Passkeys: `/api/login/passkey` begins a session for what a passkey has signed, and `/api/account/passkeys` is about those
//! of the caller. Each ceremony begins with a request for its options, which costs no write.

mod call;
mod confirmation;
mod login;
mod options;
mod own;
mod registration;
mod relying_party;

use bytes::Bytes;
use http::{Request, Response};

use self::call::read;
use super::table::{PASSKEYS, Passkeys};
use crate::context::{Authorizer, Platform};
use crate::http::gateway::answer;

/// Answers any request for the component `passkeys`.
pub async fn handle<P: Platform + Authorizer>(platform: &P, request: Request<Bytes>) -> Response<Bytes> {
    answer(platform, platform, &PASSKEYS, read, request, async |call| match call.endpoint {
        Passkeys::BeginLogin => call.begin_login().await,
        Passkeys::LogIn => call.log_in().await,
        Passkeys::List => call.list().await,
        Passkeys::Register => call.register().await,
        Passkeys::BeginRegistration => call.begin_registration().await,
        Passkeys::BeginConfirmation => call.begin_confirmation().await,
        Passkeys::Rename => call.rename().await,
        Passkeys::Remove => call.remove().await,
    })
    .await
}
