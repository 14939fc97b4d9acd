//! `POST /api/messages`: takes a message.

use http::StatusCode;
use http::header::LOCATION;
use wire::MessageResponse;

use domain::{Cursor, MessageText, TokenError};

use super::{PATH, shown};
use crate::call::Call;
use crate::credentials;
use crate::doors;
use crate::gateway::Incoming;
use crate::json::Fields;
use crate::log::{Event, Level};
use crate::ports::{Bucket, Platform};
use crate::problem::Refusal;
use crate::reply::{Reply, json, set};
use crate::store::records::{self, AuthoredRecord, MessageRecord, V1};
use crate::store::{counter, keys};

pub(super) async fn post<P: Platform>(call: &Call<'_, P>, incoming: Incoming) -> Result<Reply, Refusal> {
    let author = incoming.principal()?;
    let text = parse(&incoming.body)?;
    let bucket = call.bucket().await?;
    doors::posts(call, &bucket, &author.username).await?;
    let position = counter::next(call.ports, &bucket, keys::BOARD).await?;
    let place = counter::next(call.ports, &bucket, &keys::author(&author.username)).await?;
    // The message comes last: what dies before it leaves gaps, which readers skip, and what is on the board is in its
    // author's list.
    let authored = records::encode(&AuthoredRecord { v: V1, message: position })?;
    bucket.set(&keys::authored(&author.username, place), &authored).await?;
    let record = MessageRecord {
        v: V1,
        author: Some(author.username.to_string()),
        name: author.name.to_string(),
        text: text.into(),
        created_at_ms: call.now(),
        place: Some(place),
    };
    bucket.set(&keys::message(position), &records::encode(&record)?).await?;
    // Who deletes an account goes through the messages that there are then. This one may have come a moment later.
    if credentials::is_deleted(&bucket, &author.username).await? {
        super::delete::disown(&bucket, &author.username, place).await?;
        return Err(Refusal::InvalidToken(TokenError::SessionEnded));
    }
    call.log_with_work(
        Event::new(Level::Info, "message_created")
            .with("username", author.username.as_str())
            .with("message", position.to_string()),
    );
    let mut reply = json(StatusCode::CREATED, &MessageResponse { message: shown(position, record) })?;
    // The page that begins with it.
    let before = Cursor::Board(position.saturating_add(1));
    set(&mut reply, LOCATION, &format!("{PATH}?before={before}&limit=1"))?;
    Ok(reply)
}

fn parse(body: &[u8]) -> Result<MessageText, Refusal> {
    let mut fields = Fields::parse(body)?;
    let text = fields.required("text", |raw| MessageText::parse(&raw));
    fields.finish()?;
    text.ok_or(Refusal::Internal("a field was neither taken nor refused"))
}
