//! The page to log in.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wire::{LoginRequest, ProblemCode};

use super::button::BusyButton;
use super::code_step::CodeStep;
use super::field::{ErrorText, TextField, typed};
use super::part::Form;
use super::passkey_login::PasskeyLogin;
use super::site::{Farewell, Site};
use crate::address::{After, Route};
use crate::api::{self, Entry};
use crate::browser::focus_field;
use crate::draft;
use crate::texts;

/// The form, in one step or in two: an account can ask for a code after the password.
#[component]
fn LoginForm() -> impl IntoView {
    let site = Site::get();
    let ticket = RwSignal::new(None::<String>);
    let enter = Callback::new(move |entry| match entry {
        Entry::Session(login) => {
            let was_reset = login.password_was_reset_at.is_some();
            site.welcome(*login, if was_reset { Farewell::LoggedInAfterReset } else { Farewell::LoggedIn });
        }
        Entry::CodeNeeded(needed) => {
            ticket.try_set(Some(needed));
        }
    });
    view! {
        {move || match ticket.get() {
            None => view! { <PasswordStep enter/> }.into_any(),
            Some(given) => {
                view! { <CodeStep ticket=given enter on_back=Callback::new(move |()| ticket.set(None))/> }.into_any()
            }
        }}
    }
    .into_any()
}

#[component]
fn PasswordStep(enter: Callback<Entry>) -> impl IntoView {
    let site = Site::get();
    let (username_field, password_field) = (NodeRef::new(), NodeRef::new());
    let (username_error, password_error) = (RwSignal::new(None), RwSignal::new(None));
    let (error, is_wrong) = (RwSignal::new(None::<String>), RwSignal::new(false));
    let is_running = RwSignal::new(false);
    let username = untrack(|| site.sessions.ended_username()).unwrap_or_default();
    let is_known = !username.is_empty();
    Effect::new(move |_| {
        if let (Some(_), Some(_)) = (username_field.get(), password_field.get()) {
            let first = if is_known { password_field } else { username_field };
            request_animation_frame(move || focus_field(first));
        }
    });
    let submit = move |()| {
        if is_running.get_untracked() {
            return;
        }
        let request =
            LoginRequest { username: typed(username_field).trim().to_owned(), password: typed(password_field) };
        let missing = |value: &str, sentence: &str| value.is_empty().then(|| sentence.to_owned());
        username_error.set(missing(&request.username, texts::enter_username()));
        password_error.set(missing(&request.password, texts::enter_password()));
        error.set(None);
        is_wrong.set(false);
        if request.username.is_empty() {
            return focus_field(username_field);
        }
        if request.password.is_empty() {
            return focus_field(password_field);
        }
        is_running.set(true);
        spawn_local(async move {
            let result = api::log_in(&request).await;
            is_running.try_set(false);
            match result {
                Ok(entry) => enter.run(entry),
                Err(refusal) => {
                    error.try_set(Some(refusal.sentence()));
                    is_wrong.try_set(refusal.code() == Some(ProblemCode::InvalidCredentials));
                    if refusal.code().is_some() {
                        focus_field(password_field);
                    }
                }
            }
        });
    };
    view! {
        <Form action="/login" name=texts::log_in() on_submit=submit>
            <TextField
                id="username" label=texts::username() autocomplete="username webauthn" kind="text" value=username
                error=username_error of_form=("login-error", is_wrong) field=username_field
                on_input=move |()| { username_error.set(None); is_wrong.set(false) } on_leave=|()| ()
            />
            <TextField
                id="password" label=texts::password() autocomplete="current-password" kind="password"
                error=password_error of_form=("login-error", is_wrong) field=password_field
                on_input=move |()| { password_error.set(None); is_wrong.set(false) } on_leave=|()| ()
            />
            <ErrorText id="login-error" text=error/>
            <BusyButton class="primary wide" label=texts::log_in() busy=texts::logging_in() is_running/>
            <PasskeyLogin enter error/>
            <p class="quiet"><a href=Route::Recover.address()>{texts::forgot_password()}</a></p>
        </Form>
    }
    .into_any()
}

#[component]
pub(crate) fn LoginPage(after: After) -> impl IntoView {
    let site = Site::get();
    site.go_on_as_somebody(after.clone());
    let notice = match &after {
        After::Compose => {
            let author = untrack(|| site.sessions.ended_username()).unwrap_or_default();
            let sentence = match draft::read(&author).is_empty() {
                true => texts::log_in_to_post(),
                false => texts::log_in_to_post_yours(),
            };
            view! { <p class="notice">{sentence}</p> }.into_any()
        }
        After::View(_) => ().into_any(),
    };
    view! {
        <div class="narrow">
            <h1 tabindex="-1">{texts::log_in()}</h1>
            {notice}
            <LoginForm/>
            <p class="quiet">{texts::new_here()} " " <a href=Route::Signup(after).address()>{texts::sign_up()}</a></p>
        </div>
    }
    .into_any()
}
