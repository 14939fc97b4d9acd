//! One exchange with the server by the browser's `fetch`. Only `api` uses it.

use std::time::Duration;

use js_sys::{Object, Promise, Reflect};
use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, RequestCache, RequestInit};
use wire::fields;

use crate::api_error::ApiError;
use crate::json;

/// No request takes longer unless it says so.
const TIMEOUT: Duration = Duration::from_secs(15);

/// What is asked of the server.
pub(crate) struct Request {
    method: &'static str,
    path: String,
    body: Option<String>,
    idempotency_key: Option<String>,
    timeout: Duration,
}

impl Request {
    /// A request without a body; the path may have a query.
    pub(crate) fn new(method: &'static str, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), body: None, idempotency_key: None, timeout: TIMEOUT }
    }

    /// A POST with a body of JSON.
    pub(crate) fn post(path: impl Into<String>, body: &impl Serialize) -> Self {
        Self::new("POST", path).with_body(body)
    }

    /// The same request with a body of JSON.
    pub(crate) fn with_body(self, body: &impl Serialize) -> Self {
        // Bodies are structs of strings and numbers, whose encoding can't fail.
        Self { body: serde_json::to_string(body).ok(), ..self }
    }

    /// The same request with a body that is JSON already.
    pub(crate) fn with_json(self, body: String) -> Self {
        Self { body: Some(body), ..self }
    }

    /// The server does what has the same key once, however often it is sent.
    pub(crate) fn with_idempotency_key(self, idempotency_key: Option<String>) -> Self {
        Self { idempotency_key, ..self }
    }

    pub(crate) fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Sends the request with these headers. It fails if no answer comes in time; a refusal by the server is an answer.
    pub(crate) async fn send(&self, headers: &[(&str, &str)]) -> Result<Response, ApiError> {
        let response = exchange(self, headers).await;
        response.map_err(|_| if window().navigator().on_line() { ApiError::NoAnswer } else { ApiError::Offline })
    }
}

/// What the server answered.
pub(crate) struct Response {
    status: u16,
    etag: Option<String>,
    retry_after_s: Option<u64>,
    body: String,
}

impl Response {
    pub(crate) fn is_not_modified(&self) -> bool {
        self.status == 304
    }

    pub(crate) fn is_accepted(&self) -> bool {
        self.status == 202
    }

    /// Turns any status but a success into the problem that the body tells of.
    pub(crate) fn check(&self) -> Result<(), ApiError> {
        match self.status {
            200..300 => return Ok(()),
            500.. => return Err(ApiError::ServerFault),
            _ => {}
        }
        Err(self.json().map_or_else(|no_answer| no_answer, |problem| ApiError::Problem(Box::new(problem))))
    }

    /// The body, read as JSON.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        json::read(&self.body).ok_or(ApiError::NoAnswer)
    }

    /// The body as the object that JavaScript makes of it.
    pub(crate) fn object(&self) -> Result<Object, ApiError> {
        json::object(&self.body).ok_or(ApiError::NoAnswer)
    }

    /// A member of the body as JavaScript has it.
    pub(crate) fn member(&self, name: &str) -> Result<JsValue, ApiError> {
        json::member(&self.body, name).ok_or(ApiError::NoAnswer)
    }

    /// The header `ETag`.
    pub(crate) fn etag(self) -> Option<String> {
        self.etag
    }

    /// The seconds that the server asks to be left alone.
    pub(crate) fn retry_after_s(&self) -> Option<u64> {
        self.retry_after_s
    }
}

async fn exchange(request: &Request, headers: &[(&str, &str)]) -> Result<Response, JsValue> {
    let abort = AbortController::new()?;
    let init = RequestInit::new();
    init.set_method(request.method);
    init.set_signal(Some(&abort.signal()));
    // The feed keeps entity tags itself, so the browser's cache would keep each answer a second time.
    init.set_cache(RequestCache::NoStore);
    let map = Headers::new()?;
    for (name, value) in headers {
        map.set(name, value)?;
    }
    if let Some(key) = &request.idempotency_key {
        map.set(fields::IDEMPOTENCY_KEY, key)?;
    }
    if let Some(body) = &request.body {
        map.set("content-type", "application/json")?;
        init.set_body(&JsValue::from_str(body));
    }
    init.set_headers(&map);
    let timer = set_timeout_with_handle(move || abort.abort(), request.timeout);
    let early = early(&request.path).filter(|_| headers.is_empty());
    let response = read(early.unwrap_or_else(|| window().fetch_with_str_and_init(&request.path, &init))).await;
    if let Ok(timer) = timer {
        timer.clear();
    }
    response
}

/// The response that `index.html` has asked for before the site was there. It is given once.
fn early(path: &str) -> Option<Promise> {
    let (early, path) = (Reflect::get(&window(), &"early".into()).ok()?, JsValue::from_str(path));
    let response = Reflect::get(&early, &path).ok()?.dyn_into().ok()?;
    Reflect::delete_property(&early.into(), &path).ok()?;
    Some(response)
}

async fn read(response: Promise) -> Result<Response, JsValue> {
    let response: web_sys::Response = JsFuture::from(response).await?.dyn_into()?;
    let header = |name| response.headers().get(name).ok().flatten();
    let (etag, retry_after_s) = (header("etag"), header("retry-after").and_then(|seconds| seconds.parse().ok()));
    let body = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    Ok(Response { status: response.status(), etag, retry_after_s, body })
}
