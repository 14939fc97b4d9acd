//! `/api/messages`: the board.

pub(crate) mod delete;
mod list;
mod post;

use bytes::Bytes;
use http::{Method, Request, Response};

use crate::gateway::{Access, Resource, answer};
use crate::log::rfc3339;
use crate::ports::{Authorizer, Platform};
use crate::store::records::MessageRecord;

const PATH: &str = "/api/messages";
const RESOURCES: &[Resource] = &[
    Resource { path: PATH, methods: &[(Method::GET, Access::Public), (Method::POST, Access::Guarded)] },
    Resource { path: "/api/messages/:id", methods: &[(Method::DELETE, Access::Guarded)] },
];
/// Who is shown as the author of a message whose account is gone.
const DELETED_USER: &str = "deleted user";

/// Answers any request for the component `messages`.
pub async fn handle<P: Platform + Authorizer>(ports: &P, request: Request<Bytes>) -> Response<Bytes> {
    answer(ports, ports, "messages", RESOURCES, request, async |call, incoming| match incoming.parts.method {
        Method::POST => post::post(call, incoming).await,
        Method::DELETE => delete::delete(call, incoming).await,
        _ => list::list(call, incoming).await,
    })
    .await
}

/// A stored message as the API shows it. Its id is its position on the board.
fn shown(position: u64, record: MessageRecord) -> wire::Message {
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

/// The position of a message on the board, from its id.
fn parse_id(id: &str) -> Option<u64> {
    let canonical = id.bytes().all(|b| b.is_ascii_digit()) && !id.starts_with('0');
    id.parse().ok().filter(|_| canonical)
}
