//! The sessions of the account, and the buttons that end them.

use leptos::prelude::*;
use wire::Session;

use super::ago::Ago;
use super::button::BusyButton;
use super::confirm::Confirm;
use super::field::ErrorText;
use super::icons;
use super::notice::Notice;
use super::part::Part;
use super::site::{Farewell, Site};
use super::task::Task;
use super::text::changing;
use crate::api;
use crate::browser::{exact, focus};
use crate::{texts, words};

/// The sessions as they were loaded last.
#[derive(Clone, Copy)]
pub(crate) struct SessionList {
    site: Site,
    found: RwSignal<Vec<Session>>,
    loading: Task,
}

impl SessionList {
    pub(crate) fn new(site: Site) -> Self {
        Self { site, found: RwSignal::new(Vec::new()), loading: Task::new(site) }
    }

    /// Loads them. The error of a failure is shown above the list.
    pub(crate) fn load(self) {
        self.loading.run(api::sessions(), move |result| {
            self.found.try_set(result.map_err(|failure| failure.cause())?.sessions);
            Ok(())
        });
    }

    fn forget(self, id: &str, client: &str) {
        focus("#sessions-title");
        self.found.try_update(|found| found.retain(|session| session.id != id));
        self.site.announce(texts::client_logged_out(client));
    }
}

#[component]
pub(crate) fn SessionsPart(list: SessionList) -> impl IntoView {
    let site = list.site;
    let task = Task::new(site);
    let end_all = move |()| {
        task.log_out(api::end_all_sessions(), move || site.leave_with(Farewell::LoggedOutEverywhere));
    };
    view! {
        <Part id="sessions-title" title=texts::where_logged_in()>
            <Notice role="alert" text=list.loading.error label=texts::try_again() on_press=Callback::new(move |()| list.load())/>
            <ul class="sessions">
                {move || list.found.get().into_iter().map(|session| view! { <Entry session list/> }).collect_view()}
            </ul>
            <Confirm
                class="" label=texts::log_out_everywhere() question=texts::log_out_everywhere_question()
                yes=texts::log_out() busy=texts::logging_out() no=texts::stay_logged_in() task on_yes=Callback::new(end_all)
            />
        </Part>
    }
    .into_any()
}

#[component]
fn Entry(session: Session, list: SessionList) -> impl IntoView {
    let site = list.site;
    let Session { id, current, created_at, last_used_at, client } = session;
    let is_phone = ["Android", "iOS"].iter().any(|system| client.ends_with(system));
    let client = words::client(&client);
    let task = Task::new(site);
    // The same browser may have several sessions, which began at different times.
    let name = match current {
        true => texts::log_out_on_this_device().to_owned(),
        false => texts::log_out_client(&client, &exact(&created_at)),
    };
    let called = client.clone();
    let end = move |()| {
        if current {
            task.log_out(api::log_out(), move || site.leave_with(Farewell::LoggedOut));
        } else {
            let (id, called) = (id.clone(), called.clone());
            task.delete(api::end_session(&id), move || list.forget(&id, &called));
        }
    };
    view! {
        <li class="session">
            <p class="client">
                {icons::device(is_phone)}
                <span prop:textContent=changing(move || client.clone())></span>
                {current.then(|| view! { " " <span class="badge">{texts::this_device()}</span> })}
            </p>
            <p class="quiet">{texts::logged_in()} " " <Ago time=created_at/> ", " {texts::last_used()} " " <Ago time=last_used_at/></p>
            <BusyButton
                class="plain" kind="button" label=texts::log_out() busy=texts::logging_out() name
                is_running=task.is_running on_press=Callback::new(end)
            />
            <ErrorText text=task.error/>
        </li>
    }
    .into_any()
}
