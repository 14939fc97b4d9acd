//! What admins decide about an account besides its suspension: its role, and a way to a new password.

use leptos::prelude::*;

use super::button::BusyButton;
use super::field::ErrorText;
use super::link_once::LinkOnce;
use super::part::{Form, Part};
use super::site::Site;
use super::task::Task;
use crate::api::moderation;
use crate::browser::focus;
use crate::role::Role;
use crate::texts;

#[component]
pub(crate) fn RolePart(username: String, role: Role, reload: Callback<()>) -> impl IntoView {
    let site = Site::get();
    let (task, chosen) = (Task::new(site), NodeRef::<leptos::html::Select>::new());
    let submit = move |()| {
        let Some(chosen) = chosen.get_untracked() else { return };
        task.run(moderation::set_role(&username, &chosen.value()), move |result| {
            result.map_err(|refusal| refusal.sentence())?;
            focus("#role-title");
            site.announce(texts::role_is_changed());
            reload.run(());
            Ok(())
        });
    };
    view! {
        <Part id="role-title" title=texts::role()>
            <Form action="/accounts" title="role-title" on_submit=submit>
                <div class="field">
                    <label for="role">{texts::this_account_is_a()}</label>
                    <select id="role" node_ref=chosen>
                        {Role::ALL.map(|other| {
                            view! { <option value=other.as_str() selected=other == role>{other.words()}</option> }
                        })}
                    </select>
                </div>
                <ErrorText text=task.error/>
                <BusyButton class="plain" label=texts::change_role() busy=texts::changing() is_running=task.is_running/>
            </Form>
        </Part>
    }
    .into_any()
}

#[component]
pub(crate) fn Reset(username: String) -> impl IntoView {
    let task = Task::new(Site::get());
    let made = RwSignal::new(None::<(String, String)>);
    let make = Callback::new(move |()| {
        let username = username.clone();
        task.run(moderation::reset_link(&username), move |result| {
            let link = result.map_err(|refusal| refusal.sentence())?;
            made.try_set(Some((format!("/recover#ticket={}&username={username}", link.ticket), link.expires_at)));
            Ok(())
        });
    });
    view! {
        <Part id="reset-title" title=texts::forgotten_password()>
            <p>{texts::what_a_reset_link_is()}</p>
            {move || made.get().map(|(path, until)| view! { <LinkOnce path until/> })}
            <ErrorText text=task.error/>
            <BusyButton
                class="plain" kind="button" label=texts::make_a_reset_link() busy=texts::making() is_running=task.is_running on_press=make
            />
        </Part>
    }
    .into_any()
}
