//! The page that finds an account, for those who look after the board, and makes invitations.

use leptos::prelude::*;
use wire::User;

use super::button::BusyButton;
use super::field::{Checked, ErrorText, TextField, typed};
use super::link_once::LinkOnce;
use super::member::ForMember;
use super::part::{Form, Part};
use super::site::Site;
use super::task::Task;
use super::ways::ways;
use crate::address::Route;
use crate::api::moderation;
use crate::browser::focus_field;
use crate::role::Role;
use crate::texts;

#[component]
pub(crate) fn AccountsPage() -> impl IntoView {
    view! {
        <ForMember
            title=texts::accounts() log_in=texts::log_in_to_look_after_accounts() log_in_again=texts::log_in_again_to_look_after_accounts()
            show=|_: User| view! { <Accounts/> }.into_any()
        />
    }
    .into_any()
}

#[component]
fn Accounts() -> impl IntoView {
    let site = Site::get();
    let role = Memo::new(move |_| site.role());
    view! {
        <div class="account">
            <h1 tabindex="-1">{texts::accounts()}</h1>
            {move || ways(role.get())}
            {move || match role.get() {
                Role::Admin => view! { <Find/><Invite/> }.into_any(),
                Role::Moderator => view! { <Find/> }.into_any(),
                Role::Member => for_members().into_any(),
            }}
        </div>
    }
    .into_any()
}

/// What members find on the pages of accounts.
pub(super) fn for_members() -> impl IntoView {
    view! { <p>{texts::only_for_moderators()}</p> }
}

#[component]
fn Find() -> impl IntoView {
    let site = Site::get();
    let username = Checked::new();
    let submit = move |()| {
        let said = typed(username.field).trim().trim_start_matches('@').to_ascii_lowercase();
        if rules::stored_username(&said).is_err() {
            username.error.set(Some(texts::enter_a_username().to_owned()));
            return focus_field(username.field);
        }
        site.router.go(&Route::AccountOf(said));
    };
    view! {
        <Part id="find-title" title=texts::find_an_account()>
            <Form action="/accounts" title="find-title" on_submit=submit>
                <TextField
                    id="find" label=texts::username() autocomplete="off" kind="text" error=username.error field=username.field
                    on_input=move |()| username.error.set(None) on_leave=|()| ()
                />
                <BusyButton class="primary" label=texts::show() busy=texts::show() is_running=RwSignal::new(false)/>
            </Form>
        </Part>
    }
    .into_any()
}

#[component]
fn Invite() -> impl IntoView {
    let task = Task::new(Site::get());
    let made = RwSignal::new(None::<(String, String)>);
    let invite = Callback::new(move |()| {
        task.run(moderation::invite(), move |result| {
            let made_now = result.map_err(|refusal| refusal.sentence())?;
            made.try_set(Some((format!("/signup#invitation={}", made_now.invitation), made_now.expires_at)));
            Ok(())
        });
    });
    view! {
        <Part id="invite-title" title=texts::invite_someone()>
            <p>{texts::what_an_invitation_is()}</p>
            {move || made.get().map(|(path, until)| view! { <LinkOnce path until/> })}
            <ErrorText text=task.error/>
            <BusyButton
                class="plain" kind="button" label=texts::make_an_invitation() busy=texts::making() is_running=task.is_running
                on_press=invite
            />
        </Part>
    }
    .into_any()
}
