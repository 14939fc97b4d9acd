//! The button of a task.

use leptos::prelude::*;

/// A button that tells when it is at work.
#[component]
pub(crate) fn BusyButton(
    /// How it looks.
    class: &'static str,
    /// `submit` or `button`.
    #[prop(optional)]
    kind: Option<&'static str>,
    /// On it.
    label: &'static str,
    /// On it while it is at work.
    busy: &'static str,
    /// What a screen reader calls it, where the label does not say enough; begins with the label.
    #[prop(optional)]
    name: Option<String>,
    /// Whether it is at work.
    is_running: RwSignal<bool>,
    /// Called when it is pressed.
    #[prop(optional)]
    on_press: Option<Callback<()>>,
) -> impl IntoView {
    // Pressing does not take the focus from a field: the error that leaving it shows would move the button from under the
    // pointer, and the click would be lost.
    view! {
        <button
            class=class
            type=kind.unwrap_or("submit")
            aria-label=name
            aria-disabled=move || is_running.get().then_some("true")
            on:mousedown=|event| event.prevent_default()
            on:click=move |_| if let Some(on_press) = on_press { on_press.run(()) }
        >
            {move || if is_running.get() { busy } else { label }}
        </button>
    }
}
