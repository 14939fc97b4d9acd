//! The part of the account about passkeys.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wire::{Passkey, fields};

use super::ago::Ago;
use super::button::{BusyButton, Press};
use super::field::{Checked, ErrorText, TextField, typed};
use super::notice::Notice;
use super::part::{Form, Part};
use super::password_form::{CodeField, PasswordForm, refuse};
use super::site::Site;
use super::task::Task;
use super::text::changing;
use crate::api::passkeys;
use crate::browser::{focus, focus_field, nfc};
use crate::passkey::{NoPasskey, is_possible, make};
use crate::texts;
use crate::words::{Field, fault};

const TITLE: &str = "passkeys-title";

/// The passkeys as they were loaded last.
#[derive(Clone, Copy)]
pub(crate) struct PasskeyList {
    site: Site,
    /// None until they have come.
    found: RwSignal<Option<Vec<Passkey>>>,
    loading: Task,
    /// Whether a passkey is added by password and code; None while that is not known.
    wants_code: Signal<Option<bool>>,
}

impl PasskeyList {
    pub(crate) fn new(site: Site, wants_code: Signal<Option<bool>>) -> Self {
        Self { site, found: RwSignal::new(None), loading: Task::new(site), wants_code }
    }

    pub(crate) fn load(self) {
        self.loading.run(passkeys::all(), move |result| {
            self.found.try_set(Some(result.map_err(|failure| failure.cause())?.passkeys));
            Ok(())
        });
    }

    /// Whether it is known that there is none.
    pub(crate) fn is_empty(self) -> bool {
        self.found.with(|found| found.as_ref().is_some_and(Vec::is_empty))
    }

    fn changed(self, said: &str) {
        focus("#passkeys-title");
        self.site.announce(said);
        self.load();
    }
}

#[component]
pub(crate) fn PasskeysPart(list: PasskeyList, username: String) -> impl IntoView {
    let is_adding = RwSignal::new(false);
    let owner = StoredValue::new(username);
    let add = move |()| {
        is_adding.set(true);
        request_animation_frame(|| focus("#passkey-password"));
    };
    let is_possible = is_possible();
    view! {
        <Part id=TITLE title=texts::passkeys()>
            <p>
                {texts::what_a_passkey_is()}
                {(!is_possible).then(|| view! { " " {texts::no_passkeys_here()} })}
            </p>
            <Notice role="alert" text=list.loading.error label=texts::try_again() on_press=Callback::new(move |()| list.load())/>
            <ul class="sessions">
                {move || {
                    let all = list.found.get().unwrap_or_default().into_iter();
                    all.map(|passkey| view! { <Entry passkey owner list/> }).collect_view()
                }}
            </ul>
            {move || match is_adding.get() {
                true => view! { <Add owner list is_adding/> }.into_any(),
                false => is_possible.then(|| view! {
                    <Press class="plain" label=texts::add_a_passkey() on_press=add/>
                }).into_any(),
            }}
        </Part>
    }
    .into_any()
}

#[component]
fn Add(owner: StoredValue<String>, list: PasskeyList, is_adding: RwSignal<bool>) -> impl IntoView {
    let (task, password, name, code) = (Task::new(list.site), Checked::new(), Checked::new(), Checked::new());
    let wants_code = move || list.wants_code.get() == Some(true);
    let saving = Task::new(list.site);
    let error = RwSignal::new(None::<String>);
    let submit = move |said: String| {
        let called = typed(name.field);
        if let Err(broken) = rules::new_name(&nfc(&called)) {
            name.error.set(Some(fault(Field::Name, broken.into())));
            return focus_field(name.field);
        }
        let given = untrack(wants_code).then(|| typed(code.field));
        if given.as_ref().is_some_and(|_| code.lacks(texts::enter_a_code())) {
            return focus_field(code.field);
        }
        error.set(None);
        task.run(passkeys::begin_registration(&said, given.as_deref()), move |result| {
            let options = match result {
                Err(refusal) => return refuse(&refusal, &[(fields::PASSWORD, password), (fields::CODE, code)]),
                Ok(options) => options,
            };
            spawn_local(async move {
                match make(&options).await {
                    Ok(made) => saving.run(passkeys::register(&called, &made), move |result| {
                        result.map_err(|refusal| refusal.sentence())?;
                        is_adding.try_set(false);
                        list.changed(texts::passkey_added());
                        Ok(())
                    }),
                    Err(NoPasskey::Known) => {
                        error.try_set(Some(texts::passkey_known().to_owned()));
                    }
                    Err(NoPasskey::Cancelled) => _ = error.try_set(Some(texts::passkey_cancelled().to_owned())),
                }
            });
            Ok(())
        });
    };
    let cancel = Callback::new(move |()| {
        is_adding.set(false);
        focus("#passkeys-title");
    });
    let failure = Signal::derive(move || error.get().or_else(|| saving.error.get()));
    view! {
        <PasswordForm
            id="passkey-password" title=TITLE username=owner.get_value() class="primary" label=texts::go_on() busy=texts::waiting()
            password task on_submit=submit on_cancel=cancel
        >
            {wants_code().then(|| view! { <CodeField id="passkey-code" code/> })}
            <NameField id="passkey-name" name value=texts::my_passkey().to_owned()/>
            <ErrorText text=failure/>
        </PasswordForm>
    }
    .into_any()
}

#[component]
fn NameField(#[prop(into)] id: String, name: Checked, value: String) -> impl IntoView {
    view! {
        <TextField
            id label=texts::name_of_the_passkey() autocomplete="off" kind="text" value
            error=name.error field=name.field on_input=move |()| name.error.set(None) on_leave=|()| ()
        />
    }
    .into_any()
}

/// What an entry of the list shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Shown,
    Renaming,
    Removing,
}

#[component]
fn Entry(passkey: Passkey, owner: StoredValue<String>, list: PasskeyList) -> impl IntoView {
    let step = RwSignal::new(Step::Shown);
    let Passkey { id, name, created_at, last_used_at, backed_up } = passkey;
    let (id, shown) = (StoredValue::new(id), name.clone());
    let named = StoredValue::new(name);
    view! {
        <li class="session">
            <p class="client" dir="auto"><span prop:textContent=changing(move || shown.clone())></span></p>
            <p class="quiet">
                {texts::added()} " " <Ago time=created_at/>
                {last_used_at.map(|at| view! { ", " {texts::last_used()} " " <Ago time=at/> })}
                {backed_up.then(|| view! { ", " {texts::kept_in_manager()} })}
            </p>
            {move || match step.get() {
                Step::Shown => view! { <Choice named step/> }.into_any(),
                Step::Renaming => view! { <Rename id named step list/> }.into_any(),
                Step::Removing => view! { <Remove id owner step list/> }.into_any(),
            }}
        </li>
    }
    .into_any()
}

#[component]
fn Choice(named: StoredValue<String>, step: RwSignal<Step>) -> impl IntoView {
    view! {
        <div class="choice">
            <Press class="plain" label=texts::rename() name=named.with_value(|name| texts::rename_something(name)) on_press=move |()| step.set(Step::Renaming)/>
            <Press class="plain" label=texts::remove() name=named.with_value(|name| texts::remove_something(name)) on_press=move |()| step.set(Step::Removing)/>
        </div>
    }
    .into_any()
}

#[component]
fn Rename(
    id: StoredValue<String>,
    named: StoredValue<String>,
    step: RwSignal<Step>,
    list: PasskeyList,
) -> impl IntoView {
    let (task, name) = (Task::new(list.site), Checked::new());
    request_animation_frame(move || focus_field(name.field));
    let submit = move |()| {
        let called = typed(name.field);
        if let Err(broken) = rules::new_name(&nfc(&called)) {
            name.error.set(Some(fault(Field::Name, broken.into())));
            return focus_field(name.field);
        }
        task.run(passkeys::rename(&id.get_value(), &called), move |result| match result {
            Err(refusal) => refuse(&refusal, &[(fields::NAME, name)]),
            Ok(()) => {
                list.changed(texts::passkey_renamed());
                Ok(())
            }
        });
    };
    view! {
        <Form action="/account" name=texts::rename_the_passkey() on_submit=submit>
            <NameField id=format!("name-{}", id.get_value()) name value=named.get_value()/>
            <ErrorText text=task.error/>
            <div class="choice">
                <BusyButton class="primary" label=texts::save() busy=texts::saving() is_running=task.is_running/>
                <Press class="plain" label=texts::cancel() on_press=move |()| step.set(Step::Shown)/>
            </div>
        </Form>
    }
    .into_any()
}

#[component]
fn Remove(
    id: StoredValue<String>,
    owner: StoredValue<String>,
    step: RwSignal<Step>,
    list: PasskeyList,
) -> impl IntoView {
    let (task, password) = (Task::new(list.site), Checked::new());
    request_animation_frame(move || focus_field(password.field));
    let submit = move |said: String| {
        task.run(passkeys::remove(&id.get_value(), &said), move |result| match result {
            Err(refusal) => refuse(&refusal, &[(fields::PASSWORD, password)]),
            Ok(()) => {
                list.changed(texts::passkey_removed());
                Ok(())
            }
        });
    };
    view! {
        <PasswordForm
            id=format!("remove-{}", id.get_value()) title=TITLE username=owner.get_value() class="danger" label=texts::remove() busy=texts::removing()
            password task on_submit=submit on_cancel=Callback::new(move |()| step.set(Step::Shown))
        />
    }
    .into_any()
}
