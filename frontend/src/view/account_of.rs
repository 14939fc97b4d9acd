//! The page of one account, for those who look after the board: admins see it and decide about it, moderators suspend it.

use leptos::prelude::*;
use wire::{AdminAccountResponse, ProblemCode, Suspension, SuspensionResponse, User};

use super::accounts::for_members;
use super::button::{BusyButton, Press};
use super::confirm::Confirm;
use super::decision::{Reset, RolePart};
use super::field::ErrorText;
use super::member::ForMember;
use super::notice::Notice;
use super::part::Part;
use super::site::Site;
use super::suspension::{Asked, SuspensionForm};
use super::task::Task;
use super::text::changing;
use crate::address::Route;
use crate::api::moderation;
use crate::api_error::ApiError;
use crate::browser::{date, exact, focus};
use crate::role::Role;
use crate::{texts, words};

#[component]
pub(crate) fn AccountOfPage(username: String) -> impl IntoView {
    provide_context(Named(username.clone()));
    view! {
        <ForMember
            title=texts::account_of(&username)
            log_in=texts::log_in_to_look_after_accounts() log_in_again=texts::log_in_again_to_look_after_accounts()
            show=|_: User| view! { <AccountOf/> }.into_any()
        />
    }
    .into_any()
}

/// The account that a page is about.
#[derive(Clone)]
struct Named(String);

#[component]
fn AccountOf() -> impl IntoView {
    let site = Site::get();
    let role = Memo::new(move |_| site.role());
    let username = use_context::<Named>().map(|Named(username)| username).unwrap_or_default();
    let title = texts::account_of(&username);
    view! {
        <div class="account">
            <h1 tabindex="-1" prop:textContent=changing(move || title.clone())></h1>
            {move || match role.get() {
                Role::Admin => view! { <ForAdmin username=username.clone()/> }.into_any(),
                Role::Moderator => view! { <ForModerator username=username.clone()/> }.into_any(),
                Role::Member => for_members().into_any(),
            }}
        </div>
    }
    .into_any()
}

/// Moderators see of an account whether it is suspended, if they may suspend it.
#[component]
fn ForModerator(username: String) -> impl IntoView {
    let site = Site::get();
    let (loading, found) = (Task::new(site), RwSignal::new(None::<SuspensionResponse>));
    let name = StoredValue::new(username);
    let load = Callback::new(move |()| {
        loading.run(moderation::suspension_of(&name.get_value()), move |result| {
            found.try_set(Some(result.map_err(not_found)?));
            Ok(())
        });
    });
    load.run(());
    view! {
        <Notice role="alert" text=loading.error label=texts::try_again() on_press=load/>
        {move || found.get().map(|found| match found.may_suspend {
            true => view! {
                <SuspensionPart username=name.get_value() suspension=found.suspension by=None reload=load/>
            }.into_any(),
            false => view! { <p>{texts::only_admins_suspend()}</p> }.into_any(),
        })}
    }
    .into_any()
}

/// What is said when an account is not shown.
fn not_found(refusal: ApiError) -> String {
    match refusal.code() {
        Some(ProblemCode::NotFound) => texts::no_such_account().to_owned(),
        _ => refusal.cause(),
    }
}

/// Whether an account is suspended, and the way to change that.
#[component]
fn SuspensionPart(
    username: String,
    suspension: Option<Suspension>,
    /// Who has suspended it, as far as that is known.
    by: Option<String>,
    reload: Callback<()>,
) -> impl IntoView {
    let is_suspended = suspension.is_some();
    let state = suspension.map_or_else(
        || texts::not_suspended().to_owned(),
        |Suspension { reason, since, until }| {
            let end = until.map_or_else(|| texts::without_an_end().to_owned(), |until| texts::until(&exact(&until)));
            match by {
                Some(by) => texts::is_suspended_by(&by, &exact(&since), &end, &reason),
                None => texts::is_suspended(&exact(&since), &end, &reason),
            }
        },
    );
    view! {
        <Part id="suspend-title" title=texts::suspension()>
            <p dir="auto">{state}</p>
            <p class="quiet">{texts::what_suspension_is()}</p>
            {match is_suspended {
                true => view! { <Lift username reload/> }.into_any(),
                false => view! { <Suspend username reload/> }.into_any(),
            }}
        </Part>
    }
    .into_any()
}

#[component]
fn ForAdmin(username: String) -> impl IntoView {
    let site = Site::get();
    let (loading, found) = (Task::new(site), RwSignal::new(None::<AdminAccountResponse>));
    let name = StoredValue::new(username);
    let load = Callback::new(move |()| {
        loading.run(moderation::account_of(&name.get_value()), move |result| {
            found.try_set(Some(result.map_err(not_found)?));
            Ok(())
        });
    });
    load.run(());
    view! {
        <Notice role="alert" text=loading.error label=texts::try_again() on_press=load/>
        {move || found.get().map(|account| view! { <Found account reload=load/> })}
    }
    .into_any()
}

#[component]
fn Found(account: AdminAccountResponse, reload: Callback<()>) -> impl IntoView {
    let AdminAccountResponse { user, created_at, role, named_by_operator, suspension, suspended_by, posts, sessions } =
        account;
    let name = StoredValue::new(user.username.clone());
    let open = sessions.len();
    view! {
        <dl class="part">
            <div><dt>{texts::name()}</dt><dd dir="auto">{user.name}</dd></div>
            <div><dt>{texts::member_since()}</dt><dd>{date(&created_at)}</dd></div>
            <div><dt>{texts::role()}</dt><dd>{Role::of(&role).words()}</dd></div>
            <div><dt>{texts::messages()}</dt><dd><a href=Route::Author(user.username).address()>{posts}</a></dd></div>
        </dl>
        {if named_by_operator {
            view! { <p class="part">{texts::made_admin_by_settings()}</p> }.into_any()
        } else {
            view! {
                <SuspensionPart username=name.get_value() suspension by=suspended_by reload/>
                <RolePart username=name.get_value() role=Role::of(&role) reload/>
                <Part id="open-title" title=texts::sessions()>
                    <ul class="sessions">
                        {sessions.into_iter().map(|session| view! { <li class="session"><p class="client">{words::client(&session.client)}</p></li> }).collect_view()}
                    </ul>
                    {(open == 0).then_some(texts::all_logged_out())}
                    {(open > 0).then(|| view! { <EndSessions username=name.get_value() reload/> })}
                </Part>
                <Reset username=name.get_value()/>
            }.into_any()
        }}
    }
    .into_any()
}

#[component]
fn EndSessions(username: String, reload: Callback<()>) -> impl IntoView {
    let site = Site::get();
    let task = Task::new(site);
    let end = Callback::new(move |()| {
        task.delete(moderation::end_sessions_of(&username), move || {
            focus("#open-title");
            site.announce(texts::account_logged_out());
            reload.run(());
        });
    });
    view! {
        <Confirm
            class="" label=texts::log_out_everywhere() question=texts::log_out_everywhere_plain_question() yes=texts::log_out() busy=texts::logging_out()
            no=texts::keep() task on_yes=end
        />
    }
    .into_any()
}

#[component]
fn Suspend(username: String, reload: Callback<()>) -> impl IntoView {
    let site = Site::get();
    let (task, is_asking) = (Task::new(site), RwSignal::new(false));
    let name = StoredValue::new(username);
    let suspend = Callback::new(move |(reason, until): Asked| {
        task.run(moderation::suspend(&name.get_value(), &reason, until.as_deref()), move |result| {
            result.map_err(|refusal| refusal.sentence())?;
            is_asking.try_set(false);
            focus("#suspend-title");
            site.announce(texts::account_suspended());
            reload.run(());
            Ok(())
        });
    });
    move || match is_asking.get() {
        true => view! {
            <SuspensionForm
                id="suspend".to_owned() username=name.get_value() task on_submit=suspend
                on_cancel=Callback::new(move |()| is_asking.set(false))
            />
        }
        .into_any(),
        false => view! {
            <Press class="danger" label=texts::suspend() on_press=move |()| is_asking.set(true)/>
        }
        .into_any(),
    }
}

#[component]
fn Lift(username: String, reload: Callback<()>) -> impl IntoView {
    let site = Site::get();
    let task = Task::new(site);
    let lift = Callback::new(move |()| {
        task.delete(moderation::lift(&username), move || {
            focus("#suspend-title");
            site.announce(texts::suspension_over());
            reload.run(());
        });
    });
    view! {
        <ErrorText text=task.error/>
        <BusyButton
            class="plain" kind="button" label=texts::lift_the_suspension() busy=texts::lifting() is_running=task.is_running on_press=lift
        />
    }
    .into_any()
}
