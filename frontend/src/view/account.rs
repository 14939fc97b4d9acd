//! The page of one's own account: facts, sessions, a new password, deletion.

use leptos::prelude::*;
use wire::{AccountResponse, ChangePasswordRequest, DeleteAccountRequest, ProblemCode, User, fields};

use super::account_copy::CopyPart;
use super::activity_list::{ActivityList, ActivityPart};
use super::button::{BusyButton, Press};
use super::field::{Checked, ErrorText, HiddenUsername, TextField, typed};
use super::member::ForMember;
use super::name::NameEntry;
use super::new_password::NewPasswordField;
use super::notice::Notice;
use super::own_messages::{MessagesPart, delete_all};
use super::part::{Form, Part};
use super::passkey_list::{PasskeyList, PasskeysPart};
use super::password_form::{PasswordForm, refuse};
use super::recovery_codes::RecoveryCodesPart;
use super::second_factor::SecondFactorPart;
use super::session_list::{SessionList, SessionsPart};
use super::site::{Farewell, Site};
use super::task::Task;
use super::text::changing;
use super::ways::ways;
use crate::api::{self, security};
use crate::api_error::ApiError;
use crate::browser::{date, focus, focus_field, focus_soon};
use crate::texts;
use crate::words::{Field, fault};

/// The page, or the way to the login if nobody is logged in.
#[component]
pub(crate) fn AccountPage() -> impl IntoView {
    view! {
        <ForMember
            title=texts::your_account() log_in=texts::log_in_to_see_account() log_in_again=texts::log_in_again_to_see_account()
            show=|user| view! { <Account user/> }.into_any()
        />
    }
    .into_any()
}

#[component]
fn Account(user: User) -> impl IntoView {
    let site = Site::get();
    let role = Memo::new(move |_| site.role());
    let sessions = SessionList::new(site);
    let account = RwSignal::new(None::<AccountResponse>);
    let loading = Task::new(site);
    let activity = ActivityList::new(site);
    let load = Callback::new(move |()| {
        activity.load();
        loading.run(api::account(), move |result| {
            // A failure is not shown: the page lacks some facts then, and the list of sessions tells what is wrong.
            if let Ok(found) = result {
                account.try_set(Some(found.clone()));
                site.sessions.learn(found);
            }
            Ok(())
        });
    });
    load.run(());
    let since =
        move || account.with(|account| account.as_ref().map_or_else(|| "…".to_owned(), |it| date(&it.created_at)));
    let name = StoredValue::new(user.username.clone());
    let left = Signal::derive(move || account.with(|account| account.as_ref().map(|it| it.recovery_codes_left)));
    let is_on = Signal::derive(move || account.with(|account| account.as_ref().map(|it| it.second_factor)));
    let passkeys = PasskeyList::new(site, is_on);
    Effect::new(move |_| {
        if site.may_act() {
            untrack(|| {
                sessions.load();
                passkeys.load();
            });
        }
    });
    let is_at_risk = Signal::derive(move || left.get() == Some(0) && passkeys.is_empty());
    view! {
        <div class="account">
            <h1 tabindex="-1">{texts::your_account()}</h1>
            <Notice role="status" text=site.suspension/>
            {move || ways(role.get())}
            <dl class="part">
                <NameEntry reload=load/>
                <div><dt>{texts::username()}</dt><dd prop:textContent=changing(move || format!("@{}", user.username))></dd></div>
                <div>
                    <dt>{texts::member_since()}</dt>
                    <dd prop:textContent=changing(since)></dd>
                </div>
            </dl>
            {move || site.may_act().then(|| view! {
                <PasskeysPart list=passkeys username=name.get_value()/>
                <SecondFactorPart username=name.get_value() is_on reload=load/>
                <RecoveryCodesPart username=name.get_value() left wants_code=is_on is_at_risk reload=load/>
                <SessionsPart list=sessions/>
                <PasswordPart username=name.get_value() sessions reload=load/>
            })}
            <ActivityPart list=activity/>
            <CopyPart username=name.get_value()/>
            {move || site.may_act().then(|| view! { <MessagesPart/> })}
            <DeletePart username=name.get_value()/>
        </div>
    }
    .into_any()
}

#[component]
fn PasswordPart(
    username: String,
    sessions: SessionList,
    /// Has the account read again.
    reload: Callback<()>,
) -> impl IntoView {
    let site = Site::get();
    let (current, new) = (Checked::new(), Checked::new());
    let task = Task::new(site);
    let is_shown = RwSignal::new(false);
    let owner = StoredValue::new(username.clone());
    let check = move || {
        let verdict = owner.with_value(|owner| rules::new_password(&typed(new.field), owner));
        new.error.set(verdict.err().map(|broken| fault(Field::Password, broken.into())));
        verdict.is_ok()
    };
    let submit = move |()| {
        is_shown.set(false);
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
            site.announce(texts::password_changed());
            sessions.load();
            // Recovery codes of before are void.
            reload.try_run(());
            Ok(())
        });
    };
    view! {
        <Part id="password-title" title=texts::change_your_password()>
            <Form action="/account" title="password-title" on_submit=submit>
                <HiddenUsername username/>
                <TextField
                    id="current-password" label=texts::current_password() autocomplete="current-password" kind="password"
                    error=current.error field=current.field
                    on_input=move |()| current.error.set(None) on_leave=|()| ()
                />
                <NewPasswordField
                    id="new-password" label=texts::new_password() is_shown
                    username=move |()| owner.get_value() error=new.error field=new.field
                    on_input=move |()| if new.error.with_untracked(Option::is_some) { check(); }
                    on_leave=move |()| if !typed(new.field).is_empty() { check(); }
                />
                <ErrorText text=task.error/>
                <BusyButton class="primary" label=texts::change_password() busy=texts::changing_password() is_running=task.is_running/>
            </Form>
        </Part>
    }
    .into_any()
}

#[component]
fn DeletePart(username: String) -> impl IntoView {
    let site = Site::get();
    let is_asked = RwSignal::new(false);
    let ask = move |()| {
        is_asked.set(true);
        focus_soon("#delete-question");
    };
    let keep = Callback::new(move |()| {
        is_asked.set(false);
        focus("#delete-title");
    });
    view! {
        <Part id="delete-title" title=texts::delete_your_account() class="part last">
            <p>
                {move || if site.may_act() { texts::messages_stay_unless() } else { texts::messages_stay() }}
            </p>
            {move || match is_asked.get() {
                true => view! { <DeleteForm username=username.clone() keep/> }.into_any(),
                false => view! { <Press class="danger" label=texts::delete_account() on_press=ask/> }.into_any(),
            }}
        </Part>
    }
    .into_any()
}

#[component]
fn DeleteForm(username: String, keep: Callback<()>) -> impl IntoView {
    let site = Site::get();
    let (task, password) = (Task::new(site), Checked::new());
    let progress = RwSignal::new(String::new());
    let with_messages = NodeRef::<leptos::html::Input>::new();
    let question = texts::delete_for_ever_question(&username);
    let submit = move |said: String| {
        let is_wanted = with_messages.get_untracked().is_some_and(|checkbox| checkbox.checked());
        task.run_all(async move {
            let refused = |refusal: ApiError| refuse(&refusal, &[(fields::PASSWORD, password)]);
            if is_wanted {
                // Later, nobody could delete them: they are nobody's then. And with a wrong password, nothing may be deleted.
                if let Err(refusal) = check_password(site, &said).await {
                    return refused(refusal);
                }
                delete_all(site, progress).await.map_err(|failure| failure.sentence())?;
            }
            let deletion = api::delete_account(&DeleteAccountRequest { password: said });
            if let Err(refusal) = site.refresher.ask(deletion).await {
                return refused(refusal);
            }
            site.sessions.end();
            site.leave_with(Farewell::AccountDeleted);
            Ok(())
        });
    };
    view! {
        <p id="delete-question" tabindex="-1"><b>{question}</b></p>
        <PasswordForm
            id="delete-password" title="delete-title" username class="danger" label=texts::delete_for_ever() busy=texts::deleting()
            password task on_submit=submit on_cancel=keep
        >
            {move || site.may_act().then(|| view! {
                <label class="check"><input type="checkbox" node_ref=with_messages/>{texts::delete_messages_too()}</label>
            })}
        </PasswordForm>
        <p class="quiet" role="status" prop:textContent=changing(move || progress.get())></p>
    }
    .into_any()
}

/// Asks the server whether a password is right. It checks it before it shows a key for an authenticator app, and stores nothing
/// then.
async fn check_password(site: Site, password: &str) -> Result<(), ApiError> {
    match site.refresher.ask(security::begin_totp(password)).await {
        // The password is right, and the account has an authenticator app.
        Err(refusal) if refusal.code() == Some(ProblemCode::Conflict) => Ok(()),
        answer => answer.map(drop),
    }
}
