//! What both apps have around the view of the address: the bar at the top, and what a screen reader is told.

use leptos::prelude::*;

use super::header::Header;
use super::site::Site;
use super::text::changing;
use crate::browser::focus;

/// The first part of the page.
#[component]
pub(crate) fn Bar() -> impl IntoView {
    let skip = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        focus("main");
    };
    view! {
        <a class="skip" href="#main" on:click=skip>"Skip to content"</a>
        <Header/>
    }
}

/// What a screen reader is told.
#[component]
pub(crate) fn Said() -> impl IntoView {
    let site = Site::get();
    view! { <p class="hidden" role="status" prop:textContent=changing(move || site.announcement.get())></p> }
}
