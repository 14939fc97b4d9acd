//! Buttons. Most of what a view costs in bytes is compiled once for each type of a closure or of an element, so all buttons are of
//! these two kinds.

use leptos::prelude::*;

use super::text::changing;

/// A button that does something at once.
#[component]
pub(crate) fn Press(
    class: &'static str,
    #[prop(into)] label: String,
    /// The accessible name, where the label does not say enough. It begins with the label.
    #[prop(optional, into)]
    name: Option<String>,
    #[prop(into)] on_press: Callback<()>,
) -> impl IntoView {
    let press = move |_| on_press.run(());
    view! { <button class=class type="button" aria-label=name on:click=press>{label}</button> }.into_any()
}

/// A button that sets off a request, and shows that it is under way.
#[component]
pub(crate) fn BusyButton(
    class: &'static str,
    /// `submit` or `button`.
    #[prop(optional)]
    kind: Option<&'static str>,
    label: &'static str,
    /// The label while the request is under way.
    busy: &'static str,
    /// The accessible name, where the label does not say enough. It begins with the label.
    #[prop(optional)]
    name: Option<String>,
    is_running: RwSignal<bool>,
    #[prop(optional)] on_press: Option<Callback<()>>,
) -> impl IntoView {
    // Pressing the button must not take the focus from a field: the error that appears when a field is left would move the
    // button away from the pointer, and the click would be lost.
    view! {
        <button
            class=class
            type=kind.unwrap_or("submit")
            aria-label=name
            aria-disabled=move || is_running.get().then_some("true")
            on:mousedown=|event| event.prevent_default()
            on:click=move |_| if let Some(on_press) = on_press { on_press.run(()) }
            prop:textContent=changing(move || if is_running.get() { busy } else { label })
        ></button>
    }
    .into_any()
}
