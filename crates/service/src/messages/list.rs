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
use crate::store::gaps::{self, Found};
use crate::store::records::{AuthoredRecord, MessageRecord};
use crate::store::{counter, keys};

const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;
/// Most steps over positions without a message for one page: a poster that died leaves one, and so do messages that were
/// deleted side by side. More means that something is wrong; then the page ends early, and the next one goes on from there.
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
    let mut position = top;
    while position > 0 {
        let found = at(call, bucket, page.author.as_ref(), position).await?;
        let is_filled = matches!(found, Found::Filled(_));
        // One more than the page takes is looked for, so that a last page is known to be the last.
        if (is_filled && messages.len() == page.limit) || gaps == MAX_GAPS {
            next = Some(if page.author.is_some() { Cursor::Author(lowest) } else { Cursor::Board(lowest) });
            break;
        }
        let below = match found {
            Found::Filled(message) => {
                messages.push(message);
                position - 1
            }
            Found::Nothing { next } => {
                gaps += 1;
                next
            }
        };
        if is_filled || messages.len() < page.limit {
            lowest = below + 1;
        }
        position = below;
    }
    Ok(MessagesResponse { messages, next: next.map(|cursor| cursor.to_string()) })
}

/// The message at a position of the list, unless there is none.
async fn at<P: Platform>(
    call: &Call<'_, P>,
    bucket: &impl Bucket,
    author: Option<&Username>,
    position: u64,
) -> Result<Found<Message>, StoreError> {
    let on_board = match author {
        None => position,
        Some(author) => {
            let key = keys::authored(author, position);
            match read_or_pass::<AuthoredRecord, P>(call, bucket, &key, position).await? {
                Found::Filled(authored) => authored.message,
                Found::Nothing { next } => return Ok(Found::Nothing { next }),
            }
        }
    };
    let key = keys::message(on_board);
    Ok(match read_or_pass::<MessageRecord, P>(call, bucket, &key, on_board).await? {
        Found::Filled(record) => Found::Filled(shown(on_board, record)),
        Found::Nothing { next } if author.is_none() => Found::Nothing { next },
        Found::Nothing { .. } => Found::Nothing { next: position - 1 },
    })
}

/// An entry of the list. One that does not read is logged and passed over, or it would take the whole board down.
async fn read_or_pass<T: DeserializeOwned, P: Platform>(
    call: &Call<'_, P>,
    bucket: &impl Bucket,
    key: &str,
    position: u64,
) -> Result<Found<T>, StoreError> {
    let bytes = bucket.get(key).await?;
    gaps::decode(key, bytes.as_deref(), position).or_else(|error| {
        call.log(Event::new(Level::Error, "record_unreadable").with("error", error.to_string()));
        Ok(Found::Nothing { next: position.saturating_sub(1) })
    })
}
