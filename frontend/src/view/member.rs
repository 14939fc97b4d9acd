//! A view for somebody who is logged in. Everybody else is asked to log in.

use leptos::prelude::*;
use wire::User;

use super::site::Site;
use super::text::changing;
use crate::address::{After, Route};
use crate::browser::focus_soon;
use crate::texts;

#[component]
pub(crate) fn ForMember(
    /// The heading while nobody is logged in.
    #[prop(into)]
    title: String,
    /// What somebody is told who is not logged in.
    log_in: &'static str,
    /// What somebody is told whose session has ended.
    log_in_again: &'static str,
    show: fn(User) -> AnyView,
) -> impl IntoView {
    let site = Site::get();
    // Somebody with a new name is still the same person: the view stays.
    let username = Memo::new(move |_| site.sessions.user().map(|user| user.username));
    view! {
        {move || {
            focus_soon("h1");
            match username.get().and_then(|_| untrack(|| site.sessions.user())) {
                Some(user) => show(user),
                None => view! { <LoginNeeded title=title.clone() log_in log_in_again/> }.into_any(),
            }
        }}
    }
    .into_any()
}

#[component]
fn LoginNeeded(title: String, log_in: &'static str, log_in_again: &'static str) -> impl IntoView {
    let site = Site::get();
    let sentence = match untrack(|| site.sessions.ended_username()) {
        Some(_) => log_in_again,
        None => log_in,
    };
    let after = After::back_to(untrack(|| site.router.route()));
    view! {
        <div class="narrow">
            <h1 tabindex="-1" prop:textContent=changing(move || title.clone())></h1>
            <p class="notice">{sentence}</p>
            <a class="button primary" href=Route::Login(after.clone()).address()>{texts::log_in()}</a>
            <p class="quiet">{texts::new_here()} " " <a href=Route::Signup(after).address()>{texts::sign_up()}</a></p>
        </div>
    }
    .into_any()
}
