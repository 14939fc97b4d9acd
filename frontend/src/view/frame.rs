//! What all apps have around the view of the address: the bar at the top, and a notice.

use leptos::prelude::*;

use super::header::Header;
use super::notice::Notice;
use super::site::Site;
use crate::browser::focus;
use crate::draft;

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
    .into_any()
}

/// What is said above the present view, and goes with it.
#[component]
pub(crate) fn SiteNotice() -> impl IntoView {
    let site = Site::get();
    Effect::new(move |_| {
        site.router.route();
        site.notice.set(None);
    });
    view! {
        <Notice role="status" text=site.notice label="Close" on_press=Callback::new(move |()| {
            site.notice.set(None);
            focus("h1");
        })/>
    }
    .into_any()
}

/// Removes what somebody has begun to write once they log out. On the board, the dialog for a message does this.
pub(crate) fn forget_drafts(site: Site) {
    Effect::new(move |before: Option<Option<String>>| {
        let now = site.sessions.username();
        if now.is_none() {
            draft::forget(before.flatten().as_deref());
        }
        now
    });
}
