//! `/api/messages`: the board.

mod delete;
mod list;
mod post;

use bytes::Bytes;
use http::{Request, Response};

use domain::Quota;

use super::table::{MESSAGES, Messages};
use crate::board::Message;
use crate::context::log::rfc3339;
use crate::context::platform::{Authorizer, Platform};
use crate::context::settings::{SettingError, Variables};
use crate::http::gateway::{self, answer};

/// Who is shown as the author of a message whose account is gone.
const DELETED_USER: &str = "deleted user";

struct Settings {
    posts: Option<Quota>,
}

type Call<'a, P> = gateway::Call<'a, P, Settings, Messages>;

fn read(variables: &Variables<'_>) -> Result<Settings, SettingError> {
    Ok(Settings { posts: variables.posts()? })
}

/// Answers any request for the component `messages`.
pub async fn handle<P: Platform + Authorizer>(platform: &P, request: Request<Bytes>) -> Response<Bytes> {
    answer(platform, platform, &MESSAGES, read, request, async |call| match call.endpoint {
        Messages::List => list::list(call).await,
        Messages::Post => post::post(call).await,
        Messages::Delete => delete::delete(call).await,
    })
    .await
}

/// A message as the API shows it. Its id is its position on the board.
fn shown(Message { position, record }: Message) -> wire::Message {
    wire::Message {
        id: position.to_string(),
        author: match record.author {
            Some(username) => wire::Author { username: Some(username), name: record.name },
            None => wire::Author { username: None, name: DELETED_USER.to_owned() },
        },
        text: record.text,
        created_at: rfc3339(record.created_at_ms),
    }
}
