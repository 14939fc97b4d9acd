//! `DELETE /api/messages/:id`: takes a message of one's own off the board.

use http::StatusCode;

use super::call::Call;
use crate::board::NotDeleted;
use crate::context::log::{Event, Level};
use crate::context::platform::Platform;
use crate::http::problem::ApiError;
use crate::http::reply::{Reply, empty};

pub(super) async fn delete<P: Platform>(call: Call<'_, P>) -> Result<Reply, ApiError> {
    let author = &call.incoming.principal()?.username;
    let position = parse_id(call.incoming.parameter("id")).ok_or(ApiError::NotFound)?;
    call.context.delete_message(author, position).await.map_err(|error| match error {
        NotDeleted::Absent => ApiError::NotFound,
        NotDeleted::Foreign => ApiError::NotTheAuthor,
        NotDeleted::Store(error) => error.into(),
    })?;
    let event = Event::new(Level::Info, "message_deleted").with("username", author.as_str());
    call.context.log_with_work(event.with("message", position.to_string()));
    Ok(empty(StatusCode::NO_CONTENT))
}

/// The position of a message on the board, from its id.
fn parse_id(id: &str) -> Option<u64> {
    let canonical = id.bytes().all(|b| b.is_ascii_digit()) && !id.starts_with('0');
    id.parse().ok().filter(|_| canonical)
}
