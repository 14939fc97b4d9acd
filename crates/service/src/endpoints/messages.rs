//! `/api/messages`: the board.

use bytes::Bytes;
use domain::{ACTION_DELETE_MESSAGE, Cursor, MessageArn, MessageText, Quota, Username};
use http::header::{CACHE_CONTROL, CONTENT_ENCODING, ETAG, LOCATION, VARY};
use http::{HeaderValue, Request, Response, StatusCode};
use rules::{PAGE_DEFAULT_MESSAGES, PAGE_MAX_MESSAGES};
use wire::{MessageResponse, fields};

use super::table::{MESSAGES, Messages};
use crate::board::{Added, PageRequest};
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
        Messages::Delete => call.delete().await,
    })
    .await
}

impl<P: Platform> Call<'_, P> {
    async fn list(self) -> Result<Reply, ApiError> {
        let page = self.context.messages(&parse(self.incoming.query())?).await?;
        let request = self.incoming.headers();
        let is_compressed = encoding::takes_gzip(request, page.json.len());
        let tag = etag::of_digest(&page.digest, is_compressed);
        let mut reply = match (etag::is_known(request, &tag), is_compressed) {
            (true, _) => empty(StatusCode::NOT_MODIFIED),
            (false, false) => json_bytes(StatusCode::OK, page.json),
            (false, true) => {
                let mut reply = json_bytes(StatusCode::OK, encoding::gzip(&page.json)?);
                reply.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                reply
            }
        };
        set(&mut reply, ETAG, &tag);
        reply.headers_mut().insert(CACHE_CONTROL, REVALIDATE);
        reply.headers_mut().insert(VARY, BY_ENCODING_AND_ORIGIN);
        Ok(reply)
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
        // The address of the page that begins with this message.
        let before = Cursor::Board(position.saturating_add(1));
        set(&mut reply, LOCATION, &format!("{}?before={before}&limit=1", self.incoming.parts.uri.path()));
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
