//! A labelled input with its limits before, and its error beside it.

use leptos::prelude::*;

use frontend::strength::Verdict;

use super::strength::StrengthText;

/// A field of a form: its element, and what is wrong with it.
#[derive(Clone, Copy)]
pub(crate) struct Checked {
    pub(crate) field: NodeRef<leptos::html::Input>,
    pub(crate) error: RwSignal<Option<String>>,
}

impl Checked {
    pub(crate) fn new() -> Self {
        Self { field: NodeRef::new(), error: RwSignal::new(None) }
    }
}

/// An error. It is an alert, which screen readers say when it comes.
#[component]
pub(crate) fn ErrorText(
    /// What the field points at.
    #[prop(into)]
    id: String,
    /// None: there is no error.
    #[prop(into)]
    text: Signal<Option<String>>,
) -> impl IntoView {
    view! { <p class="error" id=id role="alert">{move || text.get()}</p> }
}

/// A line of text, or a password.
#[component]
pub(crate) fn TextField(
    /// Unique on the page.
    id: &'static str,
    /// In words.
    label: &'static str,
    /// What a password manager goes by.
    autocomplete: &'static str,
    /// `text` or `password`.
    #[prop(into)]
    kind: Signal<&'static str>,
    /// What is in it at first.
    #[prop(optional)]
    value: String,
    /// The limits; empty for none.
    #[prop(optional)]
    hint: String,
    /// What is wrong.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// The element, to read from.
    field: NodeRef<leptos::html::Input>,
    /// Called when it has been typed in.
    #[prop(into)]
    on_input: Callback<()>,
    /// Called when it is left.
    #[prop(into)]
    on_leave: Callback<()>,
    /// A button at its end.
    #[prop(optional)]
    children: Option<Children>,
    /// How strong the password in it is.
    #[prop(optional)]
    strength: Option<Signal<Verdict>>,
) -> impl IntoView {
    let (hint_id, strength_id, error_id) = (format!("{id}-hint"), format!("{id}-strength"), format!("{id}-error"));
    let mut described_by = error_id.clone();
    if strength.is_some() {
        described_by = format!("{strength_id} {described_by}");
    }
    if !hint.is_empty() {
        described_by = format!("{hint_id} {described_by}");
    }
    let is_invalid = move || error.with(Option::is_some).then_some("true");
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {(!hint.is_empty()).then(|| view! { <p class="quiet" id=hint_id>{hint}</p> })}
            <div class="with-button">
                <input
                    id=id
                    name=id
                    type=move || kind.get()
                    autocomplete=autocomplete
                    autocapitalize="none"
                    spellcheck="false"
                    required
                    value=value
                    aria-invalid=is_invalid
                    aria-describedby=described_by
                    node_ref=field
                    on:input=move |_| { on_input.try_run(()); }
                    // Also when it goes with the form, and with it what was to be called.
                    on:change=move |_| { on_leave.try_run(()); }
                />
                {children.map(|children| children())}
            </div>
            {strength.map(|verdict| view! { <StrengthText id=strength_id verdict error/> })}
            <ErrorText id=error_id text=error/>
        </div>
    }
}

/// What is typed in a field.
pub(crate) fn typed(field: NodeRef<leptos::html::Input>) -> String {
    field.get_untracked().map(|field| field.value()).unwrap_or_default()
}
