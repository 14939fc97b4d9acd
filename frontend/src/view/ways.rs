//! The ways of those who look after the board.

use leptos::prelude::*;

use crate::address::Route;
use crate::role::Role;

/// Links to what a role opens; nothing for members.
pub(crate) fn ways(role: Role) -> impl IntoView {
    let way = |least, route: Route, label: &'static str| {
        (role >= least).then(|| view! { <a class="button plain" href=route.address()>{label}</a> })
    };
    (role >= Role::Moderator).then(|| {
        view! {
            <nav class="choice" aria-label="Looking after the board">
                {way(Role::Moderator, Route::Reports, "Reports")}
                {way(Role::Admin, Route::Accounts, "Accounts")}
            </nav>
        }
    })
}
