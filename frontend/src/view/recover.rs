//! The page for those who have forgotten their password.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wire::{ProblemCode, fields};

use super::button::BusyButton;
use super::field::{Checked, ErrorText, TextField, typed};
use super::new_password::NewPasswordField;
use super::part::Form;
use super::password_form::refuse;
use super::site::{Farewell, Site};
use crate::address::{After, Route, member};
use crate::api::security::{self, Proof};
use crate::api_error::ApiError;
use crate::browser::{focus_field, focus_soon, take_fragment};
use crate::texts;
use crate::words::{Field, fault};

/// The fields of the form.
#[derive(Clone, Copy)]
struct Form {
    username: Checked,
    code: Checked,
    password: Checked,
    /// What is wrong with the form as a whole.
    error: RwSignal<Option<String>>,
    is_running: RwSignal<bool>,
    /// The ticket of a reset link, in the place of a code.
    ticket: StoredValue<Option<String>>,
}

impl Form {
    fn check_password(self) -> bool {
        let verdict = rules::new_password(&typed(self.password.field), typed(self.username.field).trim());
        self.password.error.set(verdict.err().map(|broken| fault(Field::Password, broken.into())));
        verdict.is_ok()
    }

    fn submit(self, site: Site) {
        if self.is_running.get_untracked() {
            return;
        }
        self.error.set(None);
        let ticket = self.ticket.get_value();
        // All are checked before this returns, so that all errors are shown at once.
        let wrong = [
            (self.username, self.username.lacks(texts::enter_username())),
            (self.code, ticket.is_none() && self.code.lacks(texts::enter_recovery_code())),
            (self.password, !self.check_password()),
        ];
        if let Some((first, _)) = wrong.into_iter().find(|(_, is_wrong)| *is_wrong) {
            return focus_field(first.field);
        }
        let proof = ticket.map_or_else(|| Proof::Code(typed(self.code.field)), Proof::Ticket);
        let (username, password) = (typed(self.username.field).trim().to_owned(), typed(self.password.field));
        self.is_running.set(true);
        spawn_local(async move {
            let result = security::recover(&username, &proof, &password).await;
            self.is_running.try_set(false);
            match result {
                Ok(()) => site.leave_with(Farewell::PasswordSet),
                Err(refusal) => self.refuse(&refusal),
            }
        });
    }

    fn refuse(self, refusal: &ApiError) {
        let sentence = match refusal.code() {
            Some(ProblemCode::InvalidCode) if self.ticket.with_value(Option::is_some) => {
                Err(texts::link_refused().to_owned())
            }
            Some(ProblemCode::InvalidCode) => Err(texts::recovery_refused().to_owned()),
            _ => refuse(refusal, &[(fields::NEW_PASSWORD, self.password), (fields::CODE, self.code)]),
        };
        self.error.try_set(sentence.err());
    }
}

#[component]
pub(crate) fn RecoverPage() -> impl IntoView {
    let site = Site::get();
    focus_soon("h1");
    let fragment = take_fragment();
    let of_link = |name| member(&fragment, name).map(str::to_owned);
    let form = Form {
        username: Checked::new(),
        code: Checked::new(),
        password: Checked::new(),
        error: RwSignal::new(None),
        is_running: RwSignal::new(false),
        ticket: StoredValue::new(of_link("ticket")),
    };
    let known = of_link("username").or_else(|| untrack(|| site.sessions.ended_username())).unwrap_or_default();
    let is_by_link = form.ticket.with_value(Option::is_some);
    let is_shown = RwSignal::new(false);
    let submit = move |()| {
        is_shown.set(false);
        form.submit(site);
    };
    view! {
        <div class="narrow">
            <h1 tabindex="-1">{texts::set_a_new_password()}</h1>
            <p>
                {match is_by_link {
                    true => texts::choose_password_by_link(),
                    false => texts::choose_password_by_code(),
                }}
            </p>
            <Form action="/recover" name=texts::set_a_new_password() on_submit=submit>
                <TextField
                    id="username" label=texts::username() autocomplete="username" kind="text" value=known
                    error=form.username.error field=form.username.field
                    on_input=move |()| form.username.error.set(None) on_leave=|()| ()
                />
                {(!is_by_link).then(|| view! {
                    <TextField
                        id="recovery-code" label=texts::recovery_code() autocomplete="off" kind="text"
                        error=form.code.error field=form.code.field
                        on_input=move |()| form.code.error.set(None) on_leave=|()| ()
                    />
                })}
                <NewPasswordField
                    id="new-password" label=texts::new_password() is_shown
                    username=move |()| typed(form.username.field).trim().to_owned()
                    error=form.password.error field=form.password.field
                    on_input=move |()| if form.password.error.with_untracked(Option::is_some) { form.check_password(); }
                    on_leave=move |()| if !typed(form.password.field).is_empty() { form.check_password(); }
                />
                <ErrorText text=form.error/>
                <BusyButton class="primary wide" label=texts::set_password() busy=texts::setting_password() is_running=form.is_running/>
            </Form>
            <p class="quiet"><a href=Route::Login(After::messages()).address()>{texts::back_to_log_in()}</a></p>
        </div>
    }
    .into_any()
}
