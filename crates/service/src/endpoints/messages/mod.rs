//! `/api/messages`: the board.

mod call;
mod delete;
mod list;
mod post;
mod shown;

use bytes::Bytes;
use http::{Request, Response};

use super::table::{MESSAGES, Messages};
use crate::context::platform::{Authorizer, Platform};
use crate::http::gateway::answer;

use self::call::read;

/// Answers any request for the component `messages`.
pub async fn handle<P: Platform + Authorizer>(platform: &P, request: Request<Bytes>) -> Response<Bytes> {
    answer(platform, platform, &MESSAGES, read, request, async |call| match call.endpoint {
        Messages::List => list::list(call).await,
        Messages::Post => post::post(call).await,
        Messages::Delete => delete::delete(call).await,
    })
    .await
}
