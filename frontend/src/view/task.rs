//! What a button sets off at the server. All buttons but those of login, sign-up and posting share this one type: what is
//! written twice would be loaded twice.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wire::ProblemCode;

use super::site::Site;
use crate::api::Guarded;
use crate::api_error::ApiError;
use crate::texts;

/// A request for somebody who is logged in, made once at a time.
#[derive(Clone, Copy)]
pub(crate) struct Task {
    site: Site,
    pub(crate) is_running: RwSignal<bool>,
    /// Why it was not done.
    pub(crate) error: RwSignal<Option<String>>,
}

impl Task {
    pub(crate) fn new(site: Site) -> Self {
        Self { site, is_running: RwSignal::new(false), error: RwSignal::new(None) }
    }

    /// Sends the request, unless one is under way. The error of `then` is shown.
    pub(crate) fn run<T: 'static>(
        self,
        guarded: Guarded<T>,
        then: impl FnOnce(Result<T, ApiError>) -> Result<(), String> + 'static,
    ) {
        if self.begin() {
            self.site.refresher.send(guarded, move |result| self.finish(then(result)));
        }
    }

    /// Does what takes several requests. They are one task.
    pub(crate) fn run_all(self, work: impl Future<Output = Result<(), String>> + 'static) {
        if self.begin() {
            spawn_local(async move { self.finish(work.await) });
        }
    }

    /// Returns whether the request may be sent.
    fn begin(self) -> bool {
        if self.is_running.get_untracked() {
            return false;
        }
        self.is_running.set(true);
        self.error.set(None);
        true
    }

    fn finish(self, outcome: Result<(), String>) {
        // If the view is gone meanwhile, its signals are too, and this does nothing.
        self.is_running.try_set(false);
        if let Err(sentence) = outcome {
            self.error.try_set(Some(sentence));
        }
    }

    /// Has something deleted. If it was gone already, that is as good.
    pub(crate) fn delete(self, guarded: Guarded<()>, then: impl FnOnce() + 'static) {
        self.run(guarded, move |result| match result {
            Err(refusal) if refusal.code() != Some(ProblemCode::NotFound) => Err(refusal.sentence()),
            _ => {
                then();
                Ok(())
            }
        });
    }

    /// Ends a session, or all, and with it that of this browser. If the request fails, the person is told that the session
    /// lives on: only the server can end it, because no script can remove the cookie that renews it.
    pub(crate) fn log_out(self, guarded: Guarded<()>, then: impl FnOnce() + 'static) {
        let site = self.site;
        self.run(guarded, move |result| match result {
            Err(refusal) if !refusal.wants_login() => Err(texts::still_logged_in(&refusal.cause())),
            // A refusal that wants a login says that the session had ended before.
            _ => {
                site.sessions.end();
                then();
                Ok(())
            }
        });
    }
}
