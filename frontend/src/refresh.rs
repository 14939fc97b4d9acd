//! Requests with the access token, and its replacement before it expires. One tab replaces it for all tabs.
//!
//! Only the server ends a session. While the browser is offline, or the server does not answer, the person stays logged in
//! and the page tries again.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wire::ProblemCode;

use crate::api::{self, Guarded};
use crate::api_error::ApiError;
use crate::browser::{is_visible, now_ms};
use crate::fetch::{Request, Response};
use crate::lock;
use crate::session::Sessions;
use crate::stored::Session;

/// No timer runs longer: timers stand still while the machine sleeps, and the token expires meanwhile.
const LONGEST_SLEEP_MS: u64 = 30_000;
const SHORTEST_SLEEP_MS: u64 = 250;
/// The pause after the first failure is short: the answer may have been lost, and the server takes the same cookie again for
/// ten seconds, and after them once a day.
const FIRST_PAUSE_MS: u64 = 2_000;
const LONGEST_PAUSE_MS: u64 = 300_000;

/// When to try again after refreshes that failed. Each tab counts its own.
#[derive(Clone, Default)]
struct Backoff {
    /// How many failed in a row.
    failures: u32,
    /// No refresh by a timer before this time, in milliseconds since 1970.
    until_ms: u64,
    /// The refusal by which the server asked for no refresh at all until then.
    refusal: Option<ApiError>,
}

/// Sends what needs the access token, and replaces the token in time while the page is visible.
#[derive(Clone, Copy)]
pub(crate) struct Refresher {
    sessions: Sessions,
    backoff: StoredValue<Backoff>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Refresher {
    /// Starts the timer, and refreshes at once if that is due.
    pub(crate) fn start(sessions: Sessions) -> Self {
        let refresher = Self { sessions, backoff: StoredValue::default(), timer: StoredValue::new(None) };
        // Another session, which may come from another tab, is due at another time.
        Effect::new(move |_| {
            sessions.track();
            refresher.schedule();
        });
        let visibility = window_event_listener_untyped("visibilitychange", move |_| refresher.schedule());
        let online = window_event_listener_untyped("online", move |_| {
            refresher.backoff.update_value(|backoff| {
                if backoff.refusal.is_none() {
                    backoff.until_ms = 0;
                }
            });
            refresher.schedule();
        });
        on_cleanup(move || {
            visibility.remove();
            online.remove();
        });
        refresher
    }

    /// Refreshes if that is due, or sets the timer for the next time to look.
    fn schedule(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        let Some(session) = self.sessions.now().filter(|_| is_visible()) else { return };
        let now = now_ms();
        let due_ms = session.refresh_at_ms.max(self.backoff.with_value(|backoff| backoff.until_ms));
        if due_ms <= now {
            spawn_local(async move {
                let _ = self.renew(&session).await;
                self.schedule();
            });
            return;
        }
        let sleep = Duration::from_millis((due_ms - now).clamp(SHORTEST_SLEEP_MS, LONGEST_SLEEP_MS));
        self.timer.set_value(set_timeout_with_handle(move || self.schedule(), sleep).ok());
    }

    /// Sends it, and calls `then` with the result.
    pub(crate) fn send<T: 'static>(self, guarded: Guarded<T>, then: impl FnOnce(Result<T, ApiError>) + 'static) {
        let Guarded { request, read } = guarded;
        self.spawn(request, Box::new(move |response| then(response.and_then(|response| read(&response)))));
    }

    /// Sends it, and returns the result.
    pub(crate) async fn ask<T>(self, guarded: Guarded<T>) -> Result<T, ApiError> {
        let Guarded { request, read } = guarded;
        read(&self.exchange(&request).await?)
    }

    /// As [`Refresher::send`]. It has no type parameter: otherwise it would be compiled, and loaded, once for each type.
    fn spawn(self, request: Request, then: Box<dyn FnOnce(Result<Response, ApiError>)>) {
        spawn_local(async move { then(self.exchange(&request).await) });
    }

    /// Sends a request with the access token, and once more with the next one if the server refuses this one.
    async fn exchange(self, request: &Request) -> Result<Response, ApiError> {
        let mut session = self.sessions.now().ok_or(ApiError::LoggedOut)?;
        if session.is_expired(now_ms()) {
            session = self.renew(&session).await?;
        }
        match api::send(request, Some(&session.token)).await {
            Err(refusal) if refusal.wants_login() => {}
            // What the person may do has changed since the server has said it last.
            Err(refusal) if refusal.code() == Some(ProblemCode::InsufficientScope) => {
                spawn_local(async move { _ = self.renew(&session).await });
                return Err(refusal);
            }
            answer => return answer,
        }
        let session = self.renew(&session).await?;
        let answer = api::send(request, Some(&session.token)).await;
        let is_refused = answer.as_ref().is_err_and(ApiError::wants_login);
        if is_refused && self.sessions.reread().is_some_and(|now| now == session) {
            self.sessions.expire();
        }
        answer
    }

    /// The session with the token after that of `stale`, which another tab may have got already. It belongs to the same
    /// account: nothing is done for somebody else who has logged in meanwhile.
    async fn renew(self, stale: &Session) -> Result<Session, ApiError> {
        let _lock = lock::take().await;
        let again =
            || self.sessions.reread().filter(|now| now.user.username == stale.user.username).ok_or(ApiError::LoggedOut);
        let session = again()?;
        if session.token != stale.token {
            return Ok(session);
        }
        if let Some(refusal) =
            self.backoff.with_value(|backoff| backoff.refusal.clone().filter(|_| backoff.until_ms > now_ms()))
        {
            return Err(refusal);
        }
        let answer = api::refresh().await;
        // Meanwhile the person may have logged out in another tab, or somebody else may have logged in.
        let now = again()?;
        if now.token != session.token {
            return Ok(now);
        }
        match answer {
            Ok(login) if login.user.username == session.user.username => {
                self.backoff.set_value(Backoff::default());
                Ok(self.sessions.begin(login))
            }
            // The cookie belongs to another account than the session in local storage.
            Ok(_) => {
                self.sessions.expire();
                Err(ApiError::LoggedOut)
            }
            Err((refusal, _)) if refusal.wants_login() => {
                self.sessions.expire();
                Err(ApiError::LoggedOut)
            }
            Err((refusal, retry_after_s)) => {
                self.backoff.update_value(|backoff| backoff.note(&refusal, retry_after_s, now_ms()));
                Err(refusal)
            }
        }
    }
}

impl Backoff {
    /// Counts a failure.
    fn note(&mut self, refusal: &ApiError, retry_after_s: Option<u64>, now_ms: u64) {
        let pause_ms = FIRST_PAUSE_MS.saturating_mul(1 << self.failures.min(10)).min(LONGEST_PAUSE_MS);
        self.failures = self.failures.saturating_add(1);
        self.until_ms = now_ms.saturating_add(retry_after_s.map_or(pause_ms, |seconds| seconds.saturating_mul(1000)));
        self.refusal = retry_after_s.map(|_| refusal.clone());
    }
}
