//! Who is logged in. The only module that knows where the token is: local storage, so that all tabs agree.

use frontend::stored::Session;
use leptos::prelude::*;
use wire::{LoginResponse, User, rules};

use crate::browser::{keep, kept, now_ms};

const KEY: &str = "latchkey.session";
/// The username of whoever was logged in and has not logged out.
const LAST: &str = "latchkey.last-username";

/// Whether somebody is logged in.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Login {
    Nobody,
    /// The time of somebody's session is over, and they have not been asked for their password since.
    Ended {
        username: String,
    },
    /// Somebody, whose token may meanwhile have expired: that is found out when it is used.
    Somebody(Session),
}

/// The session of this browser, as a signal.
#[derive(Clone, Copy)]
pub(crate) struct Sessions(RwSignal<Login>);

impl Sessions {
    /// Reads the session and follows what other tabs make of it.
    pub(crate) fn start() -> Self {
        let sessions = Self(RwSignal::new(read()));
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
        self.0.with(|login| match login {
            Login::Somebody(session) => Some(session.user.clone()),
            Login::Nobody | Login::Ended { .. } => None,
        })
    }

    /// Whose session has ended by itself.
    pub(crate) fn ended_username(self) -> Option<String> {
        self.0.with(|login| if let Login::Ended { username } = login { Some(username.clone()) } else { None })
    }

    /// Whether somebody is logged in.
    pub(crate) fn is_somebody(self) -> bool {
        self.0.with(|login| matches!(login, Login::Somebody(_)))
    }

    /// The token, while its time lasts.
    pub(crate) fn token(self) -> Option<String> {
        self.0.with_untracked(|login| match login {
            Login::Somebody(session) if !session.is_expired(now_ms()) => Some(session.token.clone()),
            _ => None,
        })
    }

    /// Somebody has logged in.
    pub(crate) fn begin(self, login: LoginResponse) {
        let session = Session::begin(login, now_ms());
        keep(LAST, Some(&session.user.username));
        keep(KEY, Some(&session.store()));
        self.set(Login::Somebody(session));
    }

    /// They have logged out.
    pub(crate) fn end(self) {
        // First, as the other tabs look when the session goes.
        keep(LAST, None);
        keep(KEY, None);
        self.set(Login::Nobody);
    }

    /// Their token is no longer good.
    pub(crate) fn expire(self) {
        keep(KEY, None);
        self.set(ended());
    }

    fn set(self, login: Login) {
        if self.0.with_untracked(|before| *before != login) {
            self.0.set(login);
        }
    }
}

fn read() -> Login {
    let Some(stored) = kept(KEY) else { return ended() };
    match Session::read(&stored).filter(|session| !session.is_expired(now_ms())) {
        Some(session) => Login::Somebody(session),
        None => {
            keep(KEY, None);
            ended()
        }
    }
}

fn ended() -> Login {
    match kept(LAST) {
        Some(username) if rules::username(&username).is_ok() => Login::Ended { username },
        _ => Login::Nobody,
    }
}
