//! What a button sets off at the server, and the button. One of each kind for the whole site: what is written twice is
//! loaded twice.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wire::ProblemCode;

use super::Site;
use crate::api::{Answer, ApiError, Ask};

/// Something that is asked of the server, once at a time.
#[derive(Clone, Copy)]
pub(crate) struct Task {
    site: Site,
    /// Whether it is being asked.
    pub(crate) is_running: RwSignal<bool>,
    /// Why it was not done.
    pub(crate) error: RwSignal<Option<String>>,
}

/// What becomes of the answer; an error is shown.
type Then = Box<dyn FnOnce(Result<Answer, ApiError>) -> Result<(), String>>;

impl Task {
    pub(crate) fn new(site: Site) -> Self {
        Self { site, is_running: RwSignal::new(false), error: RwSignal::new(None) }
    }

    /// Asks, unless that is being done.
    pub(crate) fn run(self, ask: Ask, then: impl FnOnce(Result<Answer, ApiError>) -> Result<(), String> + 'static) {
        self.start(ask, Box::new(then));
    }

    fn start(self, ask: Ask, then: Then) {
        if self.is_running.get_untracked() {
            return;
        }
        self.is_running.set(true);
        self.error.set(None);
        spawn_local(async move {
            let answer = self.site.refresher.send(&ask).await;
            // The view may be gone: then this does nothing.
            self.is_running.try_set(false);
            if let Err(sentence) = then(answer) {
                self.error.try_set(Some(sentence));
            }
        });
    }

    /// Has something deleted. That it is gone already is as good.
    pub(crate) fn delete(self, path: String, then: impl FnOnce() + 'static) {
        self.run(Ask::new("DELETE", path), move |answer| match answer {
            Err(refusal) if refusal.code() != Some(ProblemCode::NotFound) => Err(refusal.sentence()),
            _ => {
                then();
                Ok(())
            }
        });
    }

    /// Ends a session, or all, and with it that of this browser; or says that it did not end: the cookie that renews it is
    /// out of a script's reach, and the server alone can end it.
    pub(crate) fn log_out(self, ask: Ask, then: impl FnOnce() + 'static) {
        let site = self.site;
        self.run(ask, move |answer| match answer {
            Err(refusal) if !refusal.wants_login() => Err(format!("{} You are still logged in.", refusal.sentence())),
            // Or it had ended before.
            _ => {
                site.sessions.end();
                then();
                Ok(())
            }
        });
    }
}

/// A button that tells when it is at work.
#[component]
pub(crate) fn BusyButton(
    /// How it looks.
    class: &'static str,
    /// `submit` or `button`.
    #[prop(optional)]
    kind: Option<&'static str>,
    /// On it.
    label: &'static str,
    /// On it while it is at work.
    busy: &'static str,
    /// What a screen reader calls it, where the label does not say enough; begins with the label.
    #[prop(optional)]
    name: Option<String>,
    /// Whether it is at work.
    is_running: RwSignal<bool>,
    /// Called when it is pressed.
    #[prop(optional)]
    on_press: Option<Callback<()>>,
) -> impl IntoView {
    // Pressing does not take the focus from a field: the error that leaving it shows would move the button from under the
    // pointer, and the click would be lost.
    view! {
        <button
            class=class
            type=kind.unwrap_or("submit")
            aria-label=name
            aria-disabled=move || is_running.get().then_some("true")
            on:mousedown=|event| event.prevent_default()
            on:click=move |_| if let Some(on_press) = on_press { on_press.run(()) }
        >
            {move || if is_running.get() { busy } else { label }}
        </button>
    }
}
