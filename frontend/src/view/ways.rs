//! The ways of those who look after the board.

use leptos::prelude::*;

use crate::address::Route;
use crate::role::Role;
use crate::texts;

/// Links to what a role opens; nothing for members.
pub(crate) fn ways(role: Role) -> impl IntoView {
    let way = |least, route: Route, label: &'static str| {
        (role >= least).then(|| view! { <a class="button plain" href=route.address()>{label}</a> })
    };
    (role >= Role::Moderator).then(|| {
        view! {
            <nav class="choice" aria-label=texts::looking_after_the_board()>
                {way(Role::Moderator, Route::Reports, texts::reports())}
                {way(Role::Admin, Route::Accounts, texts::accounts())}
            </nav>
        }
    })
}
