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
    LoginRequest, LoginResponse, MessagesResponse, Problem, ProblemCode, SignupRequest, SignupResponse, fields,
};

/// No request takes longer.
const PATIENCE: Duration = Duration::from_secs(15);
/// A refresh takes less: should its answer be lost, the server takes the same cookie again for ten seconds only.
const REFRESH_PATIENCE: Duration = Duration::from_secs(6);

/// Why there is no answer to go on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ApiError {
    /// The browser knows that it has no network.
    Offline,
    /// No answer, none in time, or one that is not the API's.
    Silent,
    /// Nobody is logged in, or no longer.
    LoggedOut,
    /// The server refuses, and says why.
    Problem(Box<Problem>),
}

impl ApiError {
    /// What to tell the person.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::Offline => "You are offline.".to_owned(),
            Self::Silent => "The server does not answer.".to_owned(),
            Self::LoggedOut => "You have been logged out.".to_owned(),
            Self::Problem(problem) if problem.code == ProblemCode::UsernameTaken => "That name is taken.".to_owned(),
            Self::Problem(problem) if problem.code == ProblemCode::InvalidCredentials => {
                "Wrong username or password.".to_owned()
            }
            Self::Problem(problem) => problem.detail.clone(),
        }
    }

    /// Whether the token, or what it is refreshed with, is not, or no longer, good.
    pub(crate) fn wants_login(&self) -> bool {
        use ProblemCode as Code;
        let is_refused = |code| matches!(code, Code::MissingToken | Code::InvalidToken | Code::InvalidRefreshToken);
        *self == Self::LoggedOut || self.code().is_some_and(is_refused)
    }

    /// The server's reason, if it gave one.
    pub(crate) fn code(&self) -> Option<ProblemCode> {
        match self {
            Self::Problem(problem) => Some(problem.code),
            Self::Offline | Self::Silent | Self::LoggedOut => None,
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
    parse(&send(&Ask::post("/api/signup", request)?, None).await?)
}

/// Logs in.
pub(crate) async fn log_in(request: &LoginRequest) -> Result<LoginResponse, ApiError> {
    parse(&send(&Ask::post("/api/login", request)?, None).await?)
}

/// Refreshes the session of the cookie, which no script can read. A refusal comes with the seconds to wait, if it says so.
pub(crate) async fn refresh() -> Result<LoginResponse, (ApiError, Option<u64>)> {
    let ask = Ask { patience: REFRESH_PATIENCE, ..Ask::new("POST", "/api/session/refresh") };
    let answer = ask_once(&ask, &[]).await.map_err(|error| (error, None))?;
    judge(&answer).and_then(|()| parse(&answer)).map_err(|error| (error, answer.retry_after_s))
}

/// The newest messages of everybody or of one author, or those before a cursor. None when they are still those of the tag.
pub(crate) async fn messages(
    author: Option<&str>,
    before: Option<&str>,
    etag: Option<&str>,
) -> Result<Option<Page>, ApiError> {
    // Both are of a form that needs no encoding: `rules::stored_username` for the one, the server's own word for the other.
    let parameters = [(fields::AUTHOR, author), (fields::BEFORE, before)];
    let parameters: Vec<_> =
        parameters.into_iter().filter_map(|(key, value)| value.map(|value| format!("{key}={value}"))).collect();
    let query = if parameters.is_empty() { String::new() } else { format!("?{}", parameters.join("&")) };
    let headers: Vec<_> = etag.map(|etag| ("if-none-match", etag)).into_iter().collect();
    let answer = ask_once(&Ask::new("GET", format!("/api/messages{query}")), &headers).await?;
    if answer.status == 304 {
        return Ok(None);
    }
    judge(&answer)?;
    Ok(Some(Page { messages: parse(&answer)?, etag: answer.etag }))
}

/// What is asked of the server.
pub(crate) struct Ask {
    method: &'static str,
    path: String,
    body: Option<String>,
    patience: Duration,
}

impl Ask {
    pub(crate) fn new(method: &'static str, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), body: None, patience: PATIENCE }
    }

    pub(crate) fn post(path: &str, body: &impl Serialize) -> Result<Self, ApiError> {
        let body = serde_json::to_string(body).map_err(|_| ApiError::Silent)?;
        Ok(Self { body: Some(body), ..Self::new("POST", path) })
    }
}

pub(crate) struct Answer {
    status: u16,
    etag: Option<String>,
    retry_after_s: Option<u64>,
    body: String,
}

pub(crate) fn parse<T: DeserializeOwned>(answer: &Answer) -> Result<T, ApiError> {
    serde_json::from_str(&answer.body).map_err(|_| ApiError::Silent)
}

/// Sends it, perhaps with a token. The answer is a success.
pub(crate) async fn send(ask: &Ask, token: Option<&str>) -> Result<Answer, ApiError> {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let headers: Vec<_> = bearer.iter().map(|bearer| ("authorization", bearer.as_str())).collect();
    let answer = ask_once(ask, &headers).await?;
    judge(&answer).map(|()| answer)
}

fn judge(answer: &Answer) -> Result<(), ApiError> {
    if (200..300).contains(&answer.status) {
        return Ok(());
    }
    Err(serde_json::from_str(&answer.body).map_or(ApiError::Silent, |problem| ApiError::Problem(Box::new(problem))))
}

async fn ask_once(ask: &Ask, headers: &[(&str, &str)]) -> Result<Answer, ApiError> {
    let answer = exchange(ask, headers).await;
    answer.map_err(|_| if window().navigator().on_line() { ApiError::Silent } else { ApiError::Offline })
}

async fn exchange(ask: &Ask, headers: &[(&str, &str)]) -> Result<Answer, JsValue> {
    let abort = AbortController::new()?;
    let init = RequestInit::new();
    init.set_method(ask.method);
    init.set_signal(Some(&abort.signal()));
    // Entity tags are handled here; nothing is to be kept twice.
    init.set_cache(RequestCache::NoStore);
    let map = Headers::new()?;
    for (name, value) in headers {
        map.set(name, value)?;
    }
    if let Some(body) = &ask.body {
        map.set("content-type", "application/json")?;
        init.set_body(&JsValue::from_str(body));
    }
    init.set_headers(&map);
    let timer = set_timeout_with_handle(move || abort.abort(), ask.patience);
    let answer = read(window().fetch_with_str_and_init(&ask.path, &init)).await;
    if let Ok(timer) = timer {
        timer.clear();
    }
    answer
}

async fn read(response: js_sys::Promise) -> Result<Answer, JsValue> {
    let response: Response = JsFuture::from(response).await?.dyn_into()?;
    let header = |name| response.headers().get(name).ok().flatten();
    let (etag, retry_after_s) = (header("etag"), header("retry-after").and_then(|seconds| seconds.parse().ok()));
    let body = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    Ok(Answer { status: response.status(), etag, retry_after_s, body })
}
