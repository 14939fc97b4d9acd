//! What all apps have around the view of the address: the bar at the top, and a notice.

use leptos::prelude::*;

use super::button::Press;
use super::header::Header;
use super::site::Site;
use crate::address::Route;
use crate::browser::focus;
use crate::draft;
use crate::texts;

/// The first part of the page.
#[component]
pub(crate) fn Bar() -> impl IntoView {
    let skip = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        focus("main");
    };
    view! {
        <a class="skip" href="#main" on:click=skip>{texts::skip()}</a>
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
    let close = move |()| {
        site.notice.set(None);
        focus("h1");
    };
    view! {
        <div role="status">
            {move || site.notice.get().map(|advice| view! {
                <p class="notice">
                    <span>{advice.sentence}</span>
                    {advice.in_account.filter(|_| site.router.route_now() != Route::Account).map(|label| view! { <a class="button plain" href="/account">{label}</a> })}
                    <Press class="plain" label=texts::close() on_press=close/>
                </p>
            })}
        </div>
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
