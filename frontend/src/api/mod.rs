//! Every operation of the API that the site uses: one function each, with the types of `wire`. No other module knows a path
//! or a method, or reads an answer.
//!
//! A function for what anybody may ask sends the request itself. What needs an access token is returned as a [`Guarded`]
//! and sent by `refresh`, which gets the next token when the server refuses the present one.

pub(crate) mod moderation;
pub(crate) mod own_data;
pub(crate) mod passkeys;
pub(crate) mod security;

use std::time::Duration;

use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use wire::{
    AccountResponse, ChangePasswordRequest, CodeNeededResponse, DeleteAccountRequest, LoginRequest, LoginResponse,
    Message, MessageResponse, MessagesResponse, PostMessageRequest, ProblemCode, SessionsResponse, fields,
};

use crate::api_error::ApiError;
use crate::browser::pause;
use crate::fetch::{Request, Response};

/// A refresh takes less time than other requests: should its answer be lost, the server takes the same cookie again for
/// ten seconds, and after them once a day.
const REFRESH_TIMEOUT: Duration = Duration::from_secs(6);

/// The same request may still be under way. So often it is sent again, when the server says so and when to.
const TRIES_UNDER_WAY: u32 = 5;
/// The longest pause before that.
const LONGEST_PAUSE_S: u64 = 10;

/// A page of messages and the entity tag to ask for it again with.
pub(crate) struct Page {
    pub(crate) messages: MessagesResponse,
    pub(crate) etag: Option<String>,
}

/// A sign-up, with an invitation if somebody has one.
#[derive(Serialize)]
pub(crate) struct SignUp<'a> {
    pub(crate) username: &'a str,
    pub(crate) password: &'a str,
    pub(crate) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) invitation: Option<&'a str>,
}

/// Makes an account, without a session.
pub(crate) async fn sign_up(request: &SignUp<'_>) -> Result<(), ApiError> {
    // The response repeats what was sent. That it is JSON tells that it comes from the API.
    let IgnoredAny = send(&Request::post("/api/signup", request), None).await?.json()?;
    Ok(())
}

/// What a login leads to.
pub(crate) enum Entry {
    /// A session has begun.
    Session(Box<LoginResponse>),
    /// The password was right, and a code is missing. It is sent with this ticket.
    CodeNeeded(String),
}

/// Begins a session, unless the account asks for a code as well.
pub(crate) async fn log_in(request: &LoginRequest) -> Result<Entry, ApiError> {
    let response = send(&Request::post("/api/login", request), None).await?;
    if response.is_accepted() {
        return response.json().map(|needed: CodeNeededResponse| Entry::CodeNeeded(needed.ticket));
    }
    response.json().map(|login| Entry::Session(Box::new(login)))
}

/// A code, and what an answer before has given out for it.
#[derive(Serialize)]
pub(crate) struct Code<'a> {
    pub(crate) ticket: &'a str,
    pub(crate) code: &'a str,
}

/// Begins the session that a right password has prepared.
pub(crate) async fn log_in_with_code(code: &Code<'_>) -> Result<LoginResponse, ApiError> {
    send(&Request::post("/api/login/code", code), None).await?.json()
}

/// Continues the session of the cookie, which no script can read. A refusal comes with the seconds to wait, if the server
/// says so.
pub(crate) async fn refresh() -> Result<LoginResponse, (ApiError, Option<u64>)> {
    let request = Request::new("POST", "/api/session/refresh").with_timeout(REFRESH_TIMEOUT);
    let response = request.send(&[]).await.map_err(|error| (error, None))?;
    response.check().and_then(|()| response.json()).map_err(|error| (error, response.retry_after_s()))
}

/// The newest messages of everybody or of one author, or those before a cursor. None if they are still those of the tag.
pub(crate) async fn messages(
    author: Option<&str>,
    before: Option<&str>,
    limit: Option<&str>,
    etag: Option<&str>,
) -> Result<Option<Page>, ApiError> {
    // None needs to be encoded: an author has passed `rules::stored_username`, and a cursor is made by the server for a query.
    let parameters = [(fields::AUTHOR, author), (fields::BEFORE, before), (fields::LIMIT, limit)];
    let parameters: Vec<_> =
        parameters.into_iter().filter_map(|(key, value)| value.map(|value| format!("{key}={value}"))).collect();
    let query = if parameters.is_empty() { String::new() } else { format!("?{}", parameters.join("&")) };
    let Some(response) = unless_known(format!("/api/messages{query}"), etag).await? else { return Ok(None) };
    Ok(Some(Page { messages: response.json()?, etag: response.etag() }))
}

/// One message as a page, which is empty if there is no such message. None if it is still that of the tag.
pub(crate) async fn message(id: &str, etag: Option<&str>) -> Result<Option<Page>, ApiError> {
    let (messages, etag) = match unless_known(format!("/api/messages/{id}"), etag).await {
        Ok(None) => return Ok(None),
        Ok(Some(response)) => (vec![response.json::<MessageResponse>()?.message], response.etag()),
        Err(refusal) if refusal.code() == Some(ProblemCode::NotFound) => (Vec::new(), None),
        Err(refusal) => return Err(refusal),
    };
    Ok(Some(Page { messages: MessagesResponse { messages, next: None, author: None }, etag }))
}

/// What is at a path. None if it is still that of the tag.
async fn unless_known(path: String, etag: Option<&str>) -> Result<Option<Response>, ApiError> {
    let headers: Vec<_> = etag.map(|etag| ("if-none-match", etag)).into_iter().collect();
    let response = Request::new("GET", path).send(&headers).await?;
    if response.is_not_modified() {
        return Ok(None);
    }
    response.check()?;
    Ok(Some(response))
}

/// A request that needs an access token, and how the response to it is read.
pub(crate) struct Guarded<T> {
    pub(crate) request: Request,
    pub(crate) read: fn(&Response) -> Result<T, ApiError>,
}

/// Posts a message, and once only if it is sent again with the same key.
pub(crate) fn post_message(request: &PostMessageRequest, key: Option<String>) -> Guarded<Message> {
    let read = |response: &Response| response.json().map(|body: MessageResponse| body.message);
    Guarded { request: Request::post("/api/messages", request).with_idempotency_key(key), read }
}

/// Deletes a message of one's own.
pub(crate) fn delete_message(id: &str) -> Guarded<()> {
    without_answer("DELETE", format!("/api/messages/{id}"))
}

/// The account of whoever is logged in.
pub(crate) fn account() -> Guarded<AccountResponse> {
    with_answer("/api/account".to_owned())
}

/// Changes the password, and ends all other sessions.
pub(crate) fn change_password(request: &ChangePasswordRequest) -> Guarded<()> {
    Guarded { request: Request::post("/api/account/password", request), read: nothing }
}

/// Deletes the account for good.
pub(crate) fn delete_account(request: &DeleteAccountRequest) -> Guarded<()> {
    Guarded { request: Request::post("/api/account/delete", request), read: nothing }
}

/// The sessions of the account, this one among them.
pub(crate) fn sessions() -> Guarded<SessionsResponse> {
    with_answer("/api/sessions".to_owned())
}

/// Ends one session of the account.
pub(crate) fn end_session(id: &str) -> Guarded<()> {
    without_answer("DELETE", format!("/api/sessions/{id}"))
}

/// Ends all sessions of the account, this one too.
pub(crate) fn end_all_sessions() -> Guarded<()> {
    without_answer("DELETE", "/api/sessions".to_owned())
}

/// Ends the session of this browser, and has the server remove its cookie.
pub(crate) fn log_out() -> Guarded<()> {
    without_answer("POST", "/api/logout".to_owned())
}

/// Sends a request, perhaps with an access token. The response is a success.
pub(crate) async fn send(request: &Request, token: Option<&str>) -> Result<Response, ApiError> {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let headers: Vec<_> = bearer.iter().map(|bearer| ("authorization", bearer.as_str())).collect();
    let mut tries = 0;
    loop {
        let response = request.send(&headers).await?;
        let Err(refusal) = response.check() else { return Ok(response) };
        let is_under_way = refusal.code() == Some(ProblemCode::Conflict) && tries < TRIES_UNDER_WAY;
        let Some(seconds) = response.retry_after_s().filter(|_| is_under_way) else { return Err(refusal) };
        pause(Duration::from_secs(seconds.min(LONGEST_PAUSE_S))).await;
        tries += 1;
    }
}

fn with_answer<T: DeserializeOwned>(path: String) -> Guarded<T> {
    Guarded { request: Request::new("GET", path), read: Response::json }
}

fn without_answer(method: &'static str, path: String) -> Guarded<()> {
    Guarded { request: Request::new(method, path), read: nothing }
}

fn nothing(_: &Response) -> Result<(), ApiError> {
    Ok(())
}
