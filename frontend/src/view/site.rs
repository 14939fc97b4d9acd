//! What the views share.

use std::time::Duration;

use leptos::prelude::*;
use rules::Bundle;
use wire::{LoginResponse, Message, Suspension};

use super::toast::{Toast, Toaster};
use crate::address::{After, Route};
use crate::browser::{exact, instant_ms, keep_in_tab, kept_in_tab};
use crate::refresh::Refresher;
use crate::role::Role;
use crate::router::Router;
use crate::session::Sessions;
use crate::texts;

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
    pub(crate) notice: RwSignal<Option<Advice>>,
    pub(super) toaster: Toaster,
    /// What somebody is told whose account is suspended.
    pub(crate) suspension: Memo<Option<String>>,
}

/// What there is to know or to do.
#[derive(Clone, Copy)]
pub(crate) struct Advice {
    pub(super) sentence: &'static str,
    /// The words of a link to the account, if it is done there.
    pub(super) in_account: Option<&'static str>,
}

/// What a page says about what was done in the app before it.
#[derive(Clone, Copy)]
pub(crate) enum Farewell {
    LoggedIn,
    LoggedInAfterReset,
    SignedUp,
    LoggedOut,
    LoggedOutEverywhere,
    AccountDeleted,
    PasswordSet,
    Reported,
}

/// The key of a farewell that the next page says.
const FAREWELL: &str = "latchkey.farewell";
/// The key that tells the next page to open the dialog for a message.
const COMPOSE: &str = "latchkey.compose";

impl Farewell {
    /// In the order of their declaration.
    const ALL: [Self; 8] = [
        Self::LoggedIn,
        Self::LoggedInAfterReset,
        Self::SignedUp,
        Self::LoggedOut,
        Self::LoggedOutEverywhere,
        Self::AccountDeleted,
        Self::PasswordSet,
        Self::Reported,
    ];

    /// What is said, to whoever has this name.
    fn sentence(self, name: &str) -> String {
        let sentence = match self {
            Self::LoggedIn | Self::LoggedInAfterReset => return texts::welcome_back(name),
            Self::SignedUp => return texts::welcome(name),
            Self::LoggedOut => texts::logged_out(),
            Self::LoggedOutEverywhere => texts::logged_out_everywhere(),
            Self::AccountDeleted => texts::account_deleted(),
            Self::PasswordSet => texts::password_set(),
            Self::Reported => texts::thanks_for_report(),
        };
        sentence.to_owned()
    }

    /// What there is to know or to do besides. It stays above the view.
    fn advice(self) -> Option<Advice> {
        let (sentence, link) = match self {
            Self::LoggedInAfterReset => (texts::password_was_reset(), texts::change_password()),
            Self::SignedUp => (texts::only_codes_let_you_in(), texts::make_recovery_codes()),
            _ => return None,
        };
        Some(Advice { sentence, in_account: Some(link) })
    }

    /// It is kept as its place in the list of all.
    fn keep(self) {
        keep_in_tab(FAREWELL, Some(&(self as usize).to_string()));
    }

    /// What the page before has left to say, which is said once.
    fn take() -> Option<Self> {
        Self::ALL.get(take(FAREWELL)?.parse::<usize>().ok()?).copied()
    }
}

/// Reads what the page before has left in the tab, and removes it.
fn take(key: &str) -> Option<String> {
    let kept = kept_in_tab(key)?;
    keep_in_tab(key, None);
    Some(kept)
}

/// How often texts like "3 minutes ago" are renewed.
const TICK: Duration = Duration::from_secs(30);

impl Site {
    pub(crate) fn start(bundle: Bundle) -> Self {
        let sessions = Sessions::start();
        let now_ms = RwSignal::new(js_sys::Date::now());
        let site = Self {
            sessions,
            refresher: Refresher::start(sessions),
            router: Router::start(bundle),
            is_composing: RwSignal::new(false),
            posted: RwSignal::new(None),
            now_ms,
            notice: RwSignal::new(None),
            toaster: Toaster::new(),
            suspension: Memo::new(move |_| suspension(sessions, now_ms.get())),
        };
        set_interval(move || site.now_ms.set(js_sys::Date::now()), TICK);
        site
    }

    /// The site that the whole page has provided to its views.
    pub(crate) fn get() -> Self {
        use_context().unwrap_or_else(|| Self::start(Bundle::Board))
    }

    /// The role of whoever is logged in, as far as it counts: whoever is suspended looks after nothing.
    pub(crate) fn role(self) -> Role {
        if self.may_act() { self.sessions.role() } else { Role::Member }
    }

    /// Whether whoever is logged in may do more than read, take a copy and delete the account. Who has to log in first may too.
    pub(crate) fn may_act(self) -> bool {
        self.suspension.with(Option::is_none)
    }

    /// Says that something was done, for a few seconds. It is seen and heard, also if it is what was said last.
    pub(crate) fn announce(self, text: impl Into<String>) {
        self.toaster.show(Toast { text: text.into(), is_seen: true, action: None });
    }

    /// The same, with a button for what can be done about it.
    pub(crate) fn offer(self, text: String, label: &'static str, action: Callback<()>) {
        self.toaster.show(Toast { text, is_seen: true, action: Some((label, action)) });
    }

    /// Has a screen reader say what the page shows already.
    pub(crate) fn read_out(self, text: String) {
        self.toaster.show(Toast { text, is_seen: false, action: None });
    }

    /// Begins a session that a login has answered with. The page that follows says so.
    pub(crate) fn welcome(self, login: LoginResponse, farewell: Farewell) {
        farewell.keep();
        self.sessions.begin(login);
    }

    /// Goes to the board, or to the login after a new password, which says this.
    pub(crate) fn leave_with(self, farewell: Farewell) {
        farewell.keep();
        let route = match farewell {
            Farewell::PasswordSet => Route::Login(After::messages()),
            _ => Route::Messages,
        };
        self.router.replace(&route);
        if self.router.shows(&route) {
            self.greet();
        }
    }

    /// Says what the page before has left to say.
    pub(crate) fn greet(self) {
        let Some(farewell) = Farewell::take() else { return };
        let name = self.sessions.now().map(|session| session.user.name).unwrap_or_default();
        self.announce(farewell.sentence(&name));
        if let Some(advice) = farewell.advice() {
            self.tell(advice);
        }
    }

    /// Says something above the view that is shown in a moment. It comes later than the change of the view, which would remove it.
    pub(crate) fn tell(self, advice: Advice) {
        request_animation_frame(move || request_animation_frame(move || self.notice.set(Some(advice))));
    }

    /// Opens the dialog for a message, or the login that leads to it.
    pub(crate) fn compose(self) {
        if self.sessions.is_somebody() {
            self.is_composing.set(true);
        } else {
            self.router.go(&Route::Login(After::Compose));
        }
    }

    /// Goes to where the person wanted to go before the login, once somebody is logged in, perhaps in another tab.
    pub(crate) fn go_on_as_somebody(self, after: After) {
        Effect::new(move |_| {
            if self.sessions.is_somebody() {
                self.go_on(&after);
            }
        });
    }

    fn go_on(self, after: &After) {
        if !self.sessions.is_kept() {
            return self.tell(Advice { sentence: texts::nothing_is_kept(), in_account: None });
        }
        keep_in_tab(COMPOSE, (*after == After::Compose).then_some(""));
        self.router.replace(after.view());
    }

    /// Opens the dialog for a message if somebody has logged in for that.
    pub(crate) fn compose_after_login(self) {
        if take(COMPOSE).is_some() && self.sessions.is_somebody() && self.may_act() {
            self.is_composing.set(true);
        }
    }
}

/// What is said of the suspension that the server has told of last, unless it is over since.
fn suspension(sessions: Sessions, now_ms: f64) -> Option<String> {
    let Suspension { reason, until, .. } = sessions.suspension()?;
    match until {
        Some(until) if instant_ms(&until) <= now_ms => None,
        Some(until) => Some(texts::suspended_until(&exact(&until), &reason)),
        None => Some(texts::suspended(&reason)),
    }
}
