//! What the views share.

use std::time::Duration;

use leptos::prelude::*;
use rules::Bundle;
use wire::Message;

use crate::address::{After, Route};
use crate::browser::{keep_in_tab, kept_in_tab};
use crate::refresh::Refresher;
use crate::router::Router;
use crate::session::Sessions;

/// What the views share.
#[derive(Clone, Copy)]
pub(crate) struct Site {
    pub(crate) sessions: Sessions,
    /// Sends what only somebody who is logged in can ask for.
    pub(crate) refresher: Refresher,
    pub(crate) router: Router,
    /// Whether the dialog for a message is open.
    pub(crate) is_composing: RwSignal<bool>,
    /// The message that was posted here last.
    pub(crate) posted: RwSignal<Option<Message>>,
    /// The time in milliseconds since 1970, renewed every half minute.
    pub(crate) now_ms: RwSignal<f64>,
    /// What is said above the present view. It goes with the view.
    pub(crate) notice: RwSignal<Option<String>>,
    /// What a screen reader says next.
    pub(crate) announcement: RwSignal<String>,
}

/// What is said on the board when a session or an account has ended elsewhere.
#[derive(Clone, Copy)]
pub(crate) enum Farewell {
    LoggedOut,
    LoggedOutEverywhere,
    AccountDeleted,
}

/// The key of a farewell that the next page says.
const FAREWELL: &str = "latchkey.farewell";

impl Farewell {
    fn sentence(self) -> &'static str {
        match self {
            Self::LoggedOut => "You are logged out.",
            Self::LoggedOutEverywhere => "You are logged out everywhere.",
            Self::AccountDeleted => "Your account is deleted.",
        }
    }

    /// The sentence that the page before has left, which is said once.
    fn take() -> Option<&'static str> {
        let kept = kept_in_tab(FAREWELL)?;
        keep_in_tab(FAREWELL, None);
        [Self::LoggedOut, Self::LoggedOutEverywhere, Self::AccountDeleted]
            .map(Self::sentence)
            .into_iter()
            .find(|sentence| *sentence == kept)
    }
}

/// How often texts like "3 minutes ago" are renewed.
const TICK: Duration = Duration::from_secs(30);

impl Site {
    pub(crate) fn start(bundle: Bundle) -> Self {
        let sessions = Sessions::start();
        let site = Self {
            sessions,
            refresher: Refresher::start(sessions),
            router: Router::start(bundle),
            is_composing: RwSignal::new(false),
            posted: RwSignal::new(None),
            now_ms: RwSignal::new(js_sys::Date::now()),
            notice: RwSignal::new(None),
            announcement: RwSignal::new(String::new()),
        };
        set_interval(move || site.now_ms.set(js_sys::Date::now()), TICK);
        site
    }

    /// The site that the whole page has provided to its views.
    pub(crate) fn get() -> Self {
        use_context().unwrap_or_else(|| Self::start(Bundle::Board))
    }

    /// Has a screen reader say something, also if it is what was said last.
    pub(crate) fn announce(self, text: impl Into<String>) {
        let text = text.into();
        self.announcement.set(String::new());
        request_animation_frame(move || self.announcement.set(text));
    }

    /// Goes from the account to the messages, which say this above them.
    pub(crate) fn leave_with(self, farewell: Farewell) {
        keep_in_tab(FAREWELL, Some(farewell.sentence()));
        self.router.replace(&Route::Messages);
    }

    /// Says what the page before has left to say.
    pub(crate) fn greet(self) {
        if let Some(sentence) = Farewell::take() {
            // Later, because a change of the view removes the notice.
            request_animation_frame(move || self.notice.set(Some(sentence.to_owned())));
        }
    }

    /// Opens the dialog for a message, or the login that leads to it.
    pub(crate) fn compose(self) {
        if self.sessions.is_somebody() {
            self.is_composing.set(true);
        } else {
            self.router.go(&Route::Login(After::Compose));
        }
    }

    /// Goes to where the person wanted to go before the login.
    pub(crate) fn go_on(self, after: After) {
        self.router.replace(&Route::Messages);
        if after == After::Compose {
            self.is_composing.set(true);
        }
    }
}
