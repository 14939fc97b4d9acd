//! The app of the ways in: sign-up, login, and a new password.

use leptos::prelude::*;

use crate::address::{After, Route};
use crate::view::frame::{SiteNotice, forget_drafts};
use crate::view::login::LoginPage;
use crate::view::recover::RecoverPage;
use crate::view::signup::SignupPage;
use crate::view::site::Site;

/// The view of the address.
#[component]
pub(crate) fn EntryContent() -> impl IntoView {
    let site = Site::get();
    forget_drafts(site);
    view! {
        <main id="main" tabindex="-1">
            <SiteNotice/>
            {move || match site.router.route() {
                Route::Signup(after) => view! { <SignupPage after/> }.into_any(),
                Route::Recover => view! { <RecoverPage/> }.into_any(),
                route => view! { <LoginPage after=After::back_to(route)/> }.into_any(),
            }}
        </main>
    }
    .into_any()
}
