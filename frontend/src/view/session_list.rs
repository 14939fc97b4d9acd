//! Where one is logged in, and how to end that.

use leptos::prelude::*;
use wire::{Session, SessionsResponse};

use super::Site;
use super::confirm::Confirm;
use super::field::ErrorText;
use super::messages::Ago;
use super::notice::Notice;
use super::task::{BusyButton, Task};
use crate::api::{Ask, parse};
use crate::browser::focus;

/// What is known of the sessions.
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

    /// Asks for them.
    pub(crate) fn load(self) {
        self.loading.run(Ask::new("GET", "/api/sessions"), move |answer| {
            let answer = answer.and_then(|answer| parse::<SessionsResponse>(&answer));
            self.found.try_set(answer.map_err(|failure| failure.sentence())?.sessions);
            Ok(())
        });
    }

    fn forget(self, id: &str) {
        focus("#sessions-title");
        self.found.try_update(|found| found.retain(|session| session.id != id));
        self.site.announce("The session has ended.");
    }
}

/// The list.
#[component]
pub(crate) fn SessionsPart(list: SessionList) -> impl IntoView {
    let site = list.site;
    let task = Task::new(site);
    let end_all = move |()| {
        task.log_out(Ask::new("DELETE", "/api/sessions"), move || site.leave_with("You are logged out everywhere."));
    };
    view! {
        <section class="part" aria-labelledby="sessions-title">
            <h2 id="sessions-title" tabindex="-1">"Where you are logged in"</h2>
            <Notice role="alert" text=list.loading.error label="Try again" on_press=Callback::new(move |()| list.load())/>
            <ul class="sessions">
                {move || list.found.get().into_iter().map(|session| view! { <Entry session list/> }).collect_view()}
            </ul>
            <Confirm
                class="" label="Log out everywhere" question="Log out everywhere, here too?" yes="Log out" no="Stay"
                task on_yes=Callback::new(end_all)
            />
        </section>
    }
}

#[component]
fn Entry(session: Session, list: SessionList) -> impl IntoView {
    let site = list.site;
    let Session { id, current, created_at, last_used_at, client } = session;
    let task = Task::new(site);
    let name = if current { "Log out here".to_owned() } else { format!("End the session of {client}") };
    let end = move |()| {
        if current {
            task.log_out(Ask::new("POST", "/api/logout"), move || site.leave_with("You are logged out."));
        } else {
            let id = id.clone();
            task.delete(format!("/api/sessions/{id}"), move || list.forget(&id));
        }
    };
    view! {
        <li class="session">
            <p class="client">{client} {current.then(|| view! { " " <span class="badge">"This one"</span> })}</p>
            <p class="quiet">"Logged in " <Ago time=created_at/> ", last used " <Ago time=last_used_at/></p>
            <BusyButton
                class="plain" kind="button" label=if current { "Log out" } else { "End" } busy="Ending…" name
                is_running=task.is_running on_press=Callback::new(end)
            />
            <ErrorText id="" text=task.error/>
        </li>
    }
}
