//! The field for a new password.

use std::time::Duration;

use leptos::prelude::*;

use super::field::{TextField, typed};
use super::site::Site;
use crate::strength::{Strength, judge};
use crate::texts;
use crate::words::{Field, hint};

/// Screen readers are told how strong a password is when nothing has been typed for so long.
const STILL: Duration = Duration::from_millis(1200);

/// A field that shows how strong the password in it is.
#[component]
pub(crate) fn NewPasswordField(
    id: &'static str,
    label: &'static str,
    /// Returns the username that the password will belong to; empty while it is not known.
    #[prop(into)]
    username: Callback<(), String>,
    /// Whether the password is readable. The form sets it to false when it is sent.
    is_shown: RwSignal<bool>,
    #[prop(into)] error: Signal<Option<String>>,
    field: NodeRef<leptos::html::Input>,
    #[prop(into)] on_input: Callback<()>,
    #[prop(into)] on_leave: Callback<()>,
) -> impl IntoView {
    let site = Site::get();
    let (verdict, keys) = (RwSignal::new(judge("", "")), StoredValue::new(0));
    let say = move |key| {
        // Nothing is said if the form is gone, if something was typed since, or if an error is said already.
        if keys.try_get_value() != Some(key) || error.with_untracked(Option::is_some) {
            return;
        }
        let it = verdict.get_untracked();
        if it.strength != Strength::None {
            site.read_out(texts::password_strength(it.strength.words(), &it.advice));
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
            id label autocomplete="new-password" kind="password" is_shown hint=hint(Field::Password)
            strength=verdict.into() error field on_input=type_in on_leave
        />
    }
    .into_any()
}
