//! How long ago something was.

use std::time::Duration;

use leptos::prelude::*;

use super::site::Site;
use super::text::changing;
use crate::age::ago;
use crate::browser::{exact, instant_ms};

/// How long ago something was, and the exact time as its title.
#[component]
pub(crate) fn Ago(
    /// A time as the API writes it.
    time: String,
) -> impl IntoView {
    let site = Site::get();
    let at_ms = instant_ms(&time);
    let element = NodeRef::<leptos::html::Time>::new();
    // The browser takes long for the first such text, so that it is made after the messages are shown.
    let said = time.clone();
    let title = move || {
        if let Some(element) = element.try_get_untracked().flatten() {
            element.set_title(&exact(&said));
        }
    };
    set_timeout(title, Duration::ZERO);
    view! { <time datetime=time node_ref=element prop:textContent=changing(move || ago(site.now_ms.get(), at_ms))></time> }
    .into_any()
}
