//! The end of all messages of an account.

use leptos::prelude::*;

use super::confirm::Confirm;
use super::part::Part;
use super::site::Site;
use super::task::Task;
use super::text::changing;
use crate::api::own_data;
use crate::api_error::ApiError;
use crate::browser::focus;
use crate::texts;

#[component]
pub(crate) fn MessagesPart() -> impl IntoView {
    let site = Site::get();
    let (task, progress) = (Task::new(site), RwSignal::new(String::new()));
    let delete = Callback::new(move |()| {
        focus("#messages-title");
        task.run_all(async move { delete_all(site, progress).await.map_err(|failure| failure.sentence()) });
    });
    view! {
        <Part id="messages-title" title=texts::delete_your_messages()>
            <p>{texts::deletes_all_you_posted()}</p>
            // While this is under way, nobody is offered to keep the messages.
            {move || (!task.is_running.get()).then(|| view! {
                <Confirm
                    class="" label=texts::delete_all_your_messages() question=texts::delete_all_question() yes=texts::delete_all()
                    no=texts::keep() task on_yes=delete
                />
            })}
            <p class="quiet" role="status" prop:textContent=changing(move || progress.get())></p>
        </Part>
    }
    .into_any()
}

/// Deletes page after page of the messages of whoever is logged in.
pub(crate) async fn delete_all(site: Site, progress: RwSignal<String>) -> Result<(), ApiError> {
    let (mut deleted, mut before) = (0, None::<String>);
    loop {
        let page = site.refresher.ask(own_data::delete_messages(before.as_deref())).await?;
        deleted += page.deleted;
        before = page.next;
        let said = match before {
            Some(_) => texts::deleted_so_far(&deleted.to_string()),
            None => texts::all_messages_deleted().to_owned(),
        };
        // The view is gone, and with it whoever wanted this: the next request might delete the messages of somebody else.
        if progress.try_set(said).is_some() {
            return Err(ApiError::LoggedOut);
        }
        if before.is_none() {
            return Ok(());
        }
    }
}
