//! What many views consist of, so that it is compiled once.

use leptos::prelude::*;

/// A part of a page, with its heading.
#[component]
pub(crate) fn Part(
    /// The id of the heading.
    id: &'static str,
    title: &'static str,
    #[prop(default = "part")] class: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <section class=class aria-labelledby=id>
            <h2 id=id tabindex="-1">{title}</h2>
            {children()}
        </section>
    }
    .into_any()
}

/// A form whose content is sent by the app.
#[component]
pub(crate) fn Form(
    /// The page that the form is on.
    action: &'static str,
    /// The id of a heading that names it, or else its name.
    #[prop(optional)]
    title: Option<&'static str>,
    #[prop(optional, into)] name: Option<String>,
    #[prop(into)] on_submit: Callback<()>,
    children: Children,
) -> impl IntoView {
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        on_submit.run(());
    };
    view! {
        <form
            class="form" method="post" action=action novalidate aria-labelledby=title aria-label=name on:submit=submit
        >
            {children()}
        </form>
    }
    .into_any()
}
