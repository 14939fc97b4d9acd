//! The app of the account.

use leptos::prelude::*;

use crate::draft;
use crate::view::account::AccountPage;
use crate::view::site::Site;

/// The view of the address.
#[component]
pub(crate) fn AccountContent() -> impl IntoView {
    let site = Site::get();
    // On the board, the dialog for a message does this.
    Effect::new(move |before: Option<Option<String>>| {
        let now = site.sessions.username();
        if now.is_none() {
            draft::forget(before.flatten().as_deref());
        }
        now
    });
    view! {
        <main id="main" tabindex="-1">
            // Whoever has logged out here goes to the board, and does not see a form for the next login on the way.
            {move || (!site.router.is_leaving()).then(|| view! { <AccountPage/> })}
        </main>
    }
}
