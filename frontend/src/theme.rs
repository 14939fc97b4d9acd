//! The light or dark theme: the one that the person has chosen, or the one of the system.

use leptos::prelude::*;

use crate::browser::{keep, kept};
use crate::texts;

const KEY: &str = "latchkey.theme";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    /// Light or dark, as the system is.
    System,
    Light,
    Dark,
}

impl Theme {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// What is chosen, in words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::System => texts::theme_system(),
            Self::Light => texts::theme_light(),
            Self::Dark => texts::theme_dark(),
        }
    }

    /// The choice after this one. The first from the system's is the one that looks different, so that each press is seen until
    /// the system has its way again.
    pub(crate) fn next(self) -> Self {
        let system = match window().match_media("(prefers-color-scheme: dark)") {
            Ok(Some(query)) if query.matches() => Self::Dark,
            _ => Self::Light,
        };
        match self {
            Self::System if system == Self::Dark => Self::Light,
            Self::System => Self::Dark,
            chosen if chosen == system => Self::System,
            _ => system,
        }
    }

    /// What the person has chosen, here or in another tab, as a signal.
    pub(crate) fn start() -> RwSignal<Self> {
        let theme = RwSignal::new(Self::chosen());
        let storage = window_event_listener(leptos::ev::storage, move |event| {
            if event.key().is_none_or(|key| key == KEY) {
                theme.set(Self::chosen());
                theme.get_untracked().show();
            }
        });
        on_cleanup(move || storage.remove());
        theme
    }

    fn chosen() -> Self {
        match kept(KEY).as_deref() {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            Some(_) => {
                keep(KEY, None);
                Self::System
            }
            None => Self::System,
        }
    }

    /// Shows this theme from now on, and on the next visit.
    pub(crate) fn choose(self) {
        keep(KEY, (self != Self::System).then(|| self.as_str()));
        self.show();
    }

    /// Shows this theme. The script in the page does the same before the app runs.
    fn show(self) {
        if let Some(root) = document().document_element() {
            let _ = match self {
                Self::System => root.remove_attribute("data-theme"),
                chosen => root.set_attribute("data-theme", chosen.as_str()),
            };
        }
        // The bar of a phone has the colour of the bar at the top, also where the system prefers the other theme.
        for scheme in [Self::Light, Self::Dark] {
            let shown = if self == Self::System { scheme } else { self };
            let selector = format!("[name=theme-color][media*={}]", scheme.as_str());
            if let Ok(Some(meta)) = document().query_selector(&selector) {
                let _ = meta.set_attribute("content", if shown == Self::Dark { "#1b1915" } else { "#ffffff" });
            }
        }
    }
}
