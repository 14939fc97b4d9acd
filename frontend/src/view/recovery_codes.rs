//! The part of the account about recovery codes.

use leptos::prelude::*;
use wire::fields;

use super::button::Press;
use super::field::{Checked, typed};
use super::link_once::CopyButton;
use super::part::Part;
use super::password_form::{CodeField, PasswordForm, refuse};
use super::site::Site;
use super::task::Task;
use crate::api::security;
use crate::browser::{focus, focus_field, print};
use crate::texts;

const TITLE: &str = "codes-title";

/// What the part shows.
#[derive(Clone)]
enum Step {
    /// How many are left.
    State,
    /// The password is asked for.
    Asking,
    /// New codes, which nobody can read again.
    Shown(Vec<String>),
}

#[component]
pub(crate) fn RecoveryCodesPart(
    username: String,
    /// How many were not used yet; None while that is not known.
    #[prop(into)]
    left: Signal<Option<usize>>,
    /// Whether a login asks for a code, so that this does too.
    #[prop(into)]
    wants_code: Signal<Option<bool>>,
    /// Whether a forgotten password would be the end of the account.
    #[prop(into)]
    is_at_risk: Signal<bool>,
    /// Has the account read again.
    reload: Callback<()>,
) -> impl IntoView {
    let step = RwSignal::new(Step::State);
    let (task, password, code) = (Task::new(Site::get()), Checked::new(), Checked::new());
    let go = Callback::new(move |next| {
        step.set(next);
        focus("#codes-title");
    });
    let submit = move |said: String| {
        let is_wanted = wants_code.get_untracked() == Some(true);
        if is_wanted && code.lacks(texts::enter_a_code()) {
            return focus_field(code.field);
        }
        let given = is_wanted.then(|| typed(code.field));
        task.run(security::make_recovery_codes(&said, given.as_deref().map(str::trim)), move |result| match result {
            Err(refusal) => refuse(&refusal, &[(fields::PASSWORD, password), (fields::CODE, code)]),
            Ok(made) => {
                go.run(Step::Shown(made.codes));
                reload.run(());
                Ok(())
            }
        });
    };
    view! {
        <Part id=TITLE title=texts::recovery_codes()>
            {move || match step.get() {
                Step::State => left.get().map(|left| view! { <State left is_at_risk step/> }).into_any(),
                Step::Asking => view! {
                    <PasswordForm
                        id="codes-password" title=TITLE username=username.clone() class="primary" label=texts::make_codes()
                        busy=texts::making_codes() password task on_submit=submit
                        on_cancel=Callback::new(move |()| go.run(Step::State))
                    >
                        {(wants_code.get_untracked() == Some(true)).then(|| view! { <CodeField id="codes-code" code/> })}
                    </PasswordForm>
                }.into_any(),
                Step::Shown(codes) => view! { <Codes codes on_kept=Callback::new(move |()| go.run(Step::State))/> }.into_any(),
            }}
        </Part>
    }
    .into_any()
}

#[component]
fn State(left: usize, is_at_risk: Signal<bool>, step: RwSignal<Step>) -> impl IntoView {
    let count = match left {
        0 => texts::no_codes_left().to_owned(),
        1 => texts::code_left().to_owned(),
        left => texts::codes_left(&left.to_string()),
    };
    let label = if left == 0 { texts::make_recovery_codes() } else { texts::make_new_recovery_codes() };
    let ask = move |()| {
        step.set(Step::Asking);
        request_animation_frame(|| focus("#codes-password"));
    };
    view! {
        {move || is_at_risk.get().then(|| view! {
            <p class="notice">{texts::account_at_risk()}</p>
        })}
        <p>
            {count}
            " " {texts::what_codes_are()}
        </p>
        {(left > 0).then(|| view! { <p class="quiet">{texts::new_codes_replace()}</p> })}
        <Press class="plain" label=label on_press=ask/>
    }
    .into_any()
}

#[component]
fn Codes(codes: Vec<String>, on_kept: Callback<()>) -> impl IntoView {
    // Codes consist of letters, digits and hyphens, so that nothing has to be escaped but the ends of lines.
    let file = format!("data:text/plain,{}%0A", codes.join("%0A"));
    view! {
        <p>{texts::keep_codes_safe()}</p>
        <ul class="codes" translate="no">
            {codes.iter().map(|code| view! { <li><code>{code.clone()}</code></li> }).collect_view()}
        </ul>
        <div class="choice">
            <CopyButton text=codes.join("\n")/>
            <a class="button plain" href=file download="latchkey-recovery-codes.txt">{texts::download()}</a>
            <Press class="plain" label=texts::print() on_press=|()| print()/>
            <Press class="primary" label=texts::saved_them() on_press=move |()| on_kept.run(())/>
        </div>
    }
    .into_any()
}
