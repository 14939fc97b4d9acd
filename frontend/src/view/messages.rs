//! The page with the messages of everybody, of one author, or one message alone.

use leptos::prelude::*;
use wire::AuthorProfile;

use super::icons;
use super::message::Entry;
use super::notice::Notice;
use super::site::Site;
use super::text::changing;
use crate::address::Route;
use crate::browser::date;
use crate::feed::{Feed, Which};
use crate::texts;
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
    let is_own = Memo::new({
        let which = which.clone();
        move |_| matches!(&which, Which::By(author) if site.sessions.username().as_ref() == Some(author))
    });
    let (is_all, is_one) = (which == Which::All, matches!(which, Which::One(_)));
    let may_post_here = move || is_all || is_own.get();
    let is_loading = move || feed.board.with(Option::is_none) && feed.failure.with(Option::is_none);
    let is_empty =
        Memo::new(move |_| feed.board.with(|board| board.as_ref().is_some_and(|board| board.shown().is_empty())));
    let heading = which.clone();
    view! {
        <div class="head">
            <h1 tabindex="-1" dir="auto" prop:textContent=changing(move || heading_of(&heading, is_own.get(), feed))></h1>
            {move || (may_post_here() && !is_empty.get()).then(compose_button)}
        </div>
        <Notice role="status" text=site.suspension/>
        {(!is_all).then(|| {
            let username = which.author().map(|author| format!("@{author} · ")).unwrap_or_default();
            let since = |author: &AuthorProfile| texts::member_since_day(&date(&author.member_since)) + " · ";
            let whose = move || {
                username.clone() + &feed.author.with(|author| author.as_ref().map(since)).unwrap_or_default()
            };
            view! {
                <p class="back">
                    <span prop:textContent=changing(whose)></span><a href="/">{texts::all_messages()}</a>
                </p>
            }
        })}
        {move || (is_all && !is_empty.get() && !site.sessions.is_somebody()).then(|| view! {
            <p class="welcome quiet">{texts::about_latchkey()} " " <a href="/signup">{texts::join_in()}</a></p>
        })}
        <Notice
            role="alert" text=Signal::derive(move || feed.failure.get().map(|failure| failure.cause()))
            label=texts::try_again() on_press=Callback::new(move |()| feed.refresh())
        />
        <section aria-label=texts::messages() aria-busy=move || if is_loading() { "true" } else { "false" }>
            <Waiting feed/>
            {move || is_loading().then(skeleton)}
            {move || is_empty.get().then(|| nothing(&which, is_own.get()))}
            <ol>
                <For
                    each=move || feed.board.with(|board| board.as_ref().map_or_else(Vec::new, |board| board.shown().to_vec()))
                    key=|message| (message.id.clone(), message.author.username.is_some())
                    children=move |message| view! { <li><Entry message feed/></li> }
                />
            </ol>
            <Older feed is_one/>
        </section>
    }
    .into_any()
}

fn heading_of(which: &Which, is_own: bool, feed: Feed) -> String {
    match which {
        Which::All => texts::messages().to_owned(),
        Which::By(_) if is_own => texts::your_messages().to_owned(),
        Which::By(author) => feed.author_name().unwrap_or_else(|| format!("@{author}")),
        Which::One(_) => {
            feed.author_name().map_or_else(|| texts::message().to_owned(), |name| texts::message_by(&name))
        }
    }
}

fn compose_button() -> impl IntoView {
    let site = Site::get();
    move || {
        site.may_act().then(|| view! {
            <button id="compose" class="primary" type="button" on:click=move |_| site.compose()>{texts::post_a_message()}</button>
        })
    }
}

/// What is shown in the place of the list when it is empty. The API has the same answer for somebody who has not posted and for a
/// username that nobody has, so that it does not tell who has an account.
fn nothing(which: &Which, is_own: bool) -> AnyView {
    match which {
        Which::All => view! {
            <div class="empty">
                {icons::mark()}
                <p>{texts::about_latchkey()}</p>
                <p>{texts::no_messages_yet()}</p>
                {compose_button()}
            </div>
        }
        .into_any(),
        Which::By(_) if is_own => {
            view! { <div class="empty"><p>{texts::yours_are_here()}</p>{compose_button()}</div> }.into_any()
        }
        Which::By(author) => {
            let sentence = texts::no_messages_by(author);
            view! { <p class="empty" prop:textContent=changing(move || sentence.clone())></p> }.into_any()
        }
        Which::One(_) => view! { <p class="empty">{texts::no_such_message()}</p> }.into_any(),
    }
}

/// The button that shows the messages that have arrived while somebody was reading.
#[component]
fn Waiting(feed: Feed) -> impl IntoView {
    let site = Site::get();
    let waiting = Memo::new(move |_| feed.board.with(|board| board.as_ref().map_or(0, |board| board.waiting())));
    // The title is all that is seen of a tab that is not in front.
    Effect::new(move |_| {
        let title = site.router.route_now().title();
        document().set_title(&match waiting.get() {
            0 => title,
            count => format!("({count}) {title}"),
        });
    });
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

/// What is below the list: the button for older messages, or the word that there are none.
#[component]
fn Older(feed: Feed, is_one: bool) -> impl IntoView {
    // Neither before the list is loaded, nor where it is empty.
    let has_older = Memo::new(move |_| {
        feed.board.with(|board| {
            let board = board.as_ref()?;
            let has_older = board.older_cursor().is_some();
            (has_older || !board.shown().is_empty()).then_some(has_older)
        })
    });
    view! {
        {move || has_older.get().filter(|has_older| *has_older || !is_one).map(|has_older| view! {
            <div class="older">
                {match has_older {
                    true => older_button(feed).into_any(),
                    false => view! { <p class="quiet">{texts::first_message()}</p> }.into_any(),
                }}
            </div>
        })}
    }
    .into_any()
}

fn older_button(feed: Feed) -> impl IntoView {
    view! {
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
                if feed.is_loading_older.get() { texts::loading() } else { texts::show_older() }
            })
        ></button>
    }
}

/// Grey shapes where the messages will be, so that nothing moves when they come.
fn skeleton() -> impl IntoView {
    let entry = |_| view! { <div class="ghost"><span></span><span></span></div> };
    view! {
        <p class="hidden" role="status">{texts::loading_messages()}</p>
        <div class="ghosts" aria-hidden="true">{(0..4).map(entry).collect_view()}</div>
    }
}
