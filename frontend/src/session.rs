//! Who is logged in. The session is in local storage, so that all tabs agree; where that takes nothing, it is in the storage of the
//! tab, so that the next page knows it. No other module knows that.

use leptos::prelude::*;
use wire::{AccountResponse, LoginResponse, Suspension, User};

use crate::browser::{keep, keep_in_tab, kept, kept_in_tab, now_ms};
use crate::json;
use crate::role::Role;
use crate::stored::Session;

const KEY: &str = "latchkey.session";
/// The key of the username of whoever was logged in and has not logged out.
const LAST: &str = "latchkey.last-username";

/// Whether somebody is logged in.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Login {
    Nobody,
    /// A session has ended by itself, and nobody has logged in or out since.
    Ended {
        username: String,
    },
    /// The token may have expired: then the next request gets another one.
    Somebody(Session),
}

/// The session of this browser, as a signal.
#[derive(Clone, Copy)]
pub(crate) struct Sessions {
    login: RwSignal<Login>,
    /// Whether a storage took the session. If so, the session is over once it is no longer there.
    is_kept: StoredValue<bool>,
}

impl Sessions {
    /// Reads the session, and reads it again when another tab changes it, and when the page comes back from the browser's
    /// back/forward cache: while it is there, it does not hear of changes.
    pub(crate) fn start() -> Self {
        let login = RwSignal::new(read());
        let sessions = Self { login, is_kept: StoredValue::new(stored().is_some()) };
        let storage_listener = window_event_listener(leptos::ev::storage, move |event| {
            // Without a key, everything was removed. The username is removed by another tab in which the person logs out, even if
            // this one has removed the session before.
            if event.key().is_none_or(|key| key == KEY || key == LAST) {
                sessions.set(read());
            }
        });
        let pageshow = window_event_listener_untyped("pageshow", move |_| {
            sessions.reread();
        });
        on_cleanup(move || {
            storage_listener.remove();
            pageshow.remove();
        });
        sessions
    }

    /// Who is logged in.
    pub(crate) fn user(self) -> Option<User> {
        self.login.with(|login| somebody(login).map(|session| session.user))
    }

    /// The role of whoever is logged in, as the server has said it last.
    pub(crate) fn role(self) -> Role {
        self.login.with(|login| if let Login::Somebody(session) = login { session.role } else { Role::Member })
    }

    /// The suspension of whoever is logged in, as the server has said it last. It may be over.
    pub(crate) fn suspension(self) -> Option<Suspension> {
        self.login.with(|login| if let Login::Somebody(session) = login { session.suspension.clone() } else { None })
    }

    /// The username of a session that has ended by itself.
    pub(crate) fn ended_username(self) -> Option<String> {
        self.login.with(|login| if let Login::Ended { username } = login { Some(username.clone()) } else { None })
    }

    /// The username of whoever is logged in, or whose session has ended by itself.
    pub(crate) fn username(self) -> Option<String> {
        self.user().map(|user| user.username).or_else(|| self.ended_username())
    }

    /// Whether somebody is logged in.
    pub(crate) fn is_somebody(self) -> bool {
        self.login.with(|login| matches!(login, Login::Somebody(_)))
    }

    /// Whether the next page knows who is logged in.
    pub(crate) fn is_kept(self) -> bool {
        self.is_kept.get_value()
    }

    /// The session at this moment.
    pub(crate) fn now(self) -> Option<Session> {
        self.login.try_with_untracked(somebody).flatten()
    }

    /// Makes the effect that calls this run again when the session changes.
    pub(crate) fn track(self) {
        self.login.track();
    }

    /// The session as local storage has it now: the event that tells of a change in another tab may still be on its way.
    /// Where nothing can be stored, each tab has a session of its own.
    pub(crate) fn reread(self) -> Option<Session> {
        if self.is_kept() || stored().is_some() {
            self.set(read());
        }
        self.now()
    }

    /// Stores the session that a login or a refresh has answered with.
    pub(crate) fn begin(self, login: LoginResponse) -> Session {
        let session = Session::begin(login, now_ms());
        keep(LAST, Some(&session.user.username));
        store(Some(&session.store()));
        self.is_kept.set_value(stored().is_some());
        self.set(Login::Somebody(session.clone()));
        session
    }

    /// Notes what the server says of the account, so that all tabs show it.
    pub(crate) fn learn(self, account: AccountResponse) {
        let AccountResponse { user, role, suspension, .. } = account;
        // Another tab may have got the next token meanwhile, or somebody else may have logged in there.
        let Some(now) = self.reread().filter(|now| now.user.username == user.username) else { return };
        let session = Session { user, role: Role::of(&role), suspension, ..now };
        store(Some(&session.store()));
        self.set(Login::Somebody(session));
    }

    /// Forgets the session: the person has logged out.
    pub(crate) fn end(self) {
        // The username goes first: other tabs read it as soon as the session is removed.
        keep(LAST, None);
        store(None);
        self.set(Login::Nobody);
    }

    /// Forgets a session that is no longer good, but not whose it was.
    pub(crate) fn expire(self) {
        store(None);
        // Where nothing can be stored, this tab alone knows it.
        self.set(self.now().map_or_else(ended, |session| Login::Ended { username: session.user.username }));
    }

    fn set(self, login: Login) {
        if self.login.with_untracked(|before| *before != login) {
            self.login.set(login);
        }
    }
}

fn store(session: Option<&str>) {
    keep(KEY, session);
    keep_in_tab(KEY, session.filter(|_| kept(KEY).is_none()));
}

fn stored() -> Option<String> {
    kept(KEY).or_else(|| kept_in_tab(KEY))
}

fn read() -> Login {
    let Some(stored) = stored() else { return ended() };
    match json::read(&stored).and_then(Session::read).filter(|session| !session.is_over(now_ms())) {
        Some(session) => Login::Somebody(session),
        None => {
            store(None);
            ended()
        }
    }
}

fn somebody(login: &Login) -> Option<Session> {
    match login {
        Login::Somebody(session) => Some(session.clone()),
        Login::Nobody | Login::Ended { .. } => None,
    }
}

fn ended() -> Login {
    match kept(LAST) {
        Some(username) if rules::stored_username(&username).is_ok() => Login::Ended { username },
        _ => Login::Nobody,
    }
}
