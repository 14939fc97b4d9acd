//! What has happened to the account.

use leptos::prelude::*;
use wire::Activity;

use super::ago::Ago;
use super::button::Press;
use super::notice::Notice;
use super::part::Part;
use super::site::Site;
use super::task::Task;
use super::text::changing;
use crate::activity::sentence;
use crate::api::own_data;
use crate::browser::focus_soon;
use crate::{texts, words};

/// How many there are at first.
const FEW: usize = 10;

/// The events as they were loaded last, newest first.
#[derive(Clone, Copy)]
pub(crate) struct ActivityList {
    found: RwSignal<Vec<Activity>>,
    loading: Task,
}

impl ActivityList {
    pub(crate) fn new(site: Site) -> Self {
        Self { found: RwSignal::new(Vec::new()), loading: Task::new(site) }
    }

    /// Loads them. The error of a failure is shown above the list.
    pub(crate) fn load(self) {
        self.loading.run(own_data::activity(), move |result| {
            self.found.try_set(result.map_err(|failure| failure.cause())?.activity);
            Ok(())
        });
    }
}

#[component]
pub(crate) fn ActivityPart(list: ActivityList) -> impl IntoView {
    let shows_all = RwSignal::new(false);
    let show_all = move |()| {
        shows_all.set(true);
        // The button goes, and whoever reads on is at the first event that it has shown.
        focus_soon("#more-activity");
    };
    let is_long = move || list.found.with(Vec::len) > FEW && !shows_all.get();
    view! {
        <Part id="activity-title" title=texts::recent_activity()>
            <Notice role="alert" text=list.loading.error label=texts::try_again() on_press=Callback::new(move |()| list.load())/>
            <ul class="sessions">
                {move || {
                    let shown = if shows_all.get() { usize::MAX } else { FEW };
                    let events = list.found.get().into_iter().enumerate().take(shown);
                    events.map(|(place, event)| view! { <Entry event is_first=place == FEW/> }).collect_view()
                }}
            </ul>
            {move || is_long().then(|| view! {
                <Press class="plain" label=texts::show_more() on_press=show_all/>
            })}
        </Part>
    }
    .into_any()
}

#[component]
fn Entry(
    event: Activity,
    /// Whether it is the first of those that are not there at first.
    is_first: bool,
) -> impl IntoView {
    let Activity { activity, at, client, network } = event;
    let from = match network {
        Some(network) => format!(", {}, {}", words::client(&client), texts::network(&network)),
        None => format!(", {}", words::client(&client)),
    };
    view! {
        <li class="session" id=is_first.then_some("more-activity") tabindex=is_first.then_some("-1")>
            <p class="client" prop:textContent=changing(move || sentence(&activity))></p>
            <p class="quiet"><Ago time=at/> <span prop:textContent=changing(move || from.clone())></span></p>
        </li>
    }
    .into_any()
}
