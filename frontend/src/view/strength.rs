//! How strong the password is that somebody types.

use leptos::prelude::*;

use frontend::strength::Verdict;

/// A bar, and one sentence that the field is described by. It gives way to an error, which takes its place.
#[component]
pub(crate) fn StrengthText(
    /// What the field points at.
    id: String,
    /// Of what is typed now.
    verdict: Signal<Verdict>,
    /// What is wrong with the field.
    error: Signal<Option<String>>,
) -> impl IntoView {
    let shown = move || if error.with(Option::is_some) { Verdict::default() } else { verdict.get() };
    view! {
        <div class="strength" data-thirds=move || shown().strength.thirds()>
            <div aria-hidden="true"></div>
            <p class="quiet" id=id><b>{move || shown().strength.words()}</b> " " {move || shown().advice}</p>
        </div>
    }
}
