//! How long ago something was.

use leptos::prelude::*;

use super::site::Site;
use super::text::changing;
use crate::age::ago;
use crate::browser::{exact, instant_ms};

/// How long ago something was, and the exact time as its title, once a pointer is there.
#[component]
pub(crate) fn Ago(
    /// A time as the API writes it.
    time: String,
) -> impl IntoView {
    let site = Site::get();
    let at_ms = instant_ms(&time);
    let element = NodeRef::<leptos::html::Time>::new();
    // The browser takes long for the first such text, and few look at it.
    let said = time.clone();
    let title = move |_| {
        if let Some(element) = element.get_untracked() {
            element.set_title(&exact(&said));
        }
    };
    view! {
        <time
            datetime=time node_ref=element on:pointerenter=title
            prop:textContent=changing(move || ago(site.now_ms.get(), at_ms))
        ></time>
    }
    .into_any()
}
