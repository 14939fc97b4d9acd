//! The light or dark theme: the one that the system prefers, until the person has chosen.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use crate::browser::{keep, kept};

const KEY: &str = "latchkey.theme";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    Light,
    Dark,
}

impl Theme {
    fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub(crate) fn other(self) -> Self {
        match self {
            Self::Light => Self::Dark,
            Self::Dark => Self::Light,
        }
    }

    /// The theme as a signal: what the person has chosen, here or in another tab, or else what the system prefers.
    pub(crate) fn start() -> RwSignal<Self> {
        let theme = RwSignal::new(Self::now());
        let follow = move || theme.set(Self::now());
        let storage = window_event_listener(leptos::ev::storage, move |event| {
            if event.key().is_none_or(|key| key == KEY) {
                follow();
            }
        });
        on_cleanup(move || storage.remove());
        if let Some(query) = dark_query() {
            // The listener is never removed: it is needed for as long as the page is open.
            let listener = Closure::<dyn Fn()>::new(follow).into_js_value();
            let _ = query.add_event_listener_with_callback("change", listener.unchecked_ref());
        }
        theme
    }

    /// Shows the chosen theme, if there is one, and returns the theme that is shown.
    fn now() -> Self {
        let chosen = match kept(KEY).as_deref() {
            Some("light") => Some(Self::Light),
            Some("dark") => Some(Self::Dark),
            Some(_) => {
                keep(KEY, None);
                None
            }
            None => None,
        };
        if let Some(chosen) = chosen {
            chosen.show();
        }
        let system = || if dark_query().is_some_and(|query| query.matches()) { Self::Dark } else { Self::Light };
        chosen.unwrap_or_else(system)
    }

    /// Shows this theme from now on, and on the next visit.
    pub(crate) fn choose(self) {
        keep(KEY, Some(self.as_str()));
        self.show();
    }

    fn show(self) {
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-theme", self.as_str());
        }
        // The bar of a phone has the colour of the bar at the top, also where the system prefers the other theme. The script in
        // the page does the same before the app runs.
        for scheme in ["light", "dark"] {
            let selector = format!("[name=theme-color][media*={scheme}]");
            if let Ok(Some(meta)) = document().query_selector(&selector) {
                let _ = meta.set_attribute("content", if self == Self::Dark { "#1b1915" } else { "#ffffff" });
            }
        }
    }
}

fn dark_query() -> Option<web_sys::MediaQueryList> {
    window().match_media("(prefers-color-scheme: dark)").ok().flatten()
}
