//! `DELETE /api/messages/ID`: takes a message of one's own off the board. And what happens to all of an account's messages
//! when it is deleted.

use http::StatusCode;

use domain::Username;

use crate::call::Call;
use crate::gateway::Incoming;
use crate::log::{Event, Level};
use crate::ports::{Bucket, Platform, StoreError};
use crate::problem::Refusal;
use crate::reply::{Reply, empty};
use crate::store::gaps::{self, Found};
use crate::store::records::{self, AuthoredRecord, Gap, MessageRecord, V1};
use crate::store::{counter, keys};

pub(super) async fn delete<P: Platform>(call: &Call<'_, P>, incoming: Incoming) -> Result<Reply, Refusal> {
    let author = &incoming.principal()?.username;
    let id = incoming.id.as_deref().unwrap_or_default();
    let position = super::parse_id(id).ok_or(Refusal::NotFound)?;
    let bucket = call.bucket().await?;
    let key = keys::message(position);
    let bytes = bucket.get(&key).await?;
    let Found::Filled::<MessageRecord>(message) = gaps::decode(&key, bytes.as_deref(), position)? else {
        return Err(Refusal::NotFound);
    };
    if message.author.as_deref() != Some(author.as_str()) {
        return Err(Refusal::NotTheAuthor);
    }
    // The board first: what dies after it leaves an entry in the author's list that leads nowhere, which readers pass.
    gaps::delete(&bucket, keys::message, position).await?;
    if let Some(place) = message.place {
        gaps::delete(&bucket, |place| keys::authored(author, place), place).await?;
    }
    call.log_with_work(
        Event::new(Level::Info, "message_deleted")
            .with("username", author.as_str())
            .with("message", position.to_string()),
    );
    Ok(empty(StatusCode::NO_CONTENT))
}

/// Takes an account's name off all of its messages, the newest first. Done again, it goes on where it was broken off.
pub(crate) async fn disown_all(bucket: &impl Bucket, author: &Username) -> Result<(), StoreError> {
    let last = counter::last(bucket, &keys::author(author)).await?;
    let mut place = last;
    while place > 0 {
        place = disown(bucket, author, place).await?;
    }
    if last > 0 {
        let all = Gap { v: V1, gap_from: 1, gap_to: last };
        bucket.set(&keys::authored(author, last), &records::encode(&all)?).await?;
    }
    Ok(())
}

/// Takes an account's name off the message at a place of its list, and the place off the list; returns the next place.
pub(super) async fn disown(bucket: &impl Bucket, author: &Username, place: u64) -> Result<u64, StoreError> {
    let authored_key = keys::authored(author, place);
    let bytes = bucket.get(&authored_key).await?;
    let message = match gaps::decode::<AuthoredRecord>(&authored_key, bytes.as_deref(), place) {
        Ok(Found::Filled(authored)) => authored.message,
        Ok(Found::Nothing { next }) => return Ok(next),
        // An entry that does not read is no reason to keep an account that shall go.
        Err(_) => return Ok(place.saturating_sub(1)),
    };
    let key = keys::message(message);
    let bytes = bucket.get(&key).await?;
    if let Ok(Found::Filled::<MessageRecord>(record)) = gaps::decode(&key, bytes.as_deref(), message) {
        let record = MessageRecord { author: None, name: String::new(), place: None, ..record };
        bucket.set(&key, &records::encode(&record)?).await?;
    }
    bucket.delete(&authored_key).await?;
    Ok(place.saturating_sub(1))
}
