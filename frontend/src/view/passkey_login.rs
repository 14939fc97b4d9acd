//! The way to log in by a passkey: a button, and what the browser offers in the field of the username.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::button::BusyButton;
use crate::api::{Entry, passkeys};
use crate::passkey::{ending, is_offered_in_field, is_possible, sign};
use crate::texts;

/// Shows nothing where passkeys can't be used: the browser has none, or the server takes none.
#[component]
pub(crate) fn PasskeyLogin(
    enter: Callback<Entry>,
    /// What is said when it fails.
    error: RwSignal<Option<String>>,
) -> impl IntoView {
    let (is_there, is_running) = (RwSignal::new(false), RwSignal::new(false));
    let ending = StoredValue::new_local(ending());
    let end_offer = move || {
        if let Some(Some(ending)) = ending.try_get_value() {
            ending.abort();
        }
    };
    on_cleanup(end_offer);
    if is_possible() {
        spawn_local(async move {
            let Ok(options) = passkeys::begin_login().await else { return };
            is_there.try_set(true);
            let Some(Some(ending)) = ending.try_get_value() else { return };
            if !is_offered_in_field().await || ending.signal().aborted() {
                return;
            }
            if let Ok(signed) = sign(&options, Some(&ending.signal())).await {
                finish(&signed, enter, error).await;
            }
        });
    }
    let press = Callback::new(move |()| {
        if is_running.get_untracked() {
            return;
        }
        end_offer();
        is_running.set(true);
        error.set(None);
        spawn_local(async move {
            match passkeys::begin_login().await {
                Ok(options) => match sign(&options, None).await {
                    Ok(signed) => finish(&signed, enter, error).await,
                    Err(_) => _ = error.try_set(Some(texts::passkey_login_cancelled().to_owned())),
                },
                Err(refusal) => _ = error.try_set(Some(refusal.sentence())),
            }
            is_running.try_set(false);
        });
    });
    move || {
        is_there.get().then(|| view! {
            <BusyButton
                class="plain wide" kind="button" label=texts::log_in_with_passkey() busy=texts::logging_in() is_running on_press=press
            />
        })
    }
}

async fn finish(signed: &str, enter: Callback<Entry>, error: RwSignal<Option<String>>) {
    match passkeys::log_in(signed).await {
        Ok(login) => _ = enter.try_run(Entry::Session(Box::new(login))),
        Err(refusal) if refusal.code() == Some(wire::ProblemCode::InvalidCredentials) => {
            error.try_set(Some(texts::passkey_unknown().to_owned()));
        }
        Err(refusal) => _ = error.try_set(Some(refusal.sentence())),
    }
}
