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
        <Part id=TITLE title="Second factor">
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
    let (words, label, next) = match is_on {
        true => ("On. After your password, you enter a code from your authenticator app.", "Turn off", Step::Ending),
        false => (
            "Off. Turn it on to enter a code from an authenticator app after your password, so that a stolen password is not enough.",
            "Set up",
            Step::Beginning,
        ),
    };
    let next = StoredValue::new(next);
    let name = format!("{label} the second factor");
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
            id="factor-password" title=TITLE username class="primary" label="Continue" busy="Loading…"
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
        if code.lacks("Enter the code your app shows.") {
            return focus_field(code.field);
        }
        task.run(security::confirm_totp(&ticket, typed(code.field).trim()), move |result| match result {
            Err(refusal) => refuse(&refusal, &[(fields::CODE, code)]),
            Ok(()) => {
                done.run("The second factor is on.");
                Ok(())
            }
        });
    };
    view! {
        <p>"Scan this with your authenticator app, or type the key there. Then enter the code the app shows."</p>
        {qr::draw(&uri).map(|drawing| view! {
            <svg class="qr" role="img" aria-label="QR code of the key" viewBox=format!("0 0 {0} {0}", drawing.side)>
                <path d=drawing.path/>
            </svg>
        })}
        <p>"Key: " <code class="key" translate="no">{spaced}</code></p>
        <Form action="/account" title=TITLE on_submit=submit>
            <TextField
                id="totp-code" label="Code" autocomplete="one-time-code" kind="text" error=code.error field=code.field
                on_input=move |()| code.error.set(None) on_leave=|()| ()
            />
            <ErrorText text=task.error/>
            <div class="choice">
                <BusyButton class="primary" label="Turn on" busy="Turning on…" is_running=task.is_running/>
                <Press class="plain" label="Cancel" on_press=move |()| back.run(())/>
            </div>
        </Form>
    }
    .into_any()
}

#[component]
fn End(username: String, done: Callback<&'static str>, back: Callback<()>) -> impl IntoView {
    let (task, password, code) = (Task::new(Site::get()), Checked::new(), Checked::new());
    let submit = move |said: String| {
        if code.lacks("Enter a code.") {
            return focus_field(code.field);
        }
        task.run(security::end_totp(&said, typed(code.field).trim()), move |result| match result {
            Err(refusal) => refuse(&refusal, &[(fields::PASSWORD, password), (fields::CODE, code)]),
            Ok(()) => {
                done.run("The second factor is off.");
                Ok(())
            }
        });
    };
    view! {
        <PasswordForm
            id="factor-password" title=TITLE username class="danger" label="Turn off" busy="Turning off…"
            password task on_submit=submit on_cancel=back
        >
            <CodeField id="factor-code" code/>
        </PasswordForm>
    }
    .into_any()
}
