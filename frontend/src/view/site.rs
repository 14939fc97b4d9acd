//! What the views share.

use std::time::Duration;

use leptos::prelude::*;
use rules::Bundle;
use wire::{LoginResponse, Message};

use crate::address::{After, Route};
use crate::api;
use crate::browser::{keep_in_tab, kept_in_tab};
use crate::refresh::Refresher;
use crate::role::Role;
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
    /// The role of an account, once somebody has asked for it.
    role: RwSignal<Option<(String, Role)>>,
}

/// What is said on the board about what was done in the app of the account.
#[derive(Clone, Copy)]
pub(crate) enum Farewell {
    LoggedOut,
    LoggedOutEverywhere,
    AccountDeleted,
    PasswordSet,
    Reported,
    Removed,
}

/// The key of a farewell that the next page says.
const FAREWELL: &str = "latchkey.farewell";

impl Farewell {
    const ALL: [Self; 6] = [
        Self::LoggedOut,
        Self::LoggedOutEverywhere,
        Self::AccountDeleted,
        Self::PasswordSet,
        Self::Reported,
        Self::Removed,
    ];

    fn sentence(self) -> &'static str {
        match self {
            Self::LoggedOut => "You are logged out.",
            Self::LoggedOutEverywhere => "You are logged out everywhere.",
            Self::AccountDeleted => "Your account is deleted.",
            Self::PasswordSet => "Your new password is set. Log in with it.",
            Self::Reported => "Reported. Those who look after the board will read it.",
            Self::Removed => "The message is removed.",
        }
    }

    /// The sentence that the page before has left, which is said once.
    fn take() -> Option<&'static str> {
        let kept = kept_in_tab(FAREWELL)?;
        keep_in_tab(FAREWELL, None);
        Self::ALL.map(Self::sentence).into_iter().find(|sentence| *sentence == kept)
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
            role: RwSignal::new(None),
        };
        set_interval(move || site.now_ms.set(js_sys::Date::now()), TICK);
        site
    }

    /// The site that the whole page has provided to its views.
    pub(crate) fn get() -> Self {
        use_context().unwrap_or_else(|| Self::start(Bundle::Board))
    }

    /// Asks what role whoever is logged in has, unless that is known. Only few have one that changes what they see, so nobody is
    /// asked about before it matters.
    pub(crate) fn learn_role(self) {
        let Some(username) = self.sessions.now().map(|session| session.user.username) else { return };
        if self.role.with_untracked(|role| role.as_ref().is_none_or(|(of, _)| *of != username)) {
            // If that fails, there are no buttons but those of a member.
            self.refresher.send(api::account(), move |result| {
                if let Ok(account) = result {
                    self.role.set(Some((account.user.username, Role::of(&account.role))));
                }
            });
        }
    }

    /// The role of whoever is logged in, as far as it is known.
    pub(crate) fn role(self) -> Role {
        let user = self.sessions.user();
        let known = self.role.get().filter(|(of, _)| user.is_some_and(|user| user.username == *of));
        known.map(|(_, role)| role).unwrap_or_default()
    }

    /// Has a screen reader say something, also if it is what was said last.
    pub(crate) fn announce(self, text: impl Into<String>) {
        let text = text.into();
        self.announcement.set(String::new());
        request_animation_frame(move || self.announcement.set(text));
    }

    /// Begins a session that a login has answered with, and says so.
    pub(crate) fn welcome(self, login: LoginResponse) {
        let was_reset = login.password_was_reset_at.is_some();
        let user = self.sessions.begin(login).user;
        self.announce(format!("Logged in as {}.", user.name));
        if was_reset {
            self.tell(
                "Your password was set anew by a recovery code or a reset link. If that wasn’t you, change it now."
                    .to_owned(),
            );
        }
    }

    /// Goes to the board, which says this.
    pub(crate) fn leave_with(self, farewell: Farewell) {
        keep_in_tab(FAREWELL, Some(farewell.sentence()));
        self.router.replace(&match farewell {
            Farewell::PasswordSet => Route::Login(After::Messages),
            _ => Route::Messages,
        });
    }

    /// Says what the page before has left to say.
    pub(crate) fn greet(self) {
        if let Some(sentence) = Farewell::take() {
            self.tell(sentence.to_owned());
        }
    }

    /// Says something above the view that is shown in a moment. It comes later than the change of the view, which would remove it.
    pub(crate) fn tell(self, sentence: String) {
        request_animation_frame(move || request_animation_frame(move || self.notice.set(Some(sentence))));
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
