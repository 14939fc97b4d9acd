//! The field for a password that is new.

use std::time::Duration;

use leptos::prelude::*;

use frontend::strength::{Strength, judge};
use frontend::words::{Field, hint};

use super::field::{TextField, typed};
use super::site::Site;

/// A screen reader is told how strong a password is once the keys have been still for so long.
const STILL: Duration = Duration::from_millis(1200);

/// A field that can be read on request, with what is to be said of the strength of what is in it.
#[component]
pub(crate) fn NewPasswordField(
    /// Unique on the page.
    id: &'static str,
    /// In words.
    label: &'static str,
    /// Whose password it will be, as far as that is known.
    #[prop(into)]
    username: Callback<(), String>,
    /// Whether it can be read now; a form hides it when it is sent.
    is_shown: RwSignal<bool>,
    /// What is wrong.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// The element, to read from.
    field: NodeRef<leptos::html::Input>,
    /// Called when it has been typed in.
    #[prop(into)]
    on_input: Callback<()>,
    /// Called when it is left.
    #[prop(into)]
    on_leave: Callback<()>,
) -> impl IntoView {
    let site = Site::get();
    let (verdict, keys) = (RwSignal::new(judge("", "")), StoredValue::new(0));
    let say = move |key| {
        // Unless the form is gone, another key came after it, or something is said already.
        if keys.try_get_value() != Some(key) || error.with_untracked(Option::is_some) {
            return;
        }
        let it = verdict.get_untracked();
        if it.strength != Strength::None {
            site.announce(format!("Password strength: {} {}", it.strength.words(), it.advice));
        }
    };
    let type_in = move |()| {
        on_input.run(());
        verdict.set(judge(&typed(field), &username.run(())));
        let key = keys.get_value() + 1;
        keys.set_value(key);
        set_timeout(move || say(key), STILL);
    };
    view! {
        <TextField
            id label autocomplete="new-password"
            kind=Signal::derive(move || if is_shown.get() { "text" } else { "password" })
            hint=hint(Field::Password)
            strength=verdict.into() error field on_input=type_in on_leave
        >
            <button
                class="plain"
                type="button"
                aria-controls=id
                aria-label=move || if is_shown.get() { "Hide password" } else { "Show password" }
                on:click=move |_| is_shown.update(|it| *it = !*it)
            >
                {move || if is_shown.get() { "Hide" } else { "Show" }}
            </button>
        </TextField>
    }
}
