//! Where the page says what was just done, to eyes and ears alike.

use leptos::prelude::*;

use super::button::Press;
use super::site::Site;
use super::text::changing;

use crate::texts;

/// The toast, and the only place of the page from which a screen reader is told of it.
#[component]
pub(crate) fn Said() -> impl IntoView {
    let site = Site::get();
    let toaster = site.toaster;
    site.greet();
    let seen = Memo::new(move |_| toaster.toast.with(|toast| toast.as_ref().is_some_and(|toast| toast.is_seen)));
    let text = move || toaster.toast.with(|toast| toast.as_ref().map(|toast| toast.text.clone()).unwrap_or_default());
    let action = move || toaster.toast.get().and_then(|toast| toast.action);
    view! {
        <div class=move || if seen.get() { "toast" } else { "hidden" }>
            <p role="status" prop:textContent=changing(text)></p>
            {move || action().map(|(label, act)| view! {
                <Press class="plain" label=label on_press=move |()| {
                    toaster.close();
                    act.run(());
                }/>
            })}
            {move || seen.get().then(|| view! {
                <Press class="round" label="×" name=texts::close() on_press=move |()| toaster.close()/>
            })}
        </div>
    }
    .into_any()
}
