//! A button for what can't be undone: it turns into a question first.

use leptos::prelude::*;

use super::button::{BusyButton, Press};
use super::field::ErrorText;
use super::task::Task;
use crate::browser::focus_element;
use crate::texts;

/// The button, and the question that it turns into.
#[component]
pub(crate) fn Confirm(
    /// Classes of the element around both.
    class: &'static str,
    label: &'static str,
    /// The question, which is the accessible name of the button too. It begins with the label.
    question: &'static str,
    /// The label of the button that confirms.
    yes: &'static str,
    /// Its label while the request is under way.
    #[prop(default = texts::deleting())]
    busy: &'static str,
    /// The label of the button that leaves things as they are.
    no: &'static str,
    task: Task,
    on_yes: Callback<()>,
) -> impl IntoView {
    let is_asked = RwSignal::new(false);
    let button = NodeRef::<leptos::html::Div>::new();
    let turn = Callback::new(move |()| {
        is_asked.update(|is_asked| *is_asked = !*is_asked);
        task.error.set(None);
        // The last button is the answer that does no harm.
        request_animation_frame(move || {
            let buttons =
                button.try_get_untracked().flatten().and_then(|all| all.query_selector("button:last-of-type").ok());
            if let Some(last) = buttons.flatten() {
                focus_element(last);
            }
        });
    });
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" && is_asked.get_untracked() && !task.is_running.get_untracked() {
            // It is the answer to the question, and closes nothing around it.
            event.prevent_default();
            turn.run(());
        }
    };
    view! {
        <div class=format!("confirm {class}") node_ref=button on:keydown=on_key>
            {move || if is_asked.get() {
                view! {
                    <div role="group" aria-label=question>
                        <p class="quiet">{question}</p>
                        <BusyButton class="danger" kind="button" label=yes busy is_running=task.is_running on_press=on_yes/>
                        <Press class="plain" label=no on_press=turn/>
                    </div>
                }.into_any()
            } else {
                view! {
                    <Press class="ask" label=label name=question on_press=move |()| turn.run(())/>
                }.into_any()
            }}
            <ErrorText text=task.error/>
        </div>
    }
    .into_any()
}
