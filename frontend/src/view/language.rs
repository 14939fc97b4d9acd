//! The end of the page, where somebody chooses a language.

use leptos::prelude::*;

use super::button::Press;
use crate::browser::{keep, language};
use crate::texts::{self, LANGUAGES};

/// The key of the choice, which the script in the page reads before the app runs.
const KEY: &str = "latchkey.language";

/// The last part of the page. Each language is called by its own name, also where it is the one of the page.
#[component]
pub(crate) fn Foot() -> impl IntoView {
    let choose = |tag| {
        keep(KEY, Some(tag));
        // Every text is another one then. What somebody has begun to write is there again.
        let _ = window().location().reload();
    };
    let now = language();
    view! {
        <footer>
            <nav aria-label=texts::language()>
                {LANGUAGES.map(|(tag, name)| view! {
                    <span lang=tag>{match now.starts_with(tag) {
                        true => view! { <b>{name}</b> }.into_any(),
                        false => view! { <Press class="link" label=name on_press=move |()| choose(tag)/> }.into_any(),
                    }}</span>
                })}
            </nav>
        </footer>
    }
    .into_any()
}
