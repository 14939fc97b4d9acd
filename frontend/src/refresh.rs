//! The token is replaced before it expires, without a word: nobody notices. One tab does it for all of them.
//!
//! A session ends by the server's word alone. Who is offline, or whose server does not answer, stays logged in, and the
//! page tries again.

use std::time::Duration;

use frontend::stored::Session;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wire::{Message, MessageResponse, PostMessageRequest};

use crate::api::{self, Answer, ApiError, Ask, parse};
use crate::browser::{is_visible, now_ms};
use crate::lock;
use crate::session::Sessions;

/// A timer that sleeps longer would oversleep with the machine.
const LONGEST_SLEEP_MS: u64 = 30_000;
const SHORTEST_SLEEP_MS: u64 = 250;
/// After the first failure: soon, as the server may have answered, and takes the same cookie again for ten seconds only.
const FIRST_PAUSE_MS: u64 = 2_000;
const LONGEST_PAUSE_MS: u64 = 300_000;

/// What this tab knows of the refreshes that failed.
#[derive(Clone, Default)]
struct Trouble {
    /// How many in a row.
    failures: u32,
    /// Not before then by itself.
    until_ms: u64,
    /// The server has asked to be left alone until then.
    barred: Option<ApiError>,
}

/// Keeps the session of this browser fresh while somebody looks at the page.
#[derive(Clone, Copy)]
pub(crate) struct Refresher {
    sessions: Sessions,
    trouble: StoredValue<Trouble>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Refresher {
    /// Begins, with what is due already.
    pub(crate) fn start(sessions: Sessions) -> Self {
        let refresher = Self { sessions, trouble: StoredValue::default(), timer: StoredValue::new(None) };
        // Another session, perhaps of another tab, has another time.
        Effect::new(move |_| {
            sessions.follow();
            refresher.look();
        });
        let visibility = window_event_listener_untyped("visibilitychange", move |_| refresher.look());
        let online = window_event_listener_untyped("online", move |_| {
            refresher.trouble.update_value(|trouble| {
                if trouble.barred.is_none() {
                    trouble.until_ms = 0;
                }
            });
            refresher.look();
        });
        on_cleanup(move || {
            visibility.remove();
            online.remove();
        });
        refresher
    }

    /// Refreshes if it is time, and looks again when it will be.
    fn look(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        let Some(session) = self.sessions.now().filter(|_| is_visible()) else { return };
        let now = now_ms();
        let due_ms = session.refresh_at_ms.max(self.trouble.with_value(|trouble| trouble.until_ms));
        if due_ms <= now {
            spawn_local(async move {
                let _ = self.renew(&session).await;
                self.look();
            });
            return;
        }
        let sleep = Duration::from_millis((due_ms - now).clamp(SHORTEST_SLEEP_MS, LONGEST_SLEEP_MS));
        self.timer.set_value(set_timeout_with_handle(move || self.look(), sleep).ok());
    }

    /// Asks with the token of whoever is logged in, and once more with the next one if the server does not take it.
    pub(crate) async fn send(self, ask: &Ask) -> Result<Answer, ApiError> {
        let mut session = self.sessions.now().ok_or(ApiError::LoggedOut)?;
        if session.is_expired(now_ms()) {
            session = self.renew(&session).await?;
        }
        match api::send(ask, Some(&session.token)).await {
            Err(refusal) if refusal.wants_login() => {}
            answer => return answer,
        }
        let session = self.renew(&session).await?;
        let answer = api::send(ask, Some(&session.token)).await;
        if answer.as_ref().is_err_and(ApiError::wants_login) {
            self.sessions.expire();
        }
        answer
    }

    /// Posts a message.
    pub(crate) async fn post_message(self, text: String) -> Result<Message, ApiError> {
        let answer = self.send(&Ask::post("/api/messages", &PostMessageRequest { text })?).await?;
        parse::<MessageResponse>(&answer).map(|body| body.message)
    }

    /// The session with its next token. It may be another tab that got it.
    async fn renew(self, stale: &Session) -> Result<Session, ApiError> {
        let _lock = lock::take().await;
        let session = self.sessions.look_again().ok_or(ApiError::LoggedOut)?;
        if session.token != stale.token {
            return Ok(session);
        }
        if let Some(refusal) =
            self.trouble.with_value(|trouble| trouble.barred.clone().filter(|_| trouble.until_ms > now_ms()))
        {
            return Err(refusal);
        }
        let answer = api::refresh().await;
        // Meanwhile they may have logged out in another tab, or somebody else in.
        if self.sessions.look_again().is_none_or(|now| now != session) {
            return self.sessions.now().ok_or(ApiError::LoggedOut);
        }
        match answer {
            Ok(login) if login.user.username == session.user.username => {
                self.trouble.set_value(Trouble::default());
                Ok(self.sessions.begin(login))
            }
            // The cookie is of another login than the session that lies here.
            Ok(_) => {
                self.sessions.expire();
                Err(ApiError::LoggedOut)
            }
            Err((refusal, _)) if refusal.wants_login() => {
                self.sessions.expire();
                Err(ApiError::LoggedOut)
            }
            Err((refusal, retry_after_s)) => {
                self.trouble.update_value(|trouble| trouble.note(&refusal, retry_after_s, now_ms()));
                Err(refusal)
            }
        }
    }
}

impl Trouble {
    fn note(&mut self, refusal: &ApiError, retry_after_s: Option<u64>, now_ms: u64) {
        let pause_ms = FIRST_PAUSE_MS.saturating_mul(1 << self.failures.min(10)).min(LONGEST_PAUSE_MS);
        self.failures = self.failures.saturating_add(1);
        self.until_ms = now_ms.saturating_add(retry_after_s.map_or(pause_ms, |seconds| seconds.saturating_mul(1000)));
        self.barred = retry_after_s.map(|_| refusal.clone());
    }
}
