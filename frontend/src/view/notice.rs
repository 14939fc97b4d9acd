//! A word above what it is about, and perhaps a button to do something about it.

use leptos::prelude::*;

/// Said when it comes.
#[component]
pub(crate) fn Notice(
    /// `alert`, or `status` where it can wait.
    role: &'static str,
    /// None: there is nothing to say.
    #[prop(into)]
    text: Signal<Option<String>>,
    /// On the button.
    #[prop(optional)]
    label: Option<&'static str>,
    /// What the button does.
    #[prop(optional)]
    on_press: Option<Callback<()>>,
) -> impl IntoView {
    view! {
        <div role=role>
            {move || text.get().map(|text| view! {
                <p class="notice">
                    <span>{text}</span>
                    {label.zip(on_press).map(|(label, on_press)| view! {
                        <button class="plain" type="button" on:click=move |_| on_press.run(())>{label}</button>
                    })}
                </p>
            })}
        </div>
    }
}
