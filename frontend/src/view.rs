//! What is seen. No view makes a request of its own.

mod account;
mod compose;
mod confirm;
mod field;
mod header;
mod icons;
mod login;
mod messages;
mod new_password;
mod notice;
mod session_list;
mod signup;
mod strength;
mod task;

use std::time::Duration;

use frontend::address::{After, Route};
use leptos::prelude::*;
use wire::Message;

use self::account::AccountPage;
use self::compose::Compose;
use self::header::Header;
use self::login::LoginPage;
use self::messages::MessagesPage;
use self::notice::Notice;
use self::signup::SignupPage;
use crate::browser::{focus, focus_soon};
use crate::refresh::Refresher;
use crate::router::Router;
use crate::session::Sessions;

/// What the views share.
#[derive(Clone, Copy)]
pub(crate) struct Site {
    pub(crate) sessions: Sessions,
    /// For what only somebody who is logged in can ask.
    pub(crate) refresher: Refresher,
    pub(crate) router: Router,
    /// Whether the dialog for a message is open.
    pub(crate) is_composing: RwSignal<bool>,
    /// The message that was posted here last.
    pub(crate) posted: RwSignal<Option<Message>>,
    /// The time, now and then: milliseconds since 1970.
    pub(crate) now_ms: RwSignal<f64>,
    /// What is said above the next view that is gone to, and no longer.
    notice: RwSignal<Option<String>>,
    /// What a screen reader says next.
    announcement: RwSignal<String>,
}

/// How often "3 minutes ago" is looked at.
const TICK: Duration = Duration::from_secs(30);

impl Site {
    fn start() -> Self {
        let sessions = Sessions::start();
        let site = Self {
            sessions,
            refresher: Refresher::start(sessions),
            router: Router::start(),
            is_composing: RwSignal::new(false),
            posted: RwSignal::new(None),
            now_ms: RwSignal::new(js_sys::Date::now()),
            notice: RwSignal::new(None),
            announcement: RwSignal::new(String::new()),
        };
        set_interval(move || site.now_ms.set(js_sys::Date::now()), TICK);
        site
    }

    /// That of the views.
    pub(crate) fn get() -> Self {
        use_context().unwrap_or_else(Self::start)
    }

    /// Has a screen reader say something.
    pub(crate) fn announce(self, text: impl Into<String>) {
        self.announcement.set(text.into());
    }

    /// Goes to the messages, with a word above them.
    pub(crate) fn leave_with(self, notice: &'static str) {
        self.router.replace(&Route::Messages);
        // After that view, as each view begins without one.
        request_animation_frame(move || self.notice.set(Some(notice.to_owned())));
    }

    /// Opens the dialog for a message, after a login if nobody is logged in.
    pub(crate) fn compose(self) {
        if self.sessions.is_somebody() {
            self.is_composing.set(true);
        } else {
            self.router.go(&Route::Login(After::Compose));
        }
    }

    /// Goes on after a login.
    pub(crate) fn go_on(self, after: After) {
        self.router.replace(&Route::Messages);
        if after == After::Compose {
            self.is_composing.set(true);
        }
    }
}

/// The whole page.
#[component]
pub(crate) fn App() -> impl IntoView {
    let site = Site::start();
    provide_context(site);
    Effect::new(move |_| {
        site.router.route();
        site.notice.set(None);
    });
    let skip = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        focus("main");
    };
    // One view for each kind of address; the forms do not begin anew when only what comes after them changes.
    view! {
        <a class="skip" href="#main" on:click=skip>"Skip to content"</a>
        <Header/>
        <main id="main" tabindex="-1">
            <Ended/>
            <Notice role="status" text=site.notice label="Close" on_press=Callback::new(move |()| {
                site.notice.set(None);
                focus("h1");
            })/>
            {move || match site.router.route() {
                Route::Messages => view! { <MessagesPage author=None/> }.into_any(),
                Route::Author(username) => view! { <MessagesPage author=Some(username)/> }.into_any(),
                Route::Signup(after) => view! { <SignupPage after/> }.into_any(),
                Route::Login(after) => view! { <LoginPage after/> }.into_any(),
                Route::Account => view! { <AccountPage/> }.into_any(),
                Route::Unknown => view! { <UnknownPage/> }.into_any(),
            }}
        </main>
        <Compose/>
        <p class="hidden" role="status">{move || site.announcement.get()}</p>
    }
}

/// That a session has ended by itself, unless the view asks for the password already.
#[component]
fn Ended() -> impl IntoView {
    let site = Site::get();
    let is_told = Memo::new(move |_| {
        let asks_itself = matches!(site.router.route(), Route::Login(_) | Route::Signup(_) | Route::Account);
        site.sessions.ended_username().is_some() && !asks_itself
    });
    view! {
        <div role="status">
            {move || is_told.get().then(|| view! {
                <p class="notice">
                    <span>"Your session has ended."</span>
                    <a class="button plain" href=Route::Login(After::Messages).address()>"Log in again"</a>
                </p>
            })}
        </div>
    }
}

#[component]
fn UnknownPage() -> impl IntoView {
    focus_soon("h1");
    view! {
        <h1 tabindex="-1">"Page not found"</h1>
        <p>"Nothing has this address. " <a href="/">"Go to the messages"</a>"."</p>
    }
}
