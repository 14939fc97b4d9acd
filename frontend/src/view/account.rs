//! The page of one's own account: facts, sessions, a new password, deletion.

use leptos::prelude::*;
use wire::{ChangePasswordRequest, DeleteAccountRequest, FieldCode, User, fields};

use super::button::BusyButton;
use super::field::{Checked, ErrorText, HiddenUsername, TextField, typed};
use super::login::{LoginForm, Placement};
use super::new_password::NewPasswordField;
use super::notice::Notice;
use super::session_list::{SessionList, SessionsPart};
use super::site::{Farewell, Site};
use super::task::Task;
use super::text::changing;
use crate::api;
use crate::api_error::ApiError;
use crate::browser::{date, focus_field, focus_soon};
use crate::words::{Field, fault};

/// The page, or a log-in form if nobody is logged in.
#[component]
pub(crate) fn AccountPage() -> impl IntoView {
    let site = Site::get();
    let user = Memo::new(move |_| site.sessions.user());
    view! {
        {move || {
            focus_soon("h1");
            match user.get() {
                Some(user) => view! { <Account user/> }.into_any(),
                None => view! { <LoginNeeded/> }.into_any(),
            }
        }}
    }
}

#[component]
fn LoginNeeded() -> impl IntoView {
    let site = Site::get();
    let sentence = match untrack(|| site.sessions.ended_username()) {
        Some(_) => "Your session has ended. Log in again to see your account.",
        None => "Log in to see your account.",
    };
    view! {
        <div class="narrow">
            <h1 tabindex="-1">"Your account"</h1>
            <p class="notice">{sentence}</p>
            <LoginForm placement=Placement::Page on_done=|()| ()/>
        </div>
    }
}

#[component]
fn Account(user: User) -> impl IntoView {
    let site = Site::get();
    let sessions = SessionList::new(site);
    let since = RwSignal::new("…".to_owned());
    sessions.load();
    Task::new(site).run(api::account(), move |result| {
        // A failure is not shown: the page lacks a date then, and the list of sessions tells what is wrong.
        if let Ok(account) = result {
            since.try_set(date(&account.created_at));
        }
        Ok(())
    });
    let username = user.username.clone();
    view! {
        <div class="account">
            <h1 tabindex="-1">"Your account"</h1>
            <dl class="part">
                <div><dt>"Name"</dt><dd dir="auto" prop:textContent=changing(move || user.name.clone())></dd></div>
                <div><dt>"Username"</dt><dd prop:textContent=changing(move || format!("@{}", user.username))></dd></div>
                <div>
                    <dt>"Member since"</dt>
                    <dd prop:textContent=changing(move || since.get())></dd>
                </div>
            </dl>
            <SessionsPart list=sessions/>
            <PasswordPart username=username.clone() sessions/>
            <DeletePart username/>
        </div>
    }
}

/// What the fields of passwords on this page need.
impl Checked {
    fn lacks_password(self) -> bool {
        let is_empty = typed(self.field).is_empty();
        self.error.set(is_empty.then(|| "Type your password.".to_owned()));
        is_empty
    }

    fn clear(self) {
        if let Some(field) = self.field.try_get_untracked().flatten() {
            field.set_value("");
            // The field hears of it as if somebody had typed: what was said about the password goes.
            if let Ok(event) = web_sys::Event::new("input") {
                let _ = field.dispatch_event(&event);
            }
        }
    }
}

/// Shows errors of the server beside their fields, and moves the focus to the first. If none has a field here, the sentence
/// for the whole form is returned.
fn refuse(refusal: &ApiError, fields: &[(&str, Checked)]) -> Result<(), String> {
    let mut first = None;
    let errors = match refusal {
        ApiError::Problem(problem) => problem.errors.as_slice(),
        _ => &[],
    };
    for error in errors {
        let Some((_, checked)) = fields.iter().find(|(name, _)| *name == error.field) else { continue };
        let sentence = match error.code {
            FieldCode::Unknown => error.detail.clone(),
            code => fault(Field::Password, code),
        };
        checked.error.try_set(Some(sentence));
        first = first.or(Some(checked.field));
    }
    first.map(focus_field).ok_or_else(|| refusal.sentence())
}

#[component]
fn PasswordPart(username: String, sessions: SessionList) -> impl IntoView {
    let site = Site::get();
    let (current, new) = (Checked::new(), Checked::new());
    let task = Task::new(site);
    let (done, is_shown) = (RwSignal::new(None::<String>), RwSignal::new(false));
    let owner = StoredValue::new(username.clone());
    let check = move || {
        let verdict = owner.with_value(|owner| rules::new_password(&typed(new.field), owner));
        new.error.set(verdict.err().map(|broken| fault(Field::Password, broken.into())));
        verdict.is_ok()
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        is_shown.set(false);
        done.set(None);
        // Both are checked before this returns, so that all errors are shown at once.
        let (lacks_current, is_new_good) = (current.lacks_password(), check());
        if lacks_current || !is_new_good {
            return focus_field(if lacks_current { current.field } else { new.field });
        }
        let request = ChangePasswordRequest { current_password: typed(current.field), new_password: typed(new.field) };
        task.run(api::change_password(&request), move |result| {
            if let Err(refusal) = result {
                return refuse(&refusal, &[(fields::CURRENT_PASSWORD, current), (fields::NEW_PASSWORD, new)]);
            }
            current.clear();
            new.clear();
            done.try_set(Some("Your password is changed. Other sessions have ended.".to_owned()));
            sessions.load();
            Ok(())
        });
    };
    view! {
        <section class="part" aria-labelledby="password-title">
            <h2 id="password-title">"Change your password"</h2>
            <form class="form" method="post" action="/account" novalidate aria-labelledby="password-title" on:submit=submit>
                <HiddenUsername username/>
                <TextField
                    id="current-password" label="Current password" autocomplete="current-password" kind="password"
                    error=current.error field=current.field
                    on_input=move |()| current.error.set(None) on_leave=|()| ()
                />
                <NewPasswordField
                    id="new-password" label="New password" is_shown
                    username=move |()| owner.get_value() error=new.error field=new.field
                    on_input=move |()| if new.error.with_untracked(Option::is_some) { check(); }
                    on_leave=move |()| if !typed(new.field).is_empty() { check(); }
                />
                <ErrorText text=task.error/>
                <BusyButton class="primary" label="Change password" busy="Changing password…" is_running=task.is_running/>
            </form>
            <Notice role="status" text=done/>
        </section>
    }
}

#[component]
fn DeletePart(username: String) -> impl IntoView {
    let site = Site::get();
    let password = Checked::new();
    let task = Task::new(site);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if password.lacks_password() {
            return focus_field(password.field);
        }
        let request = DeleteAccountRequest { password: typed(password.field) };
        task.run(api::delete_account(&request), move |result| {
            if let Err(refusal) = result {
                return refuse(&refusal, &[(fields::PASSWORD, password)]);
            }
            site.sessions.end();
            site.leave_with(Farewell::AccountDeleted);
            Ok(())
        });
    };
    view! {
        <section class="part last" aria-labelledby="delete-title">
            <h2 id="delete-title">"Delete your account"</h2>
            <p>
                "This can’t be undone. Your messages stay, under the name “deleted user”: delete those first that shall not. "
                "Nobody can take your username again, not even you."
            </p>
            <form class="form" method="post" action="/account" novalidate aria-labelledby="delete-title" on:submit=submit>
                <HiddenUsername username/>
                <TextField
                    id="delete-password" label="Your password" autocomplete="current-password" kind="password"
                    error=password.error field=password.field
                    on_input=move |()| password.error.set(None) on_leave=|()| ()
                />
                <ErrorText text=task.error/>
                <BusyButton class="danger" label="Delete account" busy="Deleting account…" is_running=task.is_running/>
            </form>
        </section>
    }
}
