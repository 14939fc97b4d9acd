//! The app of one's own account.

use leptos::prelude::*;

use crate::view::account::AccountPage;
use crate::view::frame::{SiteNotice, forget_drafts};
use crate::view::site::Site;

/// The view of the address.
#[component]
pub(crate) fn AccountContent() -> impl IntoView {
    let site = Site::get();
    forget_drafts(site);
    view! {
        <main id="main" tabindex="-1">
            <SiteNotice/>
            // Whoever has logged out here goes to the board, and is not asked to log in on the way.
            {move || (!site.router.is_leaving()).then(|| view! { <AccountPage/> })}
        </main>
    }
    .into_any()
}
