//! The form that makes an account.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wire::{FieldCode, LoginRequest, Problem, ProblemCode, fields};

use super::button::BusyButton;
use super::field::{Checked, ErrorText, TextField, typed};
use super::new_password::NewPasswordField;
use super::part::Form;
use super::site::{Farewell, Site};
use crate::address::{After, Route, member};
use crate::api::{self, Entry, SignUp};
use crate::api_error::ApiError;
use crate::browser::{focus, focus_field, nfc, take_fragment};
use crate::texts;
use crate::words::{Field, fault, hint};

#[derive(Clone, Copy)]
struct Form {
    username: Checked,
    name: Checked,
    password: Checked,
    /// What is wrong with the form as a whole.
    error: RwSignal<Option<String>>,
    is_running: RwSignal<bool>,
    /// The username of a sign-up whose answer was lost. The account may have been made.
    unanswered: RwSignal<Option<String>>,
    /// What the link that led here has brought.
    invitation: StoredValue<Option<String>>,
}

impl Form {
    fn of(self, field: Field) -> Checked {
        match field {
            Field::Username => self.username,
            Field::Name | Field::Text | Field::Reason => self.name,
            Field::Password => self.password,
        }
    }

    /// Shows what is wrong with a field by the rules, and returns whether it is good.
    fn check(self, field: Field) -> bool {
        let it = self.of(field);
        let value = typed(it.field);
        let verdict = match field {
            Field::Username => rules::new_username(value.trim()),
            Field::Name | Field::Text | Field::Reason => rules::new_name(&nfc(&value)),
            Field::Password => rules::new_password(&value, typed(self.username.field).trim()),
        };
        it.error.set(verdict.err().map(|broken| fault(field, broken.into())));
        verdict.is_ok()
    }

    /// A field that was left empty is not wrong before the form is sent.
    fn leave(self, field: Field) {
        if !typed(self.of(field).field).is_empty() {
            self.check(field);
        }
    }

    /// An error that is shown goes as soon as it no longer applies.
    fn type_in(self, field: Field) {
        if self.of(field).error.with_untracked(Option::is_some) {
            self.check(field);
        }
    }

    fn focus_first_fault(self) {
        let fields = [self.username, self.name, self.password];
        if let Some(it) = fields.into_iter().find(|it| it.error.with_untracked(Option::is_some)) {
            focus_field(it.field);
        }
    }

    /// Shows the errors of the server beside their fields.
    fn refuse(self, refusal: &ApiError) {
        let ApiError::Problem(problem) = refusal else {
            self.error.set(Some(refusal.sentence()));
            return;
        };
        if problem.code == ProblemCode::UsernameTaken {
            self.username.error.set(Some(refusal.sentence()));
        } else if !self.show_field_errors(problem) {
            self.error.set(Some(refusal.sentence()));
        }
        self.focus_first_fault();
    }

    fn show_field_errors(self, problem: &Problem) -> bool {
        let mut is_shown = false;
        for error in &problem.errors {
            if error.field == fields::INVITATION {
                self.error.set(Some(texts::needs_invitation().to_owned()));
                is_shown = true;
            }
            let field = match error.field.as_str() {
                fields::USERNAME => Field::Username,
                fields::NAME => Field::Name,
                fields::PASSWORD => Field::Password,
                _ => continue,
            };
            let text = if error.code == FieldCode::Unknown { error.detail.clone() } else { fault(field, error.code) };
            self.of(field).error.set(Some(text));
            is_shown = true;
        }
        is_shown
    }

    /// Whether a sign-up before, whose answer was lost, may be what has taken the name. Notes whether this one's is lost.
    fn may_have_taken(self, username: &str, refusal: &ApiError) -> bool {
        if !matches!(refusal, ApiError::Problem(problem) if problem.status < 500) {
            self.unanswered.try_set(Some(username.to_owned()));
        }
        refusal.code() == Some(ProblemCode::UsernameTaken)
            && self.unanswered.try_get_untracked().flatten().as_deref() == Some(username)
    }

    fn submit(self, site: Site, after: After) {
        if self.is_running.get_untracked() {
            return;
        }
        self.error.set(None);
        // All are checked before this returns, so that all errors are shown at once.
        let is_good = [Field::Username, Field::Name, Field::Password].map(|field| self.check(field));
        if is_good.contains(&false) {
            return self.focus_first_fault();
        }
        // The focus must not be in a field: a field that is removed while it has the focus would still report that it was left.
        focus("form button[type=submit]");
        let username = typed(self.username.field).trim().to_owned();
        let (name, login) = (typed(self.name.field), LoginRequest { username, password: typed(self.password.field) });
        self.is_running.set(true);
        spawn_local(async move {
            let LoginRequest { username, password } = &login;
            let invitation = self.invitation.get_value();
            let request = SignUp { username, password, name: &name, invitation: invitation.as_deref() };
            let refusal = api::sign_up(&request).await.err();
            let is_made = refusal.as_ref().is_none_or(|refusal| self.may_have_taken(&login.username, refusal));
            let entry = if is_made { Some(api::log_in(&login).await) } else { None };
            self.is_running.try_set(false);
            match (refusal, entry) {
                (_, Some(Ok(Entry::Session(login)))) => {
                    site.welcome(*login, Farewell::SignedUp);
                }
                (None, _) | (_, Some(Ok(Entry::CodeNeeded(_)))) => {
                    site.announce(texts::account_made());
                    site.router.replace(&Route::Login(after));
                }
                // The name is taken, and whether by this person is not known yet.
                (Some(_), Some(Err(failure))) if failure.code() != Some(ProblemCode::InvalidCredentials) => {
                    self.refuse(&failure);
                }
                (Some(refusal), _) => self.refuse(&refusal),
            }
        });
    }
}

#[component]
pub(crate) fn SignupPage(after: After) -> impl IntoView {
    let site = Site::get();
    let form = Form {
        username: Checked::new(),
        name: Checked::new(),
        password: Checked::new(),
        error: RwSignal::new(None),
        is_running: RwSignal::new(false),
        unanswered: RwSignal::new(None),
        invitation: StoredValue::new(member(&take_fragment(), "invitation").map(str::to_owned)),
    };
    let is_invited = form.invitation.with_value(Option::is_some);
    site.go_on_as_somebody(after.clone());
    let is_shown = RwSignal::new(false);
    let then = after.clone();
    let submit = move |()| {
        is_shown.set(false);
        form.submit(site, then.clone());
    };
    view! {
        <div class="narrow">
            <h1 tabindex="-1">{texts::sign_up()}</h1>
            {is_invited.then(|| view! { <p class="notice">{texts::invited()}</p> })}
            <Form action="/signup" name=texts::sign_up() on_submit=submit>
                <TextField
                    id="username" label=texts::username() autocomplete="username" kind="text"
                    hint=hint(Field::Username)
                    error=form.username.error field=form.username.field
                    on_input=move |()| form.type_in(Field::Username) on_leave=move |()| form.leave(Field::Username)
                />
                <TextField
                    id="name" label=texts::name() autocomplete="name" kind="text"
                    hint=hint(Field::Name)
                    error=form.name.error field=form.name.field
                    on_input=move |()| form.type_in(Field::Name) on_leave=move |()| form.leave(Field::Name)
                />
                <NewPasswordField
                    id="password" label=texts::password() is_shown
                    username=move |()| typed(form.username.field).trim().to_owned()
                    error=form.password.error field=form.password.field
                    on_input=move |()| form.type_in(Field::Password) on_leave=move |()| form.leave(Field::Password)
                />
                <ErrorText id="signup-error" text=form.error/>
                <BusyButton
                    class="primary wide" label=texts::create_account() busy=texts::creating_account() is_running=form.is_running
                />
            </Form>
            <p class="quiet">{texts::already_a_member()} " " <a href=Route::Login(after).address()>{texts::log_in()}</a></p>
        </div>
    }
    .into_any()
}
