//! `POST /api/messages`: takes a message.

use http::StatusCode;
use http::header::LOCATION;
use wire::{MessageResponse, fields};

use domain::{Cursor, MessageText, TokenError};

use super::call::Call;
use super::shown::shown;
use crate::board::NotPosted;
use crate::context::log::{Event, Level};
use crate::context::platform::Platform;
use crate::http::body::Fields;
use crate::http::problem::ApiError;
use crate::http::reply::{Reply, json, set};

pub(super) async fn post<P: Platform>(call: Call<'_, P>) -> Result<Reply, ApiError> {
    let author = call.incoming.principal()?;
    let mut members = Fields::parse(&call.incoming.body)?;
    let text = members.required(fields::TEXT, |raw| MessageText::parse(&raw));
    let text = members.finish(text)?;
    call.context.count_post(call.settings.posts, &author.username).await?;
    let added = call.context.add_message(&author.username, &author.name, text).await;
    let message = added.map_err(|error| match error {
        NotPosted::AuthorDeleted => ApiError::InvalidToken(TokenError::SessionEnded),
        NotPosted::Store(error) => error.into(),
    })?;
    let position = message.position;
    let event = Event::new(Level::Info, "message_created").with("username", author.username.as_str());
    call.context.log_with_work(event.with("message", position.to_string()));
    let mut reply = json(StatusCode::CREATED, &MessageResponse { message: shown(message) });
    // The page that begins with it.
    let before = Cursor::Board(position.saturating_add(1));
    set(&mut reply, LOCATION, &format!("{}?before={before}&limit=1", call.incoming.parts.uri.path()));
    Ok(reply)
}
