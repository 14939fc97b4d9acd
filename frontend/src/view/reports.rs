//! The page of reports, for those who look after the board.

use leptos::prelude::*;
use wire::{Author, Message, Report, User};

use super::ago::Ago;
use super::button::{BusyButton, Press};
use super::field::ErrorText;
use super::member::ForMember;
use super::notice::Notice;
use super::site::Site;
use super::suspension::{Asked, SuspensionForm};
use super::task::Task;
use super::ways::ways;
use crate::address::Route;
use crate::api::moderation;
use crate::browser::focus;
use crate::texts;

#[component]
pub(crate) fn ReportsPage() -> impl IntoView {
    view! {
        <ForMember
            title=texts::reports() log_in=texts::log_in_to_see_reports() log_in_again=texts::log_in_again_to_see_reports()
            show=|_: User| view! { <Reports/> }.into_any()
        />
    }
    .into_any()
}

/// The reports that were loaded.
#[derive(Clone, Copy)]
struct List {
    site: Site,
    loading: Task,
    /// None until the first page has come.
    found: RwSignal<Option<Vec<Report>>>,
    /// Where the next page begins.
    next: RwSignal<Option<String>>,
}

impl List {
    /// Loads the newest, or those before the oldest that is shown.
    fn load(self) {
        let before = self.next.get_untracked();
        self.loading.run(moderation::reports(before.as_deref()), move |result| {
            let page = result.map_err(|refusal| refusal.cause())?;
            self.next.try_set(page.next);
            self.found.try_update(|found| found.get_or_insert_default().extend(page.reports));
            Ok(())
        });
    }

    /// Takes out what is resolved.
    fn forget(self, id: &str, said: &str) {
        focus("h1");
        self.found.try_update(|found| found.as_mut().map(|found| found.retain(|report| report.id != id)));
        self.site.announce(said);
    }
}

#[component]
fn Reports() -> impl IntoView {
    let site = Site::get();
    let list = List { site, loading: Task::new(site), found: RwSignal::new(None), next: RwSignal::new(None) };
    list.load();
    let role = Memo::new(move |_| site.role());
    let is_empty =
        move || list.found.with(|found| found.as_ref().is_some_and(Vec::is_empty)) && list.next.with(Option::is_none);
    view! {
        <div class="account">
            <h1 tabindex="-1">{texts::reports()}</h1>
            {move || ways(role.get())}
            <Notice
                role="alert" text=list.loading.error label=texts::try_again() on_press=Callback::new(move |()| list.load())
            />
            {move || is_empty().then(|| view! { <p class="empty">{texts::no_reports()}</p> })}
            <For
                each=move || list.found.get().unwrap_or_default()
                key=|report| report.id.clone()
                children=move |report| view! { <Entry report list/> }
            />
            {move || list.next.with(Option::is_some).then(|| view! {
                <BusyButton
                    class="plain" kind="button" label=texts::show_older_reports() busy=texts::loading()
                    is_running=list.loading.is_running on_press=Callback::new(move |()| list.load())
                />
            })}
        </div>
    }
    .into_any()
}

/// Somebody's name, which leads to what they have written.
fn person(author: Author) -> impl IntoView {
    match author.username {
        Some(username) => {
            let address = Route::Author(username.clone()).address();
            view! { <a href=address><bdi>{author.name}</bdi>" @"{username}</a> }.into_any()
        }
        None => view! { <bdi>{texts::deleted_user()}</bdi> }.into_any(),
    }
}

#[component]
fn Entry(report: Report, list: List) -> impl IntoView {
    let Report { id, reason, reporter, created_at, message, may_suspend } = report;
    let title = format!("report-{id}");
    let author = message.as_ref().filter(|_| may_suspend).and_then(|message| message.author.username.clone());
    let is_there = message.is_some();
    view! {
        <section class="part" aria-labelledby=title.clone()>
            <h2 id=title.clone() class="reason" dir="auto">{reason}</h2>
            <p class="quiet">{texts::reported_by()} " " {person(reporter)} " " <Ago time=created_at/></p>
            {match message {
                Some(message) => view! { <Reported message/> }.into_any(),
                None => view! { <p>{texts::message_gone()}</p> }.into_any(),
            }}
            <Decide id author is_there list/>
        </section>
    }
    .into_any()
}

#[component]
fn Reported(message: Message) -> impl IntoView {
    let Message { author, text, created_at, .. } = message;
    view! {
        <blockquote class="reported">
            <p class="quiet">{person(author)} " " <Ago time=created_at/></p>
            <p dir="auto">{text}</p>
        </blockquote>
    }
    .into_any()
}

/// The buttons that resolve a report.
#[component]
fn Decide(
    id: String,
    /// Who has written the message, if it is there and they can be suspended.
    author: Option<String>,
    is_there: bool,
    list: List,
) -> impl IntoView {
    let task = Task::new(list.site);
    let is_suspending = RwSignal::new(false);
    let report = StoredValue::new(id.clone());
    let resolve = move |action: &'static str, suspension: Option<Asked>, said: &'static str| {
        let suspension = suspension.as_ref().map(|(reason, until)| (reason.as_str(), until.as_deref()));
        let asked = report.with_value(|id| moderation::resolve(id, action, suspension));
        // If somebody else has resolved it meanwhile, or it is gone, the sentence says so.
        task.run(asked, move |result| {
            result.map_err(|refusal| refusal.sentence())?;
            list.forget(&report.get_value(), said);
            Ok(())
        });
    };
    let suspend = Callback::new(move |asked| resolve("suspend", Some(asked), texts::author_suspended()));
    let form = author.clone();
    view! {
        {move || match form.clone().filter(|_| is_suspending.get()) {
            Some(username) => view! {
                <SuspensionForm
                    id=report.get_value() username task on_submit=suspend
                    on_cancel=Callback::new(move |()| is_suspending.set(false))
                />
            }.into_any(),
            None => view! {
                <ErrorText text=task.error/>
                <div class="choice">
                    {is_there.then(|| view! {
                        <BusyButton
                            class="danger" kind="button" label=texts::remove_message() busy=texts::removing() is_running=task.is_running
                            on_press=Callback::new(move |()| resolve("remove", None, texts::message_removed()))
                        />
                    })}
                    {author.clone().map(|username| view! {
                        <Press
                            class="danger" label=texts::suspend_somebody(&username) on_press=move |()| is_suspending.set(true)
                        />
                    })}
                    <BusyButton
                        class="plain" kind="button" label=texts::dismiss() busy="…" is_running=task.is_running
                        on_press=Callback::new(move |()| resolve("dismiss", None, texts::report_dismissed()))
                    />
                </div>
            }.into_any(),
        }}
    }
    .into_any()
}
