//! How long ago something was.

use frontend::age::ago;
use leptos::prelude::*;

use super::site::Site;
use super::text::changing;
use crate::browser::instant;

/// How long ago something was, and the exact time as its title.
#[component]
pub(crate) fn Ago(
    /// A time as the API writes it.
    time: String,
) -> impl IntoView {
    let site = Site::get();
    let (at_ms, exact) = instant(&time);
    view! { <time datetime=time title=exact prop:textContent=changing(move || ago(site.now_ms.get(), at_ms))></time> }
}
