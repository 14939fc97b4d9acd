//! The page of what can be done about a message of somebody else: report it, and with the right role remove it or suspend its
//! author.

use leptos::prelude::*;
use wire::User;

use super::button::BusyButton;
use super::confirm::Confirm;
use super::field::{Checked, ErrorText, TextField, typed};
use super::member::ForMember;
use super::part::{Form, Part};
use super::site::{Farewell, Site};
use super::task::Task;
use crate::about::kept;
use crate::address::Route;
use crate::api;
use crate::browser::focus_field;
use crate::role::Role;
use crate::words::{Field, fault};

/// The id of the message that the page is about.
#[derive(Clone)]
struct Named(String);

#[component]
pub(crate) fn AboutPage(id: String) -> impl IntoView {
    provide_context(Named(id));
    view! {
        <ForMember title="About a message" purpose="to report a message" show=|_: User| view! { <About/> }.into_any()/>
    }
}

#[component]
fn About() -> impl IntoView {
    let site = Site::get();
    site.learn_role();
    let id = StoredValue::new(use_context::<Named>().map(|Named(id)| id).unwrap_or_default());
    let message = kept(&id.get_value());
    let author =
        StoredValue::new(message.as_ref().map(|message| message.username.clone()).filter(|name| !name.is_empty()));
    view! {
        <div class="account">
            <h1 tabindex="-1">"About a message"</h1>
            {message.map(|message| view! { <blockquote class="reported part"><p dir="auto">{message.text}</p></blockquote> })}
            <ReportPart id/>
            {move || (site.role() >= Role::Moderator).then(|| view! { <Moderate id author/> })}
        </div>
    }
}

#[component]
fn ReportPart(id: StoredValue<String>) -> impl IntoView {
    let site = Site::get();
    let (task, reason) = (Task::new(site), Checked::new());
    let submit = move |()| {
        let said = typed(reason.field);
        if let Err(broken) = rules::new_reason(&said) {
            reason.error.set(Some(fault(Field::Reason, broken.into())));
            return focus_field(reason.field);
        }
        task.run(api::moderation::report(&id.get_value(), &said), move |result| {
            result.map_err(|refusal| refusal.sentence())?;
            site.leave_with(Farewell::Reported);
            Ok(())
        });
    };
    view! {
        <Part id="report-title" title="Report">
            <p>"Only the moderators of this board see your report."</p>
            <Form action="/moderation" title="report-title" on_submit=submit>
                <TextField
                    id="reason" label="What is wrong with this message?" autocomplete="off" kind="text"
                    error=reason.error field=reason.field
                    on_input=move |()| reason.error.set(None) on_leave=|()| ()
                />
                <ErrorText text=task.error/>
                <BusyButton class="primary" label="Report" busy="Reporting…" is_running=task.is_running/>
            </Form>
        </Part>
    }
}

/// What moderators can do besides.
#[component]
fn Moderate(id: StoredValue<String>, author: StoredValue<Option<String>>) -> impl IntoView {
    let site = Site::get();
    let task = Task::new(site);
    let remove = Callback::new(move |()| {
        task.delete(api::delete_message(&id.get_value()), move || site.leave_with(Farewell::Removed));
    });
    view! {
        <Part id="moderate-title" title="Moderate">
            <div class="choice">
                <Confirm
                    class="" label="Remove" question="Remove this message?" yes="Remove" busy="Removing…"
                    no="Keep" task on_yes=remove
                />
                {author.get_value().map(|author| {
                    let suspend = format!("Suspend @{author}");
                    view! { <a class="button plain" href=Route::AccountOf(author).address()>{suspend}</a> }
                })}
            </div>
        </Part>
    }
}
