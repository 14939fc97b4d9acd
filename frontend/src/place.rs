//! How much of a view was there in an entry of the tab's history, and how far it was scrolled. It is in the storage of the tab,
//! so that a reload does not lose it either.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::browser::{keep_in_tab, kept_in_tab};

/// What an entry of the history goes back to.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    /// The position of the newest message that was shown.
    pub(crate) newest: u64,
    /// How many messages were shown.
    pub(crate) count: u64,
    /// How far the page was scrolled, in pixels from where the list begins: what is above a list comes and goes. 0 if its
    /// beginning was in sight. A view without a list begins where its content does.
    y: u64,
}

impl Place {
    /// The place of an entry, if it was left before.
    pub(crate) fn of(entry: &str) -> Option<Self> {
        let stored = kept_in_tab(&key(entry))?;
        let mut numbers = stored.split(' ').map_while(|number| number.parse().ok());
        Some(Self { newest: numbers.next()?, count: numbers.next()?, y: numbers.next()? })
    }

    /// Notes the place of the entry that is shown and will be left.
    pub(crate) fn keep(entry: &str) {
        let (mut newest, mut count) = ("0".to_owned(), 0);
        if let Some(list) = find("ol") {
            // A list that is still loaded says nothing about what there was.
            let Some(id) = find("[data-message]").and_then(|first| first.get_attribute("data-message")) else { return };
            (newest, count) = (id, list.child_element_count());
        }
        let y = (window().scroll_y().unwrap_or_default() - start()) as u64;
        keep_in_tab(&key(entry), Some(&format!("{newest} {count} {y}")));
    }

    pub(crate) fn is_scrolled(self) -> bool {
        self.y > 0
    }

    /// Scrolls to the place, once the view has been rendered and is shown.
    pub(crate) fn show(self) {
        request_animation_frame(move || {
            // While the shell is there, the view beside it has no height to scroll in.
            if find("#shell").is_some() {
                return self.show();
            }
            let y = if self.y == 0 { 0.0 } else { start() + self.y as f64 };
            window().scroll_to_with_x_and_y(0.0, y);
        });
    }
}

fn key(entry: &str) -> String {
    format!("latchkey.place.{entry}")
}

fn find(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}

/// Where the list begins, or the content of a view without one, in pixels from the top of the page.
fn start() -> f64 {
    let start = find("ol").or_else(|| find("main")).and_then(|element| element.dyn_into().ok());
    start.map_or(0, |element: HtmlElement| element.offset_top()).into()
}
