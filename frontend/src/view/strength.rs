//! How strong the password is that is being typed.

use leptos::prelude::*;

use super::text::changing;
use crate::strength::Verdict;

/// A bar, and one sentence that describes the field. It is empty while there is an error, which is shown instead.
#[component]
pub(crate) fn StrengthText(
    /// The id that the `aria-describedby` of the field names.
    id: String,
    verdict: Signal<Verdict>,
    error: Signal<Option<String>>,
) -> impl IntoView {
    let shown = move || if error.with(Option::is_some) { Verdict::default() } else { verdict.get() };
    view! {
        <div class="strength" data-thirds=move || shown().strength.thirds()>
            <div aria-hidden="true"></div>
            <p class="quiet" id=id>
                <b prop:textContent=changing(move || shown().strength.words())></b>
                " "
                <span prop:textContent=changing(move || shown().advice)></span>
            </p>
        </div>
    }
    .into_any()
}
