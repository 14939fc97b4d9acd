//! The second step of a login: the code that an app shows, or a recovery code.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wire::ProblemCode;

use super::button::{BusyButton, Press};
use super::field::{Checked, ErrorText, TextField, typed};
use super::part::Form;
use crate::api::{self, Code, Entry};
use crate::browser::focus_field;
use crate::texts;

#[component]
pub(crate) fn CodeStep(
    /// What the right password was answered with.
    ticket: String,
    enter: Callback<Entry>,
    /// Goes back to the password.
    on_back: Callback<()>,
) -> impl IntoView {
    let code = Checked::new();
    let (error, is_running) = (RwSignal::new(None::<String>), RwSignal::new(false));
    request_animation_frame(move || focus_field(code.field));
    let submit = move |()| {
        let said = typed(code.field).trim().to_owned();
        error.set(None);
        if said.is_empty() {
            code.error.set(Some(texts::enter_the_code().to_owned()));
            return focus_field(code.field);
        }
        if is_running.get_untracked() {
            return;
        }
        is_running.set(true);
        let ticket = ticket.clone();
        spawn_local(async move {
            let result = api::log_in_with_code(&Code { ticket: &ticket, code: &said }).await;
            is_running.try_set(false);
            match result {
                Ok(login) => enter.run(Entry::Session(Box::new(login))),
                Err(refusal) if refusal.code() == Some(ProblemCode::InvalidCode) => {
                    code.error.try_set(Some(refusal.sentence()));
                    focus_field(code.field);
                }
                Err(refusal) => {
                    error.try_set(Some(refusal.sentence()));
                }
            }
        });
    };
    view! {
        <Form action="/login" name=texts::enter_a_code_title() on_submit=submit>
            <TextField
                id="code" label=texts::code() autocomplete="one-time-code" kind="text"
                hint=texts::code_of_app_or_recovery_code().to_owned()
                error=code.error field=code.field
                on_input=move |()| code.error.set(None) on_leave=|()| ()
            />
            <ErrorText text=error/>
            <BusyButton class="primary wide" label=texts::log_in() busy=texts::logging_in() is_running/>
            <Press class="plain wide" label=texts::back() on_press=move |()| on_back.run(())/>
        </Form>
    }
    .into_any()
}
