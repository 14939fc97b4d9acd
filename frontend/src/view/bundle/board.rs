//! The app of the board: the messages, and the dialog for a new one.

use leptos::prelude::*;

use crate::address::{After, Route};
use crate::browser::focus_soon;
use crate::feed::Which;
use crate::texts;
use crate::view::compose::Compose;
use crate::view::frame::SiteNotice;
use crate::view::messages::MessagesPage;
use crate::view::said::Said;
use crate::view::site::Site;

/// The view of the address.
#[component]
pub(crate) fn BoardContent() -> impl IntoView {
    let site = Site::get();
    // One view for each kind of address.
    view! {
        <main id="main" tabindex="-1">
            <SessionEnded/>
            <SiteNotice/>
            {move || match site.router.route() {
                Route::Messages => view! { <MessagesPage which=Which::All/> }.into_any(),
                Route::Author(username) => view! { <MessagesPage which=Which::By(username)/> }.into_any(),
                Route::Permalink(id) => view! { <MessagesPage which=Which::One(id)/> }.into_any(),
                _ => view! { <UnknownPage/> }.into_any(),
            }}
        </main>
    }
    .into_any()
}

/// What is not seen at first: the dialog for a message, and what is said about what was done.
#[component]
pub(crate) fn Dialog() -> impl IntoView {
    view! {
        <Compose/>
        <Said/>
    }
    .into_any()
}

/// Tells that a session has ended by itself.
#[component]
fn SessionEnded() -> impl IntoView {
    let site = Site::get();
    let is_told = Memo::new(move |_| site.sessions.ended_username().is_some());
    let way_in = move || Route::Login(After::back_to(site.router.route())).address();
    view! {
        <div role="status">
            {move || is_told.get().then(|| view! {
                <p class="notice">
                    <span>{texts::session_ended()}</span>
                    <a class="button plain" href=way_in>{texts::log_in_again()}</a>
                </p>
            })}
        </div>
    }
    .into_any()
}

#[component]
fn UnknownPage() -> impl IntoView {
    focus_soon("h1");
    view! {
        <h1 tabindex="-1">{texts::page_not_found()}</h1>
        <p>{texts::cant_find_page()} " " <a href="/">{texts::go_to_messages()}</a></p>
    }
    .into_any()
}
