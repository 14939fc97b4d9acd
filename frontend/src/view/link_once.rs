//! A link with a secret, which is shown once.

use leptos::prelude::*;

use super::text::changing;
use crate::browser::{copy, exact, origin};
use crate::texts;

#[component]
pub(crate) fn LinkOnce(
    /// What follows the origin of this site.
    path: String,
    /// When it ends, as the API says it.
    until: String,
) -> impl IntoView {
    let link = StoredValue::new(format!("{}{path}", origin()));
    view! {
        <div class="once" role="status">
            <p>{texts::copy_link_now(&exact(&until))}</p>
            <p><code translate="no">{link.get_value()}</code></p>
            <CopyButton text=link.get_value()/>
        </div>
    }
    .into_any()
}

/// A button that copies a text.
#[component]
pub(crate) fn CopyButton(text: String) -> impl IntoView {
    let is_copied = RwSignal::new(false);
    let copy_it = move |_| copy(&text, move || _ = is_copied.try_set(true));
    view! {
        <button
            class="plain" type="button" on:click=copy_it
            prop:textContent=changing(move || if is_copied.get() { texts::copied() } else { texts::copy() })
        ></button>
    }
    .into_any()
}
