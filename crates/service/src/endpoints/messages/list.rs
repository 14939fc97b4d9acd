//! `GET /api/messages`: a page, newest first.

use http::header::{CACHE_CONTROL, ETAG};
use http::{HeaderValue, StatusCode};
use rules::{PAGE_DEFAULT_MESSAGES, PAGE_MAX_MESSAGES};
use wire::{MessagesResponse, fields};

use domain::{Cursor, Username};

use super::call::Call;
use super::shown::shown;
use crate::board::PageRequest;
use crate::context::platform::Platform;
use crate::http::etag;
use crate::http::problem::ApiError;
use crate::http::query::Query;
use crate::http::reply::{Reply, empty, json, set};

/// A cache may keep it, and has to ask each time whether it is still right.
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

pub(super) async fn list<P: Platform>(call: Call<'_, P>) -> Result<Reply, ApiError> {
    let page = call.context.page(&parse(call.incoming.query())?).await?;
    let next = page.next.map(|cursor| cursor.to_string());
    let messages = page.messages.into_iter().map(shown).collect();
    let mut reply = json(StatusCode::OK, &MessagesResponse { messages, next });
    let tag = etag::of(reply.body());
    if etag::is_known(call.incoming.headers(), &tag) {
        reply = empty(StatusCode::NOT_MODIFIED);
    }
    set(&mut reply, ETAG, &tag);
    reply.headers_mut().insert(CACHE_CONTROL, REVALIDATE);
    Ok(reply)
}

fn parse(query: &str) -> Result<PageRequest, ApiError> {
    let mut query = Query::parse(query);
    let author = query.take(fields::AUTHOR, Username::parse);
    let limit = query.take(fields::LIMIT, |raw| match raw.parse() {
        Ok(limit @ 1..=PAGE_MAX_MESSAGES) if raw.bytes().all(|b| b.is_ascii_digit()) => Ok(limit),
        _ => Err(format!("A whole number from 1 to {PAGE_MAX_MESSAGES}.")),
    });
    let before = query.take(fields::BEFORE, |raw| match (Cursor::parse(raw), &author) {
        (Ok(Cursor::Board(position)), None) | (Ok(Cursor::Author(position)), Some(_)) => Ok(position),
        (Ok(_), _) => Err("This cursor belongs to another list.".to_owned()),
        (Err(error), _) => Err(error.to_string()),
    });
    query.finish()?;
    Ok(PageRequest { limit: limit.unwrap_or(PAGE_DEFAULT_MESSAGES), before, author })
}
