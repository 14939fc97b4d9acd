//! The dialog in which a message is written. It says as whom, and what one account has begun no other posts. The draft
//! survives everything until it has been posted or its author has logged out.

#![expect(clippy::too_many_lines, reason = "a view is one tree")]

use leptos::prelude::*;
use wire::{FieldCode, Message, PostMessageRequest, ProblemCode, User, fields};

use super::button::Press;
use super::field::ErrorText;
use super::site::Site;
use super::text::changing;
use crate::address::{After, Route};
use crate::api_error::ApiError;
use crate::browser::{focus, nfc};
use crate::texts;
use crate::words::{Field, fault, outgoing};
use crate::{api, draft};

/// Characters are counted for whoever comes close to their limit.
const COUNTED_FROM: usize = rules::TEXT_MAX_CHARS - 100;

/// The code of every key that an input method handles (UI Events, section 7.3).
const INPUT_METHOD: u32 = 229;

/// How far the dialog is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Writing,
    Sending,
    /// Has the sentence that says why.
    Refused(String),
    /// The session has ended, and the dialog has a link to the login.
    LoggedOut,
    /// It could not be sent, which is said outside the dialog.
    Failed,
}

#[derive(Clone, Copy)]
struct Writing {
    site: Site,
    /// The username of whoever the dialog posts as; empty before it is opened.
    author: RwSignal<String>,
    /// As whom it posts, in words.
    as_whom: RwSignal<String>,
    text: RwSignal<String>,
    step: RwSignal<Step>,
    area: NodeRef<leptos::html::Textarea>,
}

impl Writing {
    fn post(self) {
        let author = self.author.get_untracked();
        // The dialog hears of another session a moment later than this.
        let is_other = self.site.sessions.now().is_some_and(|session| session.user.username != author);
        if is_other || self.step.get_untracked() == Step::Sending {
            return;
        }
        let text = outgoing(&self.text.get_untracked());
        if let Err(broken) = rules::new_text(&nfc(&text)) {
            self.refuse(fault(Field::Text, broken.into()));
            return;
        }
        self.step.set(Step::Sending);
        let key = draft::key(&text);
        let post = api::post_message(&PostMessageRequest { text }, key);
        self.site.refresher.send(post, move |result| self.finish(&author, result));
    }

    fn finish(self, author: &str, result: Result<Message, ApiError>) {
        let is_shown = self.author.get_untracked() == author;
        match result {
            Ok(message) => {
                draft::forget(Some(author));
                self.site.posted.set(Some(message));
                self.site.announce(texts::posted());
                if is_shown {
                    self.step.set(Step::Writing);
                    self.put(String::new());
                    self.site.is_composing.set(false);
                }
            }
            // Meanwhile the dialog belongs to somebody else.
            Err(_) if !is_shown => {}
            Err(refusal) if refusal.wants_login() => self.step.set(Step::LoggedOut),
            // The dialog was closed while this was under way.
            Err(refusal) if !self.site.is_composing.get_untracked() => {
                self.step.set(Step::Failed);
                let sentence = texts::not_posted(&refusal.cause());
                self.site.offer(sentence, texts::try_again(), Callback::new(move |()| self.post()));
            }
            Err(ApiError::Problem(problem)) if problem.code == ProblemCode::ValidationFailed => {
                draft::forget_key();
                self.refuse(match problem.errors.first() {
                    Some(error) if error.field == fields::IDEMPOTENCY_KEY => texts::posted_and_deleted().to_owned(),
                    error => fault(Field::Text, error.map_or(FieldCode::Invalid, |error| error.code)),
                });
            }
            Err(refusal) => self.refuse(texts::still_here(&refusal.cause())),
        }
    }

    fn refuse(self, sentence: String) {
        self.step.set(Step::Refused(sentence));
        focus("#message");
    }

    fn type_in(self) {
        let Some(area) = self.area.get_untracked() else { return };
        let text = area.value();
        draft::write(&self.author.get_untracked(), &text);
        self.text.set(text);
        if matches!(self.step.get_untracked(), Step::Refused(_)) {
            self.step.set(Step::Writing);
        }
    }

    fn put(self, text: String) {
        if let Some(area) = self.area.get_untracked() {
            area.set_value(&text);
        }
        self.text.set(text);
    }

    /// Begins, or goes on, with the draft of whoever is logged in.
    fn begin(self) {
        let (mut author, mut as_whom) = (String::new(), String::new());
        if let Some(User { username, name }) = self.site.sessions.now().map(|session| session.user) {
            as_whom = texts::as_whom(&name, &username);
            author = username;
        }
        if author != self.author.get_untracked() || self.step.get_untracked() != Step::Sending {
            self.step.set(Step::Writing);
        }
        self.put(draft::read(&author));
        self.author.set(author);
        self.as_whom.set(as_whom);
    }

    /// Does what a change of the session asks for, perhaps in another tab. `before` is whose it was.
    fn follow(self, before: Option<&str>) {
        let now = self.site.sessions.username();
        if now.is_none() {
            draft::forget(before);
        }
        let (author, is_somebody) = (self.author.get_untracked(), self.site.sessions.is_somebody());
        if now.as_ref() == Some(&author) {
            if is_somebody && self.step.get_untracked() == Step::LoggedOut {
                self.step.set(Step::Writing);
            }
        } else if !author.is_empty() {
            // Of what is under way, nobody knows yet whether it is posted.
            let is_refused = self.site.is_composing.get_untracked()
                && self.step.get_untracked() != Step::Sending
                && !self.text.with_untracked(String::is_empty);
            self.begin();
            if !is_somebody {
                self.site.is_composing.set(false);
            } else if is_refused {
                self.refuse(texts::somebody_else_now(&author));
            }
        }
    }

    /// Opens or closes the dialog.
    fn show(self, dialog: &web_sys::HtmlDialogElement, is_open: bool) {
        if is_open && !dialog.open() {
            self.begin();
            let _ = dialog.show_modal();
            focus("#message");
        } else if !is_open && dialog.open() {
            dialog.close();
        }
    }
}

/// How to post by keyboard, as the keys of this machine are called.
fn post_hint() -> &'static str {
    if window().navigator().platform().is_ok_and(|platform| platform.starts_with("Mac")) {
        texts::command_enter_posts()
    } else {
        texts::control_enter_posts()
    }
}

#[component]
pub(crate) fn Compose() -> impl IntoView {
    let site = Site::get();
    let [author, as_whom, text] = [(); 3].map(|()| RwSignal::new(String::new()));
    let step = RwSignal::new(Step::Writing);
    let writing = Writing { site, author, as_whom, text, step, area: NodeRef::new() };
    draft::forget_shared();
    site.compose_after_login();
    Effect::new(move |before: Option<Option<String>>| {
        writing.follow(before.flatten().as_deref());
        site.sessions.username()
    });
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
        // A failure is said already, or soon, and can be tried again.
        let is_kept = !matches!(step.get_untracked(), Step::Sending | Step::Failed);
        if is_kept && !text.with_untracked(String::is_empty) {
            site.announce(texts::draft_kept());
        }
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        writing.post();
    };
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        // The key belongs to an input method while it composes. Safari tells of its last one by the code alone.
        let is_composing = event.is_composing() || event.key_code() == INPUT_METHOD;
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) && !is_composing {
            writing.post();
        }
    };
    let count = Memo::new(move |_| text.with(|text| outgoing(&nfc(text)).chars().count()));
    let is_too_long = move || count.get() > rules::TEXT_MAX_CHARS;
    let counted = move || match count.get() {
        count if count < COUNTED_FROM => String::new(),
        count => texts::characters_of(&count.to_string(), &rules::TEXT_MAX_CHARS.to_string()),
    };
    let refusal = Signal::derive(move || match step.get() {
        Step::Refused(sentence) => Some(sentence),
        _ => is_too_long().then(|| fault(Field::Text, FieldCode::TooLong)),
    });
    let is_sending = move || step.get() == Step::Sending;
    let is_logged_out = Memo::new(move |_| step.get() == Step::LoggedOut);
    view! {
        <dialog node_ref=dialog closedby="any" aria-labelledby="compose-title" aria-describedby="compose-author" on:close=on_close>
            <div>
                <h2 id="compose-title">{texts::post_a_message()}</h2>
                <p class="quiet" id="compose-author" prop:textContent=changing(move || as_whom.get())></p>
            </div>
            <form class="form" id="compose-form" method="post" action="/" novalidate on:submit=submit>
                <div class="field">
                    <label for="message">{texts::your_message()}</label>
                    <textarea
                        id="message"
                        name="message"
                        rows="6"
                        dir="auto"
                        enterkeyhint="enter"
                        readonly=is_sending
                        aria-invalid=move || refusal.with(Option::is_some).then_some("true")
                        aria-describedby="message-count message-error"
                        node_ref=writing.area
                        on:input=move |_| writing.type_in()
                        on:keydown=on_key
                    ></textarea>
                    <div class="below quiet">
                        <span>{post_hint()}</span>
                        <span class="count" class:over=is_too_long id="message-count" prop:textContent=changing(counted)></span>
                    </div>
                    <ErrorText id="message-error" text=refusal/>
                </div>
            </form>
            <div role="alert">{move || is_logged_out.get().then(|| view! { <p class="notice">{texts::logged_out_while_writing()}</p> })}</div>
            <div class="buttons">
                <Press class="plain" label=texts::cancel() on_press=move |()| site.is_composing.set(false)/>
                {move || match is_logged_out.get() {
                    true => view! {
                        <a class="button primary" href=Route::Login(After::Compose).address()>{texts::log_in_again()}</a>
                    }.into_any(),
                    false => view! {
                        <button
                            class="primary" type="submit" form="compose-form"
                            aria-disabled=move || is_sending().then_some("true")
                            prop:textContent=changing(move || if is_sending() { texts::posting() } else { texts::post() })
                        ></button>
                    }.into_any(),
                }}
            </div>
        </dialog>
    }
    .into_any()
}
