//! `/api/messages`: the board.

mod list;
mod post;

use bytes::Bytes;
use http::{Method, Request, Response};

use crate::gateway::{Access, Resource, answer};
use crate::log::rfc3339;
use crate::ports::{Authorizer, Platform};
use crate::store::records::MessageRecord;

const PATH: &str = "/api/messages";
const RESOURCES: &[Resource] =
    &[Resource { path: PATH, methods: &[(Method::GET, Access::Public), (Method::POST, Access::Guarded)] }];

/// Answers any request for the component `messages`.
pub async fn handle<P: Platform + Authorizer>(ports: &P, request: Request<Bytes>) -> Response<Bytes> {
    answer(ports, ports, "messages", RESOURCES, request, async |call, incoming| match incoming.parts.method {
        Method::POST => post::post(call, incoming).await,
        _ => list::list(call, incoming).await,
    })
    .await
}

/// A stored message as the API shows it. Its id is its position on the board.
fn shown(position: u64, record: MessageRecord) -> wire::Message {
    wire::Message {
        id: position.to_string(),
        author: wire::User { username: record.author, name: record.name },
        text: record.text,
        created_at: rfc3339(record.created_at_ms),
    }
}
