//! The app of the account: one's own, and the way to a new password.

use leptos::prelude::*;

use crate::address::Route;
use crate::view::account::AccountPage;
use crate::view::frame::{SiteNotice, forget_drafts};
use crate::view::recover::RecoverPage;
use crate::view::site::Site;

/// The view of the address.
#[component]
pub(crate) fn AccountContent() -> impl IntoView {
    let site = Site::get();
    forget_drafts(site);
    let view_of = |route| match route {
        Route::Recover => view! { <RecoverPage/> }.into_any(),
        _ => view! { <AccountPage/> }.into_any(),
    };
    view! {
        <main id="main" tabindex="-1">
            <SiteNotice/>
            // Whoever has logged out here goes to the board, and does not see a form for the next login on the way.
            {move || (!site.router.is_leaving()).then(|| view_of(site.router.route()))}
        </main>
    }
    .into_any()
}
