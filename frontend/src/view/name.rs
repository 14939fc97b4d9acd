//! The name of the account, which is changed where it is shown.

use leptos::prelude::*;
use wire::{RenameRequest, fields};

use super::button::{BusyButton, Press};
use super::field::{Checked, ErrorText, TextField, typed};
use super::part::Form;
use super::password_form::refuse;
use super::site::Site;
use super::task::Task;
use super::text::changing;
use crate::api::own_data;
use crate::browser::{focus_field, focus_soon, nfc};
use crate::texts;
use crate::words::{Field, fault};

/// An entry of the list of facts.
#[component]
pub(crate) fn NameEntry(
    /// Has the account read again.
    reload: Callback<()>,
) -> impl IntoView {
    let site = Site::get();
    let name = Memo::new(move |_| site.sessions.user().map(|user| user.name).unwrap_or_default());
    let is_changing = RwSignal::new(false);
    let open = move |()| {
        is_changing.set(true);
        focus_soon("#new-name");
    };
    let close = Callback::new(move |()| {
        is_changing.set(false);
        focus_soon(".entry button");
    });
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" && is_changing.get_untracked() {
            close.run(());
        }
    };
    view! {
        <div class="entry" on:keydown=on_key>
            <dt>{texts::name()}</dt>
            {move || if is_changing.get() {
                view! { <dd class="act"><NameForm name=name.get_untracked() reload close/></dd> }.into_any()
            } else {
                view! {
                    <dd dir="auto" prop:textContent=changing(move || name.get())></dd>
                    {move || site.may_act().then(|| view! {
                        <dd class="act"><Press class="plain" label=texts::change() name=texts::change_your_name() on_press=open/></dd>
                    })}
                }.into_any()
            }}
        </div>
    }
    .into_any()
}

#[component]
fn NameForm(name: String, reload: Callback<()>, close: Callback<()>) -> impl IntoView {
    let site = Site::get();
    let (task, checked) = (Task::new(site), Checked::new());
    let submit = move |()| {
        let name = typed(checked.field);
        if let Err(broken) = rules::new_name(&nfc(&name)) {
            checked.error.set(Some(fault(Field::Name, broken.into())));
            return focus_field(checked.field);
        }
        task.run(own_data::rename(&RenameRequest { name }), move |result| match result {
            Err(refusal) => refuse(&refusal, &[(fields::NAME, checked)]),
            Ok(account) => {
                site.sessions.learn(account);
                site.announce(texts::name_changed());
                reload.try_run(());
                close.try_run(());
                Ok(())
            }
        });
    };
    view! {
        <Form action="/account" name=texts::change_your_name() on_submit=submit>
            <TextField
                id="new-name" label=texts::new_name() autocomplete="name" kind="text" value=name
                hint=texts::new_name_hint().to_owned()
                error=checked.error field=checked.field
                on_input=move |()| checked.error.set(None) on_leave=|()| ()
            />
            <ErrorText text=task.error/>
            <div class="choice">
                <BusyButton class="primary" label=texts::save() busy=texts::saving() is_running=task.is_running/>
                <Press class="plain" label=texts::cancel() on_press=close/>
            </div>
        </Form>
    }
    .into_any()
}
