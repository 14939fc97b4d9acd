//! A sentence above what it is about, perhaps with a button to do something about it.

use leptos::prelude::*;

use super::button::Press;
use super::text::changing;

/// A notice, which screen readers say when it comes.
#[component]
pub(crate) fn Notice(
    /// `alert`, or `status` where it can wait.
    role: &'static str,
    /// None if there is no notice.
    #[prop(into)]
    text: Signal<Option<String>>,
    /// The label of the button.
    #[prop(optional)]
    label: Option<&'static str>,
    #[prop(optional)] on_press: Option<Callback<()>>,
) -> impl IntoView {
    view! {
        <div role=role>
            {move || text.get().map(|text| view! {
                <p class="notice">
                    <span prop:textContent=changing(move || text.clone())></span>
                    {label.zip(on_press).map(|(label, on_press)| view! {
                        <Press class="plain" label=label on_press=move |()| on_press.run(())/>
                    })}
                </p>
            })}
        </div>
    }
    .into_any()
}
