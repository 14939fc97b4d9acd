//! A labelled input with a hint before it, and its error after it.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::site::Site;
use super::strength::StrengthText;
use super::text::changing;
use crate::strength::Verdict;
use crate::texts;

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
    /// The id that the `aria-describedby` of the field names, if there is a field.
    #[prop(optional, into)]
    id: Option<String>,
    /// None if there is no error.
    #[prop(into)]
    text: Signal<Option<String>>,
) -> impl IntoView {
    view! { <p class="error" id=id role="alert" prop:textContent=changing(move || text.get().unwrap_or_default())></p> }
        .into_any()
}

/// An input for a line of text or for a password. A password can be made readable. The error is no alert: a form that is sent
/// moves the focus to the first field that is wrong, whose description the error is.
#[component]
pub(crate) fn TextField(
    /// The id, unique on the page, and the name.
    #[prop(into)]
    id: String,
    label: &'static str,
    /// The `autocomplete` token that password managers read.
    autocomplete: &'static str,
    /// `text` or `password`.
    kind: &'static str,
    /// The initial value.
    #[prop(optional)]
    value: String,
    /// What is allowed; empty for no hint.
    #[prop(optional)]
    hint: String,
    #[prop(into)] error: Signal<Option<String>>,
    /// The id of the error of the form, and whether that error is about this field too.
    #[prop(optional)]
    of_form: Option<(&'static str, RwSignal<bool>)>,
    /// Is given the element, for [`typed`].
    field: NodeRef<leptos::html::Input>,
    #[prop(into)] on_input: Callback<()>,
    /// Called when the field has been changed and left.
    #[prop(into)]
    on_leave: Callback<()>,
    /// Whether a password is readable.
    #[prop(optional)]
    is_shown: Option<RwSignal<bool>>,
    #[prop(optional)] strength: Option<Signal<Verdict>>,
) -> impl IntoView {
    let site = Site::get();
    let is_shown = is_shown.unwrap_or_else(|| RwSignal::new(false));
    let (hint_id, strength_id, error_id) = (format!("{id}-hint"), format!("{id}-strength"), format!("{id}-error"));
    let mut described_by = error_id.clone();
    if let Some((form_error_id, _)) = of_form {
        described_by = format!("{described_by} {form_error_id}");
    }
    if strength.is_some() {
        described_by = format!("{strength_id} {described_by}");
    }
    if !hint.is_empty() {
        described_by = format!("{hint_id} {described_by}");
    }
    let has_caps_lock = RwSignal::new(false);
    let look_at_key = move |event: leptos::ev::KeyboardEvent| {
        // What fills in a form by itself sends events of the same name that are of no key.
        let is_key = kind == "password" && event.is_instance_of::<web_sys::KeyboardEvent>();
        has_caps_lock.set(is_key && event.get_modifier_state("CapsLock"));
    };
    let is_invalid = move || error.with(Option::is_some) || of_form.is_some_and(|(_, is_wrong)| is_wrong.get());
    let leave = move |_| {
        // A field that is removed with its form changes too, and the callback is gone by then.
        on_leave.try_run(());
        // The focus is elsewhere, so that no screen reader comes across the error.
        if let Some(error) = error.try_get_untracked().flatten() {
            site.read_out(error);
        }
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            {(!hint.is_empty()).then(|| view! { <p class="quiet" id=hint_id>{hint}</p> })}
            <div class="with-button">
                <input
                    id=id.clone()
                    name=id.clone()
                    type=move || if is_shown.get() { "text" } else { kind }
                    autocomplete=autocomplete
                    autocapitalize=if autocomplete == "name" { "words" } else { "none" }
                    spellcheck="false"
                    required
                    value=value
                    aria-invalid=move || is_invalid().then_some("true")
                    aria-describedby=described_by
                    node_ref=field
                    on:input=move |_| { on_input.try_run(()); }
                    on:keyup=look_at_key
                    on:change=leave
                />
                {(kind == "password").then(|| view! { <Show id is_shown/> })}
            </div>
            {move || has_caps_lock.get().then(|| view! { <p class="quiet" role="status">{texts::caps_lock()}</p> })}
            {strength.map(|verdict| view! { <StrengthText id=strength_id verdict error/> })}
            <p class="error" id=error_id prop:textContent=changing(move || error.get().unwrap_or_default())></p>
        </div>
    }
    .into_any()
}

/// The button that makes a password readable.
#[component]
fn Show(
    /// The id of the field.
    id: String,
    is_shown: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <button
            class="plain"
            type="button"
            aria-controls=id
            aria-label=move || if is_shown.get() { texts::hide_password() } else { texts::show_password() }
            on:click=move |_| is_shown.update(|it| *it = !*it)
            prop:textContent=changing(move || if is_shown.get() { texts::hide() } else { texts::show() })
        ></button>
    }
    .into_any()
}

/// The username of a form that asks for a password alone. Nobody sees it, but password managers read from it whose password
/// that is.
#[component]
pub(crate) fn HiddenUsername(username: String) -> impl IntoView {
    view! { <input type="text" name="username" autocomplete="username" value=username hidden readonly/> }.into_any()
}

/// The present value of a field; empty if the field is gone.
pub(crate) fn typed(field: NodeRef<leptos::html::Input>) -> String {
    field.get_untracked().map(|field| field.value()).unwrap_or_default()
}
