//! A form that asks for the password before something is done to the account.

use leptos::prelude::*;
use wire::FieldCode;

use super::button::{BusyButton, Press};
use super::field::{Checked, ErrorText, HiddenUsername, TextField, typed};
use super::part::Form;
use super::task::Task;
use crate::api_error::ApiError;
use crate::browser::focus_field;
use crate::texts;
use crate::words::{Field, fault};

impl Checked {
    /// Whether nothing was typed, which is said beside the field.
    pub(crate) fn lacks(self, sentence: &str) -> bool {
        let is_empty = typed(self.field).is_empty();
        self.error.set(is_empty.then(|| sentence.to_owned()));
        is_empty
    }

    pub(crate) fn lacks_password(self) -> bool {
        self.lacks(texts::enter_password())
    }

    pub(crate) fn clear(self) {
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
pub(crate) fn refuse(refusal: &ApiError, fields: &[(&str, Checked)]) -> Result<(), String> {
    let mut first = None;
    let errors = match refusal {
        ApiError::Problem(problem) => problem.errors.as_slice(),
        _ => &[],
    };
    for error in errors {
        let Some((_, checked)) = fields.iter().find(|(name, _)| *name == error.field) else { continue };
        let sentence = match error.code {
            FieldCode::Unknown => error.detail.clone(),
            code => fault(Field::of(&error.field), code),
        };
        checked.error.try_set(Some(sentence));
        first = first.or(Some(checked.field));
    }
    first.map(focus_field).ok_or_else(|| refusal.sentence())
}

/// The form. What is done with the password is up to `on_submit`, and `task` is what it runs.
#[component]
pub(crate) fn PasswordForm(
    /// The id of the field.
    #[prop(into)]
    id: String,
    /// The id of the heading.
    title: &'static str,
    username: String,
    /// `primary` or `danger`.
    class: &'static str,
    label: &'static str,
    busy: &'static str,
    password: Checked,
    task: Task,
    #[prop(into)] on_submit: Callback<String>,
    /// Leads back to what was there before.
    #[prop(optional)]
    on_cancel: Option<Callback<()>>,
    /// What is asked besides.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let submit = move |()| {
        if password.lacks_password() {
            return focus_field(password.field);
        }
        on_submit.run(typed(password.field));
    };
    view! {
        <Form action="/account" title=title on_submit=submit>
            <HiddenUsername username/>
            <TextField
                id label=texts::your_password() autocomplete="current-password" kind="password"
                error=password.error field=password.field
                on_input=move |()| password.error.set(None) on_leave=|()| ()
            />
            {children.map(|children| children())}
            <ErrorText text=task.error/>
            <div class="choice">
                <BusyButton class label busy is_running=task.is_running/>
                {on_cancel.map(|cancel| view! {
                    <Press class="plain" label=texts::cancel() on_press=move |()| cancel.run(())/>
                })}
            </div>
        </Form>
    }
    .into_any()
}

/// A field for a code, where a password alone is not enough.
#[component]
pub(crate) fn CodeField(id: &'static str, code: Checked) -> impl IntoView {
    view! {
        <TextField
            id label=texts::code() autocomplete="one-time-code" kind="text"
            hint=texts::code_hint().to_owned()
            error=code.error field=code.field on_input=move |()| code.error.set(None) on_leave=|()| ()
        />
    }
    .into_any()
}
