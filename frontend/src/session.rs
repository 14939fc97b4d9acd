//! Who is logged in. The only module that knows where the token is: local storage, so that all tabs agree.

use frontend::stored::Session;
use leptos::prelude::*;
use wire::{LoginResponse, User};

use crate::browser::{keep, kept, now_ms};

const KEY: &str = "latchkey.session";
/// The username of whoever was logged in and has not logged out.
const LAST: &str = "latchkey.last-username";

/// Whether somebody is logged in.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Login {
    Nobody,
    /// Somebody's session is over, and they have not been asked for their password since.
    Ended {
        username: String,
    },
    /// Somebody, whose token may meanwhile have expired: then the next one is got without a word.
    Somebody(Session),
}

/// The session of this browser, as a signal.
#[derive(Clone, Copy)]
pub(crate) struct Sessions {
    login: RwSignal<Login>,
    /// Whether it was put into local storage, so that it is over when it lies there no longer.
    is_kept: StoredValue<bool>,
}

impl Sessions {
    /// Reads the session and follows what other tabs make of it.
    pub(crate) fn start() -> Self {
        let login = RwSignal::new(read());
        let sessions = Self { login, is_kept: StoredValue::new(kept(KEY).is_some()) };
        let storage_listener = window_event_listener(leptos::ev::storage, move |event| {
            // No key: everything was removed.
            if event.key().is_none_or(|key| key == KEY) {
                sessions.set(read());
            }
        });
        on_cleanup(move || storage_listener.remove());
        sessions
    }

    /// Who is logged in.
    pub(crate) fn user(self) -> Option<User> {
        self.login.with(|login| somebody(login).map(|session| session.user))
    }

    /// Whose session has ended by itself.
    pub(crate) fn ended_username(self) -> Option<String> {
        self.login.with(|login| if let Login::Ended { username } = login { Some(username.clone()) } else { None })
    }

    /// Whether somebody is logged in.
    pub(crate) fn is_somebody(self) -> bool {
        self.login.with(|login| matches!(login, Login::Somebody(_)))
    }

    /// The session at this moment.
    pub(crate) fn now(self) -> Option<Session> {
        self.login.try_with_untracked(somebody).flatten()
    }

    /// Has an effect run again when the session changes.
    pub(crate) fn follow(self) {
        self.login.track();
    }

    /// The session, once what other tabs made of it has been read too. Where nothing can be kept, it is that of this tab.
    pub(crate) fn look_again(self) -> Option<Session> {
        if self.is_kept.get_value() || kept(KEY).is_some() {
            self.set(read());
        }
        self.now()
    }

    /// Somebody has logged in, or got their next token.
    pub(crate) fn begin(self, login: LoginResponse) -> Session {
        let session = Session::begin(login, now_ms());
        keep(LAST, Some(&session.user.username));
        keep(KEY, Some(&session.store()));
        self.is_kept.set_value(kept(KEY).is_some());
        self.set(Login::Somebody(session.clone()));
        session
    }

    /// They have logged out.
    pub(crate) fn end(self) {
        // First, as the other tabs look when the session goes.
        keep(LAST, None);
        keep(KEY, None);
        self.set(Login::Nobody);
    }

    /// Their session is no longer good.
    pub(crate) fn expire(self) {
        keep(KEY, None);
        self.set(ended());
    }

    fn set(self, login: Login) {
        if self.login.with_untracked(|before| *before != login) {
            self.login.set(login);
        }
    }
}

fn read() -> Login {
    let Some(stored) = kept(KEY) else { return ended() };
    match Session::read(&stored).filter(|session| !session.is_over(now_ms())) {
        Some(session) => Login::Somebody(session),
        None => {
            keep(KEY, None);
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
