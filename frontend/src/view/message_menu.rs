//! The menu of what can be done about a message. It has no button that the server would refuse.

use leptos::prelude::*;
use wire::Message;

use super::confirm::Confirm;
use super::icons;
use super::site::Site;
use super::task::Task;
use crate::address::Route;
use crate::browser::{closest, copy, origin};
use crate::feed::Feed;
use crate::role::Role;
use crate::texts;
use crate::{about, api};

/// The button and its menu, which is a popover: the browser opens it, closes it on Escape and on a press elsewhere, gives the
/// focus back, and tells screen readers whether it is open.
#[component]
pub(crate) fn MessageMenu(message: StoredValue<Message>, feed: Feed) -> impl IntoView {
    let task = Task::new(Site::get());
    let is_open = RwSignal::new(false);
    let open = move |_: web_sys::Event| {
        if !is_open.get_untracked() {
            is_open.set(true);
        }
    };
    // What has the focus goes after the browser has given the focus back.
    let close = move |event: web_sys::Event| {
        if closest(event.target(), ":popover-open").is_none() {
            is_open.set(false);
        }
    };
    let id = message.with_value(|message| message.id.clone());
    let menu = format!("menu-{id}");
    view! {
        <button
            class="more round" type="button" aria-label=texts::more() aria-describedby=format!("by-{id}")
            popovertarget=menu.clone()
        >
            {icons::more()}
        </button>
        <div class="actions" id=menu popover="auto" on:beforetoggle=open on:toggle=close>
            {move || is_open.get().then(|| message.with_value(|message| items(message, feed, task)))}
        </div>
    }
    .into_any()
}

/// What can be done. What deletes the message comes first: its question takes the place of two items, so that a second tap meets
/// no button, wherever the menu has had room to open.
fn items(message: &Message, feed: Feed, task: Task) -> impl IntoView + use<> {
    let site = Site::get();
    let user = site.sessions.user().filter(|_| site.may_act()).map(|user| user.username);
    let is_own = user.is_some() && user == message.author.username;
    let moderates = !is_own && site.role() >= Role::Moderator;
    let author = StoredValue::new(message.author.username.clone());
    // The author may be somebody whom only admins can suspend, or nobody can.
    let may_suspend = RwSignal::new(false);
    if let Some(username) = message.author.username.as_ref().filter(|_| moderates) {
        site.refresher.send(api::moderation::suspension_of(username), move |result| {
            may_suspend.try_set(result.is_ok_and(|found| found.may_suspend));
        });
    }
    view! {
        {(is_own || moderates).then(|| view! { <Delete id=message.id.clone() is_own feed task/> })}
        {copy_link(message)}
        {(user.is_some() && !is_own).then(|| report(message))}
        {move || author.get_value().filter(|_| may_suspend.get()).map(|username| {
            let words = texts::suspend_somebody(&username);
            view! { <a class="item" href=Route::AccountOf(username).address()>{words}</a> }
        })}
    }
}

/// The button that copies the address of a message. It closes the menu.
fn copy_link(message: &Message) -> impl IntoView + use<> {
    let site = Site::get();
    let menu = format!("menu-{}", message.id);
    let address = origin() + &Route::Permalink(message.id.clone()).address();
    let copy = move |_| copy(&address, move || site.announce(texts::link_copied()));
    view! {
        <button class="item copy" type="button" popovertarget=menu popovertargetaction="hide" on:click=copy>{texts::copy_link()}</button>
    }
}

/// The way to report a message of somebody else.
fn report(message: &Message) -> impl IntoView + use<> {
    let (address, message) = (Route::Message(message.id.clone()).address(), message.clone());
    view! {
        <a class="item" href=address aria-label=texts::report_this_message() on:click=move |_| about::keep(&message)>{texts::report()}</a>
    }
}

/// The button that deletes a message of one's own, or removes that of somebody else.
#[component]
fn Delete(id: String, is_own: bool, feed: Feed, task: Task) -> impl IntoView {
    let site = Site::get();
    let (label, question, busy, done) = match is_own {
        true => (texts::delete(), texts::delete_this_message(), texts::deleting(), texts::your_message_deleted()),
        false => (texts::remove(), texts::remove_this_message(), texts::removing(), texts::message_removed()),
    };
    let delete = move |()| {
        let id = id.clone();
        task.delete(api::delete_message(&id), move || {
            feed.remove(&id);
            site.announce(done);
        });
    };
    view! { <Confirm class="" label question yes=label busy no=texts::keep() task on_yes=Callback::new(delete)/> }
        .into_any()
}
