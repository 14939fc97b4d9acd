//! `/api/messages`: the board.

use bytes::Bytes;
use domain::{ACTION_DELETE_MESSAGE, Cursor, MessageArn, MessageText, Quota, Username};
use http::header::{CACHE_CONTROL, CONTENT_ENCODING, ETAG, LOCATION, VARY};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use rules::{PAGE_DEFAULT_MESSAGES, PAGE_MAX_MESSAGES};
use wire::{MessageResponse, fields};

use super::table::{MESSAGES, Messages};
use crate::board::{Added, Body, PageRequest};
use crate::context::{Authorizer, Event, Level, Platform, SettingError, Variables};
use crate::http::body::Fields;
use crate::http::gateway::{self, answer};
use crate::http::problem::ApiError;
use crate::http::query::Query;
use crate::http::reply::{Reply, empty, json, json_bytes, set};
use crate::http::{encoding, etag, idempotency_key};

/// Caches may keep the answer, and have to revalidate it each time.
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");
/// The gateway adds headers for other origins.
const BY_ENCODING_AND_ORIGIN: HeaderValue = HeaderValue::from_static("Accept-Encoding, Origin");

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
        Messages::List => call.list().await,
        Messages::Post => call.post().await,
        Messages::Show => call.show().await,
        Messages::Delete => call.delete().await,
    })
    .await
}

impl<P: Platform> Call<'_, P> {
    async fn list(self) -> Result<Reply, ApiError> {
        let page = self.context.messages(&parse(self.incoming.query())?).await?;
        revalidated(self.incoming.headers(), page)
    }

    async fn show(self) -> Result<Reply, ApiError> {
        let position = self.incoming.position().ok_or(ApiError::NotFound)?;
        self.incoming.query().finish()?;
        let message = self.context.message(position).await?.ok_or(ApiError::NotFound)?;
        revalidated(self.incoming.headers(), message)
    }

    async fn post(self) -> Result<Reply, ApiError> {
        let author = self.incoming.principal()?;
        let mut members = Fields::parse(&self.incoming.body)?;
        let text = members.required(fields::TEXT, |raw| MessageText::parse(&raw));
        let text = members.finish(text)?;
        let key = idempotency_key::of(self.incoming.headers())?;
        self.context.count_post(self.settings.posts, &author.username).await?;
        let added = self.context.add_message(&author.username, &author.name, text, key.as_ref()).await?;
        let Added { position, message, is_new } = added;
        if is_new {
            let event = Event::new(Level::Info, "message_created").with("username", author.username.as_str());
            self.context.log_with_work(event.with("message", position.to_string()));
        }
        let mut reply = json(StatusCode::CREATED, &MessageResponse { message });
        set(&mut reply, LOCATION, &format!("{}/{position}", self.incoming.parts.uri.path()));
        Ok(reply)
    }

    async fn delete(self) -> Result<Reply, ApiError> {
        let who = self.incoming.principal()?;
        let position = self.incoming.position().ok_or(ApiError::NotFound)?;
        let may_delete = |message: &MessageArn| who.may(ACTION_DELETE_MESSAGE, message);
        let author = self.context.delete_message(position, may_delete).await?;
        let event = Event::new(Level::Info, "message_deleted").with("username", who.username.as_str());
        self.context.log_with_work(event.with("author", author).with("message", position.to_string()));
        Ok(empty(StatusCode::NO_CONTENT))
    }
}

/// An answer that clients ask for again with its entity tag.
fn revalidated(request: &HeaderMap, body: Body) -> Result<Reply, ApiError> {
    let is_compressed = encoding::takes_gzip(request, body.json.len());
    let tag = etag::of_digest(&body.digest, is_compressed);
    let mut reply = match (etag::is_known(request, &tag), is_compressed) {
        (true, _) => empty(StatusCode::NOT_MODIFIED),
        (false, false) => json_bytes(StatusCode::OK, body.json),
        (false, true) => {
            let mut reply = json_bytes(StatusCode::OK, encoding::gzip(&body.json)?);
            reply.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            reply
        }
    };
    set(&mut reply, ETAG, &tag);
    reply.headers_mut().insert(CACHE_CONTROL, REVALIDATE);
    reply.headers_mut().insert(VARY, BY_ENCODING_AND_ORIGIN);
    Ok(reply)
}

fn parse(mut query: Query) -> Result<PageRequest, ApiError> {
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
