//! The icons. They have the colour of the text, and screen readers do not see them.

use leptos::prelude::*;

use crate::theme::Theme;

/// A key whose bow is a speech bubble.
pub(crate) fn mark() -> impl IntoView {
    view! {
        <svg viewBox="0 0 32 32" aria-hidden="true">
            <path d="M4 13a8 8 0 1 1 12.900 6.300c-1.400 1.100-3.100 1.700-4.900 1.700-1 0-2-.2-2.900-.5L5 22l1.200-3.700A8 8 0 0 1 4 13Z"/>
            <path d="m18 18.500 9 9M23.500 24l2.500-2.500"/>
            <circle class="dot" cx="12" cy="13" r="1.300"/>
        </svg>
    }
}

/// The sun, the moon, or a half of each, as the system decides.
pub(crate) fn theme(theme: Theme) -> impl IntoView {
    let (lines, area) = match theme {
        Theme::Light => (
            "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0ZM12 3v2M12 19v2M3 12h2M19 12h2M5.600 5.600 7 7M17 17l1.400 1.400M18.400 5.600 17 7M7 17l-1.400 1.400",
            "",
        ),
        Theme::Dark => ("M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500Z", ""),
        Theme::System => ("M20 12a8 8 0 1 1-16 0 8 8 0 0 1 16 0Z", "M12 4a8 8 0 0 1 0 16Z"),
    };
    view! { <svg viewBox="0 0 24 24" aria-hidden="true"><path d=lines/><path class="dot" d=area/></svg> }
}

/// A phone, or a screen on its foot.
pub(crate) fn device(is_phone: bool) -> impl IntoView {
    let lines = match is_phone {
        true => "M7 3h10v18H7ZM11 18h2",
        false => "M3 5h18v11H3ZM8 20h8M12 16v4",
    };
    view! { <svg viewBox="0 0 24 24" aria-hidden="true"><path d=lines/></svg> }
}

/// Three dots, for a button that opens a menu of what else can be done.
pub(crate) fn more() -> impl IntoView {
    view! {
        <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M5 12h.010M12 12h.010M19 12h.010"/>
        </svg>
    }
}

/// The arrow of a button that opens a menu.
pub(crate) fn down() -> impl IntoView {
    view! {
        <svg class="down" viewBox="0 0 24 24" aria-hidden="true">
            <path d="m6 9 6 6 6-6"/>
        </svg>
    }
}
