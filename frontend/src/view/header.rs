//! The bar at the top: the name, the theme, and who is logged in.

use leptos::prelude::*;
use rules::Bundle;
use wire::User;

use super::button::BusyButton;
use super::field::ErrorText;
use super::icons;
use super::site::{Farewell, Site};
use super::task::Task;
use super::text::changing;
use crate::address::{After, Route};
use crate::api;
use crate::browser::{closest, focus, focus_soon};
use crate::texts;
use crate::theme::Theme;

#[component]
pub(crate) fn Header() -> impl IntoView {
    let site = Site::get();
    let theme = Theme::start();
    let user = Memo::new(move |_| site.sessions.user());
    let switch = move |_| {
        theme.update(|theme| *theme = theme.next());
        theme.get_untracked().choose();
    };
    view! {
        <header class="top">
            <div>
                <a class="brand" href="/">{icons::mark()}<span>"Latchkey"</span></a>
                <button
                    class="plain round"
                    type="button"
                    title=move || theme.get().words()
                    on:click=switch
                >
                    {move || icons::theme(theme.get())}
                </button>
                // Who has just logged in or out is seen on the page that comes.
                {move || (!site.router.is_leaving()).then(|| match user.get() {
                    Some(user) => view! { <PersonMenu user/> }.into_any(),
                    None => view! { <VisitorMenu/> }.into_any(),
                })}
            </div>
        </header>
    }
    .into_any()
}

/// Whether an element outside the menu was clicked or has got the focus.
fn is_elsewhere(target: Option<web_sys::EventTarget>) -> bool {
    target.is_some() && closest(target, ".dropdown").is_none()
}

/// A button and the menu that it opens. The menu closes on Escape, on a click elsewhere, and when the focus leaves it.
#[component]
fn Dropdown(#[prop(into)] label: String, is_open: RwSignal<bool>, children: ChildrenFn) -> impl IntoView {
    let outside = window_event_listener(leptos::ev::mousedown, move |event| {
        if is_elsewhere(event.target()) && is_open.get_untracked() {
            is_open.set(false);
        }
    });
    on_cleanup(move || outside.remove());
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" && is_open.get_untracked() {
            is_open.set(false);
            focus(".dropdown > button");
        }
    };
    let on_focus_out = move |event: leptos::ev::FocusEvent| {
        // No element gets the focus when the window loses it, or when something is clicked that takes none.
        if is_elsewhere(event.related_target()) {
            is_open.set(false);
        }
    };
    view! {
        <div class="dropdown" on:keydown=on_key on:focusout=on_focus_out>
            <button
                class="plain"
                type="button"
                aria-expanded=move || if is_open.get() { "true" } else { "false" }
                aria-controls="menu"
                on:click=move |_| is_open.update(|is_open| *is_open = !*is_open)
            >
                <span class="label" dir="auto" prop:textContent=changing(move || label.clone())></span>
                {icons::down()}
            </button>
            <div class="menu" id="menu" hidden=move || !is_open.get()>
                {move || is_open.get().then(|| children())}
            </div>
        </div>
    }
    .into_any()
}

/// The ways in, but for the one that the page itself is. They lead back here.
#[component]
fn VisitorMenu() -> impl IntoView {
    let site = Site::get();
    move || {
        let route = site.router.route();
        let way = |is_here: bool, route: Route, label: &'static str| {
            (!is_here).then(|| view! { <a class="button plain" href=route.address()>{label}</a> })
        };
        let (is_signup, is_login) = (matches!(route, Route::Signup(_)), matches!(route, Route::Login(_)));
        let after = After::back_to(route);
        [
            way(is_signup, Route::Signup(after.clone()), texts::sign_up()),
            way(is_login, Route::Login(after), texts::log_in()),
        ]
        .into_any()
    }
}

#[component]
fn PersonMenu(user: User) -> impl IntoView {
    let site = Site::get();
    let is_open = RwSignal::new(false);
    let own = Route::Author(user.username.clone()).address();
    let username = user.username;
    Effect::new(move |_| {
        site.router.route();
        is_open.set(false);
    });
    view! {
        <Dropdown label=user.name is_open>
            <p class="quiet">{texts::logged_in_as()} " @" {username.clone()}</p>
            <a class="item" href=own.clone()>{texts::your_messages()}</a>
            <a class="item" href=Route::Account.address()>{texts::your_account()}</a>
            <LogOut/>
        </Dropdown>
    }
    .into_any()
}

#[component]
fn LogOut() -> impl IntoView {
    let site = Site::get();
    let task = Task::new(site);
    let log_out = move |()| {
        task.log_out(api::log_out(), move || {
            if site.router.route_now().bundle() != Bundle::Board {
                return site.leave_with(Farewell::LoggedOut);
            }
            site.announce(texts::logged_out());
            focus_soon(".top [href^=\"/login\"]");
        });
    };
    view! {
        <ErrorText text=task.error/>
        <BusyButton
            class="item" kind="button" label=texts::log_out() busy=texts::logging_out()
            is_running=task.is_running on_press=Callback::new(log_out)
        />
    }
    .into_any()
}
