//! `GET /api/messages`: a page, newest first. It costs one read for the counter and one for each message, however many
//! messages there are; two for each in the list of one author.

use http::header::{CACHE_CONTROL, ETAG};
use http::{HeaderValue, StatusCode};
use serde::de::DeserializeOwned;
use wire::{Message, MessagesResponse};

use domain::{Cursor, Username};

use super::shown;
use crate::call::Call;
use crate::etag;
use crate::gateway::Incoming;
use crate::log::{Event, Level};
use crate::ports::{Bucket, Platform, StoreError};
use crate::problem::Refusal;
use crate::query::Query;
use crate::reply::{Reply, empty, json, set};
use crate::store::records::{AuthoredRecord, MessageRecord};
use crate::store::{counter, keys, records};

const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;
/// Most positions without a message that are passed over for one page. Only posters that died leave one, so more in a row
/// means that something is wrong; then the page ends early, and the next one goes on from there.
const MAX_GAPS: usize = 1000;
/// A cache may keep it, and has to ask each time whether it is still right.
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

struct Page {
    limit: usize,
    /// Positions below this one.
    before: Option<u64>,
    author: Option<Username>,
}

pub(super) async fn list<P: Platform>(call: &Call<'_, P>, incoming: Incoming) -> Result<Reply, Refusal> {
    let page = parse(incoming.parts.uri.query().unwrap_or_default())?;
    let bucket = call.bucket().await?;
    let mut reply = json(StatusCode::OK, &read(call, &bucket, &page).await?)?;
    let tag = etag::of(reply.body());
    if etag::is_known(&incoming.parts.headers, &tag) {
        reply = empty(StatusCode::NOT_MODIFIED);
    }
    set(&mut reply, ETAG, &tag)?;
    reply.headers_mut().insert(CACHE_CONTROL, REVALIDATE);
    Ok(reply)
}

fn parse(query: &str) -> Result<Page, Refusal> {
    let mut query = Query::parse(query);
    let author = query.take("author", Username::parse);
    let limit = query.take("limit", |raw| match raw.parse() {
        Ok(limit @ 1..=MAX_LIMIT) if raw.bytes().all(|b| b.is_ascii_digit()) => Ok(limit),
        _ => Err("A whole number from 1 to 100."),
    });
    let before = query.take("before", |raw| match (Cursor::parse(raw), &author) {
        (Ok(Cursor::Board(position)), None) | (Ok(Cursor::Author(position)), Some(_)) => Ok(position),
        (Ok(_), _) => Err("This cursor belongs to another list.".to_owned()),
        (Err(error), _) => Err(error.to_string()),
    });
    query.finish()?;
    Ok(Page { limit: limit.unwrap_or(DEFAULT_LIMIT), before, author })
}

async fn read<P: Platform>(
    call: &Call<'_, P>,
    bucket: &impl Bucket,
    page: &Page,
) -> Result<MessagesResponse, StoreError> {
    let counter_key = page.author.as_ref().map_or_else(|| keys::BOARD.to_owned(), keys::author);
    let last = counter::last(bucket, &counter_key).await?;
    let top = page.before.map_or(last, |before| last.min(before - 1));
    let mut messages: Vec<Message> = Vec::with_capacity(page.limit.min(MAX_LIMIT));
    let (mut lowest, mut gaps) = (top + 1, 0);
    let mut next = None;
    for position in (1..=top).rev() {
        let found = at(call, bucket, page.author.as_ref(), position).await?;
        // One more than the page takes is looked for, so that a last page is known to be the last.
        if (found.is_some() && messages.len() == page.limit) || gaps == MAX_GAPS {
            next = Some(if page.author.is_some() { Cursor::Author(lowest) } else { Cursor::Board(lowest) });
            break;
        }
        match found {
            Some(message) => {
                messages.push(message);
                lowest = position;
            }
            None => {
                gaps += 1;
                if messages.len() < page.limit {
                    lowest = position;
                }
            }
        }
    }
    Ok(MessagesResponse { messages, next: next.map(|cursor| cursor.to_string()) })
}

/// The message at a position of the list, unless there is a gap.
async fn at<P: Platform>(
    call: &Call<'_, P>,
    bucket: &impl Bucket,
    author: Option<&Username>,
    position: u64,
) -> Result<Option<Message>, StoreError> {
    let position = match author {
        None => position,
        Some(author) => {
            match read_or_gap::<AuthoredRecord, P>(call, bucket, &keys::authored(author, position)).await? {
                Some(authored) => authored.message,
                None => return Ok(None),
            }
        }
    };
    let record: Option<MessageRecord> = read_or_gap(call, bucket, &keys::message(position)).await?;
    Ok(record.map(|record| shown(position, record)))
}

/// A record of the list. One that does not read is logged and passed over, or it would take the whole board down.
async fn read_or_gap<T: DeserializeOwned, P: Platform>(
    call: &Call<'_, P>,
    bucket: &impl Bucket,
    key: &str,
) -> Result<Option<T>, StoreError> {
    let Some(bytes) = bucket.get(key).await? else { return Ok(None) };
    match records::decode(key, &bytes) {
        Ok(record) => Ok(Some(record)),
        Err(error) => {
            call.log(Event::new(Level::Error, "record_unreadable").with("error", error.to_string()));
            Ok(None)
        }
    }
}
