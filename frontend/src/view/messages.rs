//! The page with the messages of everybody, of one author, or one message alone.

use leptos::prelude::*;

use super::message::Entry;
use super::notice::Notice;
use super::site::Site;
use super::text::changing;
use crate::address::Route;
use crate::feed::{Feed, Which};
use crate::words::new_messages;

#[component]
pub(crate) fn MessagesPage(which: Which) -> impl IntoView {
    let site = Site::get();
    let feed = Feed::start(which.clone(), site.router.place());
    Effect::new(move |_| {
        if let Some(message) = site.posted.get() {
            site.posted.set(None);
            if !feed.add_own(&message) {
                site.router.go(&Route::Messages);
            }
        }
    });
    let is_part = which != Which::All;
    let empty = match &which {
        Which::All => "No messages yet. Be the first.".to_owned(),
        Which::By(author) => format!("No messages by @{author} yet."),
        Which::One(_) => "This message doesn’t exist, or it was deleted.".to_owned(),
    };
    let heading = move || match &which {
        Which::All => "Messages".to_owned(),
        Which::By(author) => format!("Messages by @{author}"),
        // The name is isolated, because it may be written from right to left.
        Which::One(_) => {
            feed.author_name().map_or_else(|| "Message".to_owned(), |name| format!("Message by \u{2068}{name}\u{2069}"))
        }
    };
    let is_loading = move || feed.board.with(Option::is_none) && feed.failure.with(Option::is_none);
    let is_empty = move || feed.board.with(|board| board.as_ref().is_some_and(|board| board.shown().is_empty()));
    view! {
        <div class="head">
            <h1 tabindex="-1" prop:textContent=changing(heading)></h1>
            <button id="compose" class="primary" type="button" on:click=move |_| site.compose()>"Post a message"</button>
        </div>
        {is_part.then(|| view! { <p class="back"><a href="/">"All messages"</a></p> })}
        <Notice
            role="alert" text=Signal::derive(move || feed.failure.get().map(|failure| failure.cause()))
            label="Try again" on_press=Callback::new(move |()| feed.refresh())
        />
        <section aria-label="Messages" aria-busy=move || if is_loading() { "true" } else { "false" }>
            <Waiting feed/>
            {move || is_loading().then(skeleton)}
            {move || is_empty().then(|| view! { <p class="empty">{empty.clone()}</p> })}
            <ol>
                <For
                    each=move || feed.board.with(|board| board.as_ref().map_or_else(Vec::new, |board| board.shown().to_vec()))
                    key=|message| (message.id.clone(), message.author.username.is_some())
                    children=move |message| view! { <li><Entry message feed/></li> }
                />
            </ol>
            <Older feed/>
        </section>
    }
    .into_any()
}

/// The button that shows the messages that have arrived while somebody was reading.
#[component]
fn Waiting(feed: Feed) -> impl IntoView {
    let waiting = Memo::new(move |_| feed.board.with(|board| board.as_ref().map_or(0, |board| board.waiting())));
    view! {
        <div class="new" role="status">
            {move || (waiting.get() > 0).then(|| view! {
                <button class="plain" type="button" on:click=move |_| feed.reveal()>
                    <span aria-hidden="true">"↑ "</span>
                    <span prop:textContent=changing(move || new_messages(waiting.get()))></span>
                </button>
            })}
        </div>
    }
    .into_any()
}

#[component]
fn Older(feed: Feed) -> impl IntoView {
    let has_older =
        Memo::new(move |_| feed.board.with(|board| board.as_ref().is_some_and(|board| board.older_cursor().is_some())));
    view! {
        {move || has_older.get().then(|| view! {
            <div class="older">
                <p
                    class="error" role="alert"
                    prop:textContent=changing(move || {
                        feed.older_failure.get().map(|failure| failure.cause()).unwrap_or_default()
                    })
                ></p>
                <button
                    class="plain"
                    type="button"
                    aria-disabled=move || feed.is_loading_older.get().then_some("true")
                    on:click=move |_| feed.load_older()
                    prop:textContent=changing(move || {
                        if feed.is_loading_older.get() { "Loading…" } else { "Show older messages" }
                    })
                ></button>
            </div>
        })}
    }
    .into_any()
}

/// Grey shapes where the messages will be, so that nothing moves when they come.
fn skeleton() -> impl IntoView {
    let entry = |_| view! { <div class="ghost"><span></span><span></span></div> };
    view! {
        <p class="hidden" role="status">"Loading messages…"</p>
        <div class="ghosts" aria-hidden="true">{(0..4).map(entry).collect_view()}</div>
    }
}
