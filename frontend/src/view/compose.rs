//! The dialog in which a message is written. The draft survives everything until it has been posted.

#![expect(clippy::too_many_lines, reason = "a view is one tree")]

use frontend::words::{Field, fault, outgoing};
use leptos::prelude::*;
use wire::{FieldCode, Message, PostMessageRequest, ProblemCode};

use super::field::ErrorText;
use super::login::{LoginForm, Placement};
use super::site::Site;
use super::text::changing;
use crate::api_error::ApiError;
use crate::browser::{focus, nfc};
use crate::{api, draft};

const LOGGED_OUT: &str = "You have been logged out. Log in to post your message; it is still here.";

/// How far the dialog is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Writing,
    Sending,
    /// Has the sentence that says why.
    Refused(String),
    /// The session has ended, and the dialog shows a log-in form.
    LoggedOut,
}

#[derive(Clone, Copy)]
struct Writing {
    site: Site,
    text: RwSignal<String>,
    step: RwSignal<Step>,
    area: NodeRef<leptos::html::Textarea>,
}

impl Writing {
    fn post(self) {
        if self.step.get_untracked() == Step::Sending {
            return;
        }
        let text = outgoing(&self.text.get_untracked());
        if let Err(broken) = rules::new_text(&nfc(&text)) {
            self.refuse(fault(Field::Text, broken.into()));
            return;
        }
        self.step.set(Step::Sending);
        self.site.refresher.send(api::post_message(&PostMessageRequest { text }), move |result| self.finish(result));
    }

    fn finish(self, result: Result<Message, ApiError>) {
        match result {
            Ok(message) => {
                draft::clear();
                self.text.set(String::new());
                self.step.set(Step::Writing);
                self.site.is_composing.set(false);
                self.site.posted.set(Some(message));
                self.site.announce("Your message is posted.");
            }
            Err(refusal) if refusal.wants_login() => self.ask_for_login(),
            Err(ApiError::Problem(problem)) if problem.code == ProblemCode::ValidationFailed => {
                let code = problem.errors.first().map_or(FieldCode::Invalid, |error| error.code);
                self.refuse(fault(Field::Text, code));
            }
            Err(refusal) => self.refuse(format!("{} Your message is still here.", refusal.sentence())),
        }
    }

    fn refuse(self, sentence: String) {
        self.step.set(Step::Refused(sentence));
        focus("#message");
    }

    fn ask_for_login(self) {
        self.site.sessions.expire();
        self.step.set(Step::LoggedOut);
    }

    fn type_in(self) {
        let Some(area) = self.area.get_untracked() else { return };
        let text = area.value();
        draft::write(&text);
        self.text.set(text);
        if matches!(self.step.get_untracked(), Step::Refused(_)) {
            self.step.set(Step::Writing);
        }
    }

    /// Opens or closes the dialog.
    fn show(self, dialog: &web_sys::HtmlDialogElement, is_open: bool) {
        if is_open && !dialog.open() {
            let text = draft::read();
            if let Some(area) = self.area.get_untracked() {
                area.set_value(&text);
            }
            self.text.set(text);
            if self.step.get_untracked() != Step::Sending {
                self.step.set(Step::Writing);
            }
            let _ = dialog.show_modal();
            focus("#message");
        } else if !is_open && dialog.open() {
            dialog.close();
        }
    }
}

#[component]
pub(crate) fn Compose() -> impl IntoView {
    let site = Site::get();
    let (text, step) = (RwSignal::new(String::new()), RwSignal::new(Step::Writing));
    let writing = Writing { site, text, step, area: NodeRef::new() };
    let dialog = NodeRef::<leptos::html::Dialog>::new();
    Effect::new(move |_| {
        let is_open = site.is_composing.get();
        if let Some(dialog) = dialog.get() {
            // Two frames later the view below has moved the focus to its heading, and the dialog can take it from there.
            request_animation_frame(move || request_animation_frame(move || writing.show(&dialog, is_open)));
        }
    });
    let on_close = move |_| {
        site.is_composing.set(false);
        focus("#compose");
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        writing.post();
    };
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            writing.post();
        }
    };
    let count = Memo::new(move |_| text.with(|text| outgoing(&nfc(text)).chars().count()));
    let is_too_long = move || count.get() > rules::TEXT_MAX_CHARS;
    let refusal = Signal::derive(move || match step.get() {
        Step::Refused(sentence) => Some(sentence),
        _ => is_too_long().then(|| fault(Field::Text, FieldCode::TooLong)),
    });
    let is_sending = move || step.get() == Step::Sending;
    let is_logged_out = Memo::new(move |_| step.get() == Step::LoggedOut);
    view! {
        <dialog node_ref=dialog aria-labelledby="compose-title" on:close=on_close>
            <h2 id="compose-title">"Post a message"</h2>
            <form class="form" id="compose-form" method="post" action="/" novalidate on:submit=submit>
                <div class="field">
                    <label for="message">"Your message"</label>
                    <textarea
                        id="message"
                        name="message"
                        rows="6"
                        dir="auto"
                        aria-invalid=move || refusal.with(Option::is_some).then_some("true")
                        aria-describedby="message-count message-error"
                        node_ref=writing.area
                        on:input=move |_| writing.type_in()
                        on:keydown=on_key
                    ></textarea>
                    <p
                        class="count quiet" class:over=is_too_long id="message-count"
                        prop:textContent=changing(move || format!("{} of {}", count.get(), rules::TEXT_MAX_CHARS))
                    ></p>
                    <ErrorText id="message-error" text=refusal/>
                </div>
            </form>
            <div role="alert">{move || is_logged_out.get().then(|| view! { <p class="notice">{LOGGED_OUT}</p> })}</div>
            {move || is_logged_out.get().then(|| view! {
                <LoginForm placement=Placement::Dialog on_done=move |()| {
                    step.set(Step::Writing);
                    writing.post();
                }/>
            })}
            <div class="buttons">
                <button class="plain" type="button" on:click=move |_| site.is_composing.set(false)>"Cancel"</button>
                {move || (!is_logged_out.get()).then(|| view! {
                    <button
                        class="primary" type="submit" form="compose-form"
                        aria-disabled=move || is_sending().then_some("true")
                        prop:textContent=changing(move || if is_sending() { "Posting…" } else { "Post" })
                    ></button>
                })}
            </div>
        </dialog>
    }
}
