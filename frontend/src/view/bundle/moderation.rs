//! The app of moderation: what is reported, and what moderators and admins do.

use leptos::prelude::*;

use crate::address::Route;
use crate::view::about::AboutPage;
use crate::view::account_of::AccountOfPage;
use crate::view::accounts::AccountsPage;
use crate::view::frame::{SiteNotice, forget_drafts};
use crate::view::reports::ReportsPage;
use crate::view::site::Site;

/// The view of the address.
#[component]
pub(crate) fn ModerationContent() -> impl IntoView {
    let site = Site::get();
    forget_drafts(site);
    let view_of = |route| match route {
        Route::Accounts => view! { <AccountsPage/> }.into_any(),
        Route::AccountOf(username) => view! { <AccountOfPage username/> }.into_any(),
        Route::Message(id) => view! { <AboutPage id/> }.into_any(),
        _ => view! { <ReportsPage/> }.into_any(),
    };
    view! {
        <main id="main" tabindex="-1">
            <SiteNotice/>
            // Whoever leaves for the board is not asked to log in on the way.
            {move || (!site.router.is_leaving()).then(|| view_of(site.router.route()))}
        </main>
    }
    .into_any()
}
