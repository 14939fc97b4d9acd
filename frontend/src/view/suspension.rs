//! The form that suspends an account.

use leptos::prelude::*;

use super::button::{BusyButton, Press};
use super::field::{Checked, ErrorText, TextField, typed};
use super::part::Form;
use super::task::Task;
use crate::browser::{focus_field, in_days};
use crate::texts;
use crate::words::{Field, fault};

/// A reason, and an end if there is one.
pub(crate) type Asked = (String, Option<String>);

/// How long a suspension can be, in days and in words.
fn lengths() -> [(&'static str, String); 4] {
    let several = |days| (days, texts::days(days));
    [("1", texts::one_day().to_owned()), several("7"), several("30"), ("", texts::until_lifted().to_owned())]
}

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
    let name = texts::suspend_somebody(&username);
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
                id=format!("{id}-reason") label=texts::reason() autocomplete="off" kind="text"
                hint=texts::will_see_this(&username) error=reason.error field=reason.field
                on_input=move |()| reason.error.set(None) on_leave=|()| ()
            />
            <div class="field">
                <label for=select_id.clone()>{texts::how_long()}</label>
                <select id=select_id node_ref=length>
                    {lengths().map(|(days, words)| view! { <option value=days selected=days == "7">{words}</option> })}
                </select>
            </div>
            <ErrorText text=task.error/>
            <div class="choice">
                <BusyButton class="danger" label=texts::suspend() busy=texts::suspending() is_running=task.is_running/>
                <Press class="plain" label=texts::cancel() on_press=move |()| on_cancel.run(())/>
            </div>
        </Form>
    }
    .into_any()
}
