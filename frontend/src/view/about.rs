//! The page on which a message is reported.

use leptos::prelude::*;
use wire::User;

use super::button::BusyButton;
use super::field::{Checked, ErrorText, TextField, typed};
use super::member::ForMember;
use super::notice::Notice;
use super::part::{Form, Part};
use super::site::{Farewell, Site};
use super::task::Task;
use crate::about::kept;
use crate::api;
use crate::browser::focus_field;
use crate::texts;
use crate::words::{Field, fault};

/// The id of the message that the page is about.
#[derive(Clone)]
struct Named(String);

#[component]
pub(crate) fn AboutPage(id: String) -> impl IntoView {
    provide_context(Named(id));
    view! {
        <ForMember
            title=texts::about_a_message() log_in=texts::log_in_to_report() log_in_again=texts::log_in_again_to_report()
            show=|_: User| view! { <About/> }.into_any()
        />
    }
}

#[component]
fn About() -> impl IntoView {
    let site = Site::get();
    let id = StoredValue::new(use_context::<Named>().map(|Named(id)| id).unwrap_or_default());
    let text = kept(&id.get_value());
    view! {
        <div class="account">
            <h1 tabindex="-1">{texts::about_a_message()}</h1>
            {text.map(|text| view! { <blockquote class="reported part"><p dir="auto">{text}</p></blockquote> })}
            <Notice role="status" text=site.suspension/>
            {move || site.may_act().then(|| view! { <ReportPart id/> })}
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
        <Part id="report-title" title=texts::report()>
            <p>{texts::only_moderators_see_report()}</p>
            <Form action="/moderation" title="report-title" on_submit=submit>
                <TextField
                    id="reason" label=texts::what_is_wrong() autocomplete="off" kind="text"
                    error=reason.error field=reason.field
                    on_input=move |()| reason.error.set(None) on_leave=|()| ()
                />
                <ErrorText text=task.error/>
                <BusyButton class="primary" label=texts::report() busy=texts::reporting() is_running=task.is_running/>
            </Form>
        </Part>
    }
}
