//! Every request that the site makes. It adds the `Authorization` header, ends a request that takes too long, and tells
//! a server that does not answer from one that refuses.

use std::time::Duration;

use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, RequestCache, RequestInit, Response};
use wire::{
    LoginRequest, LoginResponse, Message, MessageResponse, MessagesResponse, PostMessageRequest, Problem, ProblemCode,
    SignupRequest, SignupResponse,
};

/// No request takes longer.
const PATIENCE: Duration = Duration::from_secs(15);

/// Why there is no answer to go on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ApiError {
    /// The browser knows that it has no network.
    Offline,
    /// No answer, none in time, or one that is not the API's.
    Silent,
    /// The server refuses, and says why.
    Problem(Box<Problem>),
}

impl ApiError {
    /// What to tell the person.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::Offline => "You are offline.".to_owned(),
            Self::Silent => "The server does not answer.".to_owned(),
            Self::Problem(problem) if problem.code == ProblemCode::UsernameTaken => "That name is taken.".to_owned(),
            Self::Problem(problem) if problem.code == ProblemCode::InvalidCredentials => {
                "Wrong username or password.".to_owned()
            }
            Self::Problem(problem) => problem.detail.clone(),
        }
    }

    /// Whether the token is not, or no longer, good.
    pub(crate) fn wants_login(&self) -> bool {
        self.code().is_some_and(|code| matches!(code, ProblemCode::MissingToken | ProblemCode::InvalidToken))
    }

    /// The server's reason, if it gave one.
    pub(crate) fn code(&self) -> Option<ProblemCode> {
        match self {
            Self::Problem(problem) => Some(problem.code),
            Self::Offline | Self::Silent => None,
        }
    }
}

/// A page of messages and the tag to ask for it again with.
pub(crate) struct Page {
    pub(crate) messages: MessagesResponse,
    pub(crate) etag: Option<String>,
}

/// Makes an account.
pub(crate) async fn sign_up(request: &SignupRequest) -> Result<SignupResponse, ApiError> {
    parse(&post("/api/signup", None, request).await?)
}

/// Logs in.
pub(crate) async fn log_in(request: &LoginRequest) -> Result<LoginResponse, ApiError> {
    parse(&post("/api/login", None, request).await?)
}

/// Posts a message.
pub(crate) async fn post_message(token: &str, text: String) -> Result<Message, ApiError> {
    let answer = post("/api/messages", Some(token), &PostMessageRequest { text }).await?;
    parse::<MessageResponse>(&answer).map(|body| body.message)
}

/// The newest messages of everybody or of one author, or those before a cursor. None when they are still those of the tag.
pub(crate) async fn messages(
    author: Option<&str>,
    before: Option<&str>,
    etag: Option<&str>,
) -> Result<Option<Page>, ApiError> {
    // Both are of a form that needs no encoding: `rules::username` for the one, the server's own word for the other.
    let parameters = [("author", author), ("before", before)];
    let parameters: Vec<_> =
        parameters.into_iter().filter_map(|(key, value)| value.map(|value| format!("{key}={value}"))).collect();
    let query = if parameters.is_empty() { String::new() } else { format!("?{}", parameters.join("&")) };
    let headers: Vec<_> = etag.map(|etag| ("if-none-match", etag)).into_iter().collect();
    let answer = send("GET", &format!("/api/messages{query}"), &headers, None).await?;
    if answer.status == 304 {
        return Ok(None);
    }
    Ok(Some(Page { messages: parse(&answer)?, etag: answer.etag }))
}

struct Answer {
    status: u16,
    etag: Option<String>,
    body: String,
}

async fn post(path: &str, token: Option<&str>, body: &impl Serialize) -> Result<Answer, ApiError> {
    let body = serde_json::to_string(body).map_err(|_| ApiError::Silent)?;
    let bearer = token.map(|token| format!("Bearer {token}"));
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
    send("POST", path, &headers, Some(&body)).await
}

fn parse<T: DeserializeOwned>(answer: &Answer) -> Result<T, ApiError> {
    serde_json::from_str(&answer.body).map_err(|_| ApiError::Silent)
}

async fn send(method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Result<Answer, ApiError> {
    let answer = exchange(method, path, headers, body)
        .await
        .map_err(|_| if window().navigator().on_line() { ApiError::Silent } else { ApiError::Offline })?;
    if (200..300).contains(&answer.status) || answer.status == 304 {
        return Ok(answer);
    }
    Err(serde_json::from_str(&answer.body).map_or(ApiError::Silent, |problem| ApiError::Problem(Box::new(problem))))
}

async fn exchange(method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Result<Answer, JsValue> {
    let abort = AbortController::new()?;
    let init = RequestInit::new();
    init.set_method(method);
    init.set_signal(Some(&abort.signal()));
    // Entity tags are handled here; nothing is to be kept twice.
    init.set_cache(RequestCache::NoStore);
    let map = Headers::new()?;
    for (name, value) in headers {
        map.set(name, value)?;
    }
    init.set_headers(&map);
    if let Some(body) = body {
        init.set_body(&JsValue::from_str(body));
    }
    let timer = set_timeout_with_handle(move || abort.abort(), PATIENCE);
    let answer = read(window().fetch_with_str_and_init(path, &init)).await;
    if let Ok(timer) = timer {
        timer.clear();
    }
    answer
}

async fn read(response: js_sys::Promise) -> Result<Answer, JsValue> {
    let response: Response = JsFuture::from(response).await?.dyn_into()?;
    let etag = response.headers().get("etag").ok().flatten();
    let body = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    Ok(Answer { status: response.status(), etag, body })
}
