//! What is said about what was just done, and for how long.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;

use crate::browser::focus;

/// How long it is shown.
const SHOWN: Duration = Duration::from_secs(5);
/// How soon the page looks again whether somebody still points at it.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// A screen reader says what changes. The same words twice are a change only if there is nothing between them for a moment.
const EMPTY: Duration = Duration::from_millis(100);

#[derive(Clone)]
pub(crate) struct Toast {
    pub(crate) text: String,
    /// Whether it is seen too. What the page shows already is only heard.
    pub(crate) is_seen: bool,
    /// What can be done about it: the label of a button, and what the button does.
    pub(crate) action: Option<(&'static str, Callback<()>)>,
}

/// Shows one toast at a time.
#[derive(Clone, Copy)]
pub(crate) struct Toaster {
    pub(super) toast: RwSignal<Option<Toast>>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Toaster {
    pub(crate) fn new() -> Self {
        Self { toast: RwSignal::new(None), timer: StoredValue::new(None) }
    }

    pub(crate) fn show(self, toast: Toast) {
        self.toast.set(None);
        let begin = move || {
            self.toast.set(Some(toast));
            self.end_later(SHOWN);
        };
        self.later(EMPTY, Box::new(begin));
    }

    fn end_later(self, time: Duration) {
        self.later(time, Box::new(move || self.end()));
    }

    fn later(self, time: Duration, then: Box<dyn FnOnce()>) {
        let timer = set_timeout_with_handle(then, time).ok();
        if let Some(before) = self.timer.try_update_value(|last| std::mem::replace(last, timer)).flatten() {
            before.clear();
        }
    }

    /// Ends the toast, unless somebody points at it or has the focus in it.
    fn end(self) {
        if matches!(document().query_selector(".toast:is(:hover, :focus-within)"), Ok(Some(_))) {
            self.end_later(LOOK_AGAIN);
        } else {
            self.toast.set(None);
        }
    }

    /// Ends the toast because one of its buttons was pressed, which goes with it.
    pub(super) fn close(self) {
        self.toast.set(None);
        focus("h1");
    }
}
