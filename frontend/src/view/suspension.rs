//! The form that suspends an account.

use leptos::prelude::*;

use super::button::{BusyButton, Press};
use super::field::{Checked, ErrorText, TextField, typed};
use super::part::Form;
use super::task::Task;
use crate::browser::{focus_field, in_days};
use crate::words::{Field, fault};

/// A reason, and an end if there is one.
pub(crate) type Asked = (String, Option<String>);

/// In words and in days.
const LENGTHS: [(&str, &str); 4] = [("1", "1 day"), ("7", "7 days"), ("30", "30 days"), ("", "Until lifted")];

#[component]
pub(crate) fn SuspensionForm(
    /// Begins the ids of the fields, which are unique on the page.
    id: String,
    username: String,
    task: Task,
    on_submit: Callback<Asked>,
    on_cancel: Callback<()>,
) -> impl IntoView {
    let reason = Checked::new();
    let length = NodeRef::<leptos::html::Select>::new();
    let select_id = format!("{id}-length");
    let name = format!("Suspend @{username}");
    request_animation_frame(move || focus_field(reason.field));
    let submit = move |()| {
        let said = typed(reason.field);
        if let Err(broken) = rules::new_reason(&said) {
            reason.error.set(Some(fault(Field::Reason, broken.into())));
            return focus_field(reason.field);
        }
        let days = length.get_untracked().and_then(|length| length.value().parse().ok());
        on_submit.run((said, days.map(in_days)));
    };
    view! {
        <Form action="/moderation" name=name on_submit=submit>
            <TextField
                id=format!("{id}-reason") label="Reason" autocomplete="off" kind="text"
                hint=format!("@{username} will see this.") error=reason.error field=reason.field
                on_input=move |()| reason.error.set(None) on_leave=|()| ()
            />
            <div class="field">
                <label for=select_id.clone()>"How long"</label>
                <select id=select_id node_ref=length>
                    {LENGTHS.map(|(days, words)| view! { <option value=days selected=days == "7">{words}</option> })}
                </select>
            </div>
            <ErrorText text=task.error/>
            <div class="choice">
                <BusyButton class="danger" label="Suspend" busy="Suspending…" is_running=task.is_running/>
                <Press class="plain" label="Cancel" on_press=move |()| on_cancel.run(())/>
            </div>
        </Form>
    }
    .into_any()
}
