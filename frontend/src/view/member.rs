//! A view for somebody who is logged in. Everybody else is asked to log in.

use leptos::prelude::*;
use wire::User;

use super::site::Site;
use super::text::changing;
use crate::address::{After, Route};
use crate::browser::focus_soon;

#[component]
pub(crate) fn ForMember(
    /// The heading while nobody is logged in.
    #[prop(into)]
    title: String,
    /// What the view is for: "to see your account".
    purpose: &'static str,
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
                None => view! { <LoginNeeded title=title.clone() purpose/> }.into_any(),
            }
        }}
    }
    .into_any()
}

#[component]
fn LoginNeeded(title: String, purpose: &'static str) -> impl IntoView {
    let site = Site::get();
    let sentence = match untrack(|| site.sessions.ended_username()) {
        Some(_) => format!("Your session has ended. Log in again {purpose}."),
        None => format!("Log in {purpose}."),
    };
    let after = After::back_to(untrack(|| site.router.route()));
    view! {
        <div class="narrow">
            <h1 tabindex="-1" prop:textContent=changing(move || title.clone())></h1>
            <p class="notice">{sentence}</p>
            <a class="button primary" href=Route::Login(after.clone()).address()>"Log in"</a>
            <p class="quiet">"New here? " <a href=Route::Signup(after).address()>"Sign up"</a></p>
        </div>
    }
    .into_any()
}
