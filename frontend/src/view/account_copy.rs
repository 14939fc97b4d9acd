//! The part of the account that makes a copy of everything.

use leptos::prelude::*;

use super::button::BusyButton;
use super::field::ErrorText;
use super::part::Part;
use super::site::Site;
use super::task::Task;
use super::text::changing;
use crate::account_copy::{AccountCopy, forget};
use crate::api::own_data;
use crate::api_error::ApiError;
use crate::browser::focus_soon;
use crate::texts;

#[component]
pub(crate) fn CopyPart(username: String) -> impl IntoView {
    let site = Site::get();
    let task = Task::new(site);
    let (progress, file) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let make = move |()| {
        file.set(None);
        task.run_all(async move {
            let made = copy(site, progress).await.map_err(|failure| failure.sentence())?;
            file.try_set(Some(made));
            focus_soon("#copy-file");
            Ok(())
        });
    };
    view! {
        <Part id="copy-title" title=texts::download_your_data()>
            <p>
                {texts::what_data()}
            </p>
            {move || file.get().map(|file| view! { <FileLink file username=username.clone()/> })}
            <BusyButton
                class="plain" kind="button" label=texts::prepare_file() busy=texts::preparing()
                is_running=task.is_running on_press=Callback::new(make)
            />
            <p class="quiet" role="status" prop:textContent=changing(move || progress.get())></p>
            <ErrorText text=task.error/>
        </Part>
    }
    .into_any()
}

/// Asks for page after page, and returns the address of a file with all of them.
async fn copy(site: Site, progress: RwSignal<String>) -> Result<String, ApiError> {
    let (mut copy, mut before) = (AccountCopy::default(), None::<String>);
    loop {
        let page = site.refresher.ask(own_data::export(before.as_deref())).await?;
        before = copy.add(&page);
        let count = copy.messages().to_string();
        let said = match before {
            Some(_) => texts::messages_so_far(&count),
            None => texts::file_ready(&count),
        };
        // The view is gone, and with it whoever wanted the copy: the next page might be of somebody else.
        if progress.try_set(said).is_some() {
            return Err(ApiError::LoggedOut);
        }
        if before.is_none() {
            return copy.file().map_err(|_| ApiError::NoAnswer);
        }
    }
}

/// Saves the file. The browser forgets it when the link goes.
#[component]
fn FileLink(file: String, username: String) -> impl IntoView {
    let address = file.clone();
    on_cleanup(move || forget(&address));
    view! { <a class="button primary" id="copy-file" href=file download=format!("latchkey-{username}.json")>{texts::save_file()}</a> }
        .into_any()
}
