//! The part of the account about the code of an authenticator app.

use leptos::prelude::*;
use wire::{TotpResponse, fields};

use super::button::{BusyButton, Press};
use super::field::{Checked, ErrorText, TextField, typed};
use super::part::{Form, Part};
use super::password_form::{CodeField, PasswordForm, refuse};
use super::site::Site;
use super::task::Task;
use crate::api::security;
use crate::browser::{focus, focus_field};
use crate::qr;
use crate::texts;

/// What the part shows.
#[derive(Clone)]
enum Step {
    /// Whether a login asks for a code.
    State,
    /// The password is asked for, because a code is wanted from now on.
    Beginning,
    /// The key is shown, and its first code is asked for.
    Confirming(TotpResponse),
    /// Password and code are asked for, because no code is wanted any longer.
    Ending,
}

const TITLE: &str = "factor-title";

#[component]
pub(crate) fn SecondFactorPart(
    username: String,
    /// Whether a login asks for a code; None while that is not known.
    #[prop(into)]
    is_on: Signal<Option<bool>>,
    /// Has the account read again.
    reload: Callback<()>,
) -> impl IntoView {
    let step = RwSignal::new(Step::State);
    let site = Site::get();
    let back = Callback::new(move |()| {
        step.set(Step::State);
        focus("#factor-title");
    });
    let done = Callback::new(move |said: &'static str| {
        site.announce(said);
        reload.run(());
        back.run(());
    });
    view! {
        <Part id=TITLE title=texts::second_factor()>
            {move || match step.get() {
                Step::State => is_on.get().map(|is_on| view! { <State is_on step/> }).into_any(),
                Step::Beginning => view! { <Begin username=username.clone() step back/> }.into_any(),
                Step::Confirming(totp) => view! { <Confirm totp done back/> }.into_any(),
                Step::Ending => view! { <End username=username.clone() done back/> }.into_any(),
            }}
        </Part>
    }
    .into_any()
}

#[component]
fn State(is_on: bool, step: RwSignal<Step>) -> impl IntoView {
    let (words, label, name, next) = match is_on {
        true => (texts::second_factor_on(), texts::turn_off(), texts::turn_off_second_factor(), Step::Ending),
        false => (texts::second_factor_off(), texts::set_up(), texts::set_up_second_factor(), Step::Beginning),
    };
    let next = StoredValue::new(next);
    let go = move |()| {
        step.set(next.get_value());
        request_animation_frame(|| focus("[aria-labelledby=factor-title] input:not([hidden])"));
    };
    view! {
        <p>{words}</p>
        <Press class="plain" label=label name=name on_press=go/>
    }
    .into_any()
}

#[component]
fn Begin(username: String, step: RwSignal<Step>, back: Callback<()>) -> impl IntoView {
    let (task, password) = (Task::new(Site::get()), Checked::new());
    let submit = move |said: String| {
        task.run(security::begin_totp(&said), move |result| match result {
            Err(refusal) => refuse(&refusal, &[(fields::PASSWORD, password)]),
            Ok(totp) => {
                step.set(Step::Confirming(totp));
                request_animation_frame(|| focus("#totp-code"));
                Ok(())
            }
        });
    };
    view! {
        <PasswordForm
            id="factor-password" title=TITLE username class="primary" label=texts::go_on() busy=texts::loading()
            password task on_submit=submit on_cancel=back
        />
    }
    .into_any()
}

#[component]
fn Confirm(totp: TotpResponse, done: Callback<&'static str>, back: Callback<()>) -> impl IntoView {
    let (task, code) = (Task::new(Site::get()), Checked::new());
    let TotpResponse { key, uri, ticket } = totp;
    let spaced = key.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ");
    let submit = move |()| {
        if code.lacks(texts::enter_code_of_app()) {
            return focus_field(code.field);
        }
        task.run(security::confirm_totp(&ticket, typed(code.field).trim()), move |result| match result {
            Err(refusal) => refuse(&refusal, &[(fields::CODE, code)]),
            Ok(()) => {
                done.run(texts::second_factor_is_on());
                Ok(())
            }
        });
    };
    view! {
        <p>{texts::scan_this()}</p>
        {qr::draw(&uri).map(|drawing| view! {
            <svg class="qr" role="img" aria-label=texts::qr_code() viewBox=format!("0 0 {0} {0}", drawing.side)>
                <path d=drawing.path/>
            </svg>
        })}
        <p>{texts::key()} " " <code class="key" translate="no">{spaced}</code></p>
        <Form action="/account" title=TITLE on_submit=submit>
            <TextField
                id="totp-code" label=texts::code() autocomplete="one-time-code" kind="text" error=code.error field=code.field
                on_input=move |()| code.error.set(None) on_leave=|()| ()
            />
            <ErrorText text=task.error/>
            <div class="choice">
                <BusyButton class="primary" label=texts::turn_on() busy=texts::turning_on() is_running=task.is_running/>
                <Press class="plain" label=texts::cancel() on_press=move |()| back.run(())/>
            </div>
        </Form>
    }
    .into_any()
}

#[component]
fn End(username: String, done: Callback<&'static str>, back: Callback<()>) -> impl IntoView {
    let (task, password, code) = (Task::new(Site::get()), Checked::new(), Checked::new());
    let submit = move |said: String| {
        if code.lacks(texts::enter_a_code()) {
            return focus_field(code.field);
        }
        task.run(security::end_totp(&said, typed(code.field).trim()), move |result| match result {
            Err(refusal) => refuse(&refusal, &[(fields::PASSWORD, password), (fields::CODE, code)]),
            Ok(()) => {
                done.run(texts::second_factor_is_off());
                Ok(())
            }
        });
    };
    view! {
        <PasswordForm
            id="factor-password" title=TITLE username class="danger" label=texts::turn_off() busy=texts::turning_off()
            password task on_submit=submit on_cancel=back
        >
            <CodeField id="factor-code" code/>
        </PasswordForm>
    }
    .into_any()
}
