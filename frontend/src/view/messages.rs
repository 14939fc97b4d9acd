//! The page with the messages of everybody, or of one author.

use leptos::prelude::*;
use wire::Message;

use super::ago::Ago;
use super::confirm::Confirm;
use super::notice::Notice;
use super::site::Site;
use super::task::Task;
use super::text::changing;
use crate::address::Route;
use crate::browser::kinds_in_links;
use crate::feed::Feed;
use crate::links::{Piece, pieces};
use crate::words::new_messages;
use crate::{about, api};

#[component]
pub(crate) fn MessagesPage(author: Option<String>) -> impl IntoView {
    let site = Site::get();
    let feed = Feed::start(author.clone(), site.router.place());
    Effect::new(move |_| {
        if let Some(message) = site.posted.get() {
            site.posted.set(None);
            if !feed.add_own(&message) {
                site.router.go(&Route::Messages);
            }
        }
    });
    let heading = author.as_ref().map_or_else(|| "Messages".to_owned(), |author| format!("Messages by @{author}"));
    let empty = match &author {
        Some(author) => format!("No messages by @{author} yet."),
        None => "No messages yet. Be the first.".to_owned(),
    };
    let is_loading = move || feed.board.with(Option::is_none) && feed.failure.with(Option::is_none);
    let is_empty = move || feed.board.with(|board| board.as_ref().is_some_and(|board| board.shown().is_empty()));
    view! {
        <div class="head">
            <h1 tabindex="-1" prop:textContent=changing(move || heading.clone())></h1>
            <button id="compose" class="primary" type="button" on:click=move |_| site.compose()>"Post a message"</button>
        </div>
        {author.map(|_| view! { <p class="back"><a href="/">"All messages"</a></p> })}
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

/// One message. Its text is never read as markup.
#[component]
fn Entry(message: Message, feed: Feed) -> impl IntoView {
    let site = Site::get();
    let reported = StoredValue::new(message.clone());
    let Message { id, author, text, created_at } = message;
    let address = author.username.clone().map(|username| Route::Author(username).address());
    let text: Vec<_> = pieces(&text, kinds_in_links()).into_iter().map(show).collect();
    let username = author.username.clone();
    let own_id = id.clone();
    // "Ada Lovelace @ada 4 minutes ago" is what a screen reader calls the message when it gets the focus.
    let by = format!("by-{id}");
    // Whether the message is one's own; nothing if nobody is logged in.
    let is_own = Memo::new(move |_| site.sessions.user().map(|user| Some(user.username) == username));
    view! {
        <article data-message=id tabindex="-1" aria-labelledby=by.clone()>
            <header id=by.clone()>
                {match address {
                    Some(address) => view! { <a class="name" href=address dir="auto">{author.name}</a> }.into_any(),
                    None => view! { <span class="name quiet" dir="auto">{author.name}</span> }.into_any(),
                }}
                {author.username.map(|username| view! { <span class="quiet">"@" {username}</span> })}
                <Ago time=created_at/>
            </header>
            <p dir="auto">{text}</p>
            {move || is_own.get().map(|is_own| match is_own {
                true => view! { <Delete id=own_id.clone() feed/> }.into_any(),
                false => report(reported).into_any(),
            })}
        </article>
    }
    .into_any()
}

/// The way to report a message of somebody else. What else may be done about it is on that page too.
fn report(message: StoredValue<Message>) -> impl IntoView {
    let address = message.with_value(|message| Route::Message(message.id.clone()).address());
    view! {
        <p class="own">
            <a
                class="button ask" href=address aria-label="Report this message"
                on:click=move |_| message.with_value(about::keep)
            >
                "Report"
            </a>
        </p>
    }
}

/// The button that deletes a message of one's own.
#[component]
fn Delete(id: String, feed: Feed) -> impl IntoView {
    let site = Site::get();
    let task = Task::new(site);
    let delete = move |()| {
        let id = id.clone();
        task.delete(api::delete_message(&id), move || {
            feed.remove(&id);
            site.announce("Your message is deleted.");
        });
    };
    view! {
        <Confirm
            class="own" label="Delete" question="Delete this message?" yes="Delete" no="Keep"
            task on_yes=Callback::new(delete)
        />
    }
    .into_any()
}

fn show(piece: Piece<'_>) -> AnyView {
    match piece {
        Piece::Text(text) => text.to_owned().into_any(),
        // An address is read from left to right, whatever stands around it.
        Piece::Link(link) => {
            view! { <a href=link.to_owned() dir="ltr" rel="noopener noreferrer nofollow ugc">{link.to_owned()}</a> }
                .into_any()
        }
    }
}

/// Grey shapes where the messages will be, so that nothing moves when they come.
fn skeleton() -> impl IntoView {
    let entry = |_| view! { <div class="ghost"><span></span><span></span></div> };
    view! {
        <p class="hidden" role="status">"Loading messages…"</p>
        <div class="ghosts" aria-hidden="true">{(0..4).map(entry).collect_view()}</div>
    }
}
