//! One message: who has said it and when, its text, and the menu of what can be done about it.

use leptos::prelude::*;
use web_sys::HtmlParagraphElement;
use wire::Message;

use super::ago::Ago;
use super::message_menu::MessageMenu;
use super::site::Site;
use super::text::changing;
use crate::address::Route;
use crate::age::short_ago;
use crate::browser::{instant_ms, kinds_in_links};
use crate::feed::Feed;
use crate::links::{Piece, pieces};
use crate::texts;
use crate::words::without_gaps;

/// By how much a text that goes on below the fold is higher than what is shown of it: half a line at least. Less is the part of
/// a letter that is higher than its line.
const LEAST_REST_PX: i32 = 12;

/// One message. Its text is never read as markup.
#[component]
pub(crate) fn Entry(message: Message, feed: Feed) -> impl IntoView {
    let all = StoredValue::new(message.clone());
    let Message { id, author, text, created_at } = message;
    let address = author.username.clone().map(|username| Route::Author(username).address());
    // "Ada Lovelace @ada 4 minutes ago" is what a screen reader calls the message when it gets the focus.
    let by = format!("by-{id}");
    let alone = Route::Permalink(id.clone()).address();
    view! {
        <article data-message=id.clone() tabindex="-1" aria-labelledby=by.clone()>
            <header id=by.clone()>
                {match address {
                    Some(address) => view! { <a class="name" href=address dir="auto">{author.name}</a> }.into_any(),
                    None => view! { <span class="name quiet" dir="auto">{texts::deleted_user()}</span> }.into_any(),
                }}
                {author.username.map(|username| view! { <span class="handle quiet">"@" {username}</span> })}
                <When time=created_at alone/>
            </header>
            <MessageMenu message=all feed/>
            <Text text/>
        </article>
    }
    .into_any()
}

/// When a message was posted, as the link to the message alone. A phone has room for a few characters only, and screen readers say it in words there too.
#[component]
fn When(time: String, alone: String) -> impl IntoView {
    let site = Site::get();
    let at_ms = instant_ms(&time);
    view! {
        <a class="when" href=alone>
            <span class="words"><Ago time/></span>
            <span
                class="short" aria-hidden="true"
                prop:textContent=changing(move || short_ago(site.now_ms.get(), at_ms))
            ></span>
        </a>
    }
    .into_any()
}

/// The text of a message. A long one is folded, and a button shows the rest.
#[component]
fn Text(text: String) -> impl IntoView {
    let text: Vec<_> = pieces(&without_gaps(&text), kinds_in_links()).into_iter().map(show).collect();
    let paragraph = NodeRef::<leptos::html::P>::new();
    let (is_folded, is_long) = (RwSignal::new(true), RwSignal::new(false));
    Effect::new(move |_| {
        if let Some(paragraph) = paragraph.get() {
            measure(paragraph, is_folded, is_long);
        }
    });
    view! {
        <p dir="auto" class:folded=is_folded node_ref=paragraph>{text}</p>
        {move || is_long.get().then(|| view! {
            <button
                class="unfold" type="button"
                aria-expanded=move || if is_folded.get() { "false" } else { "true" }
                on:click=move |_| is_folded.update(|is_folded| *is_folded = !*is_folded)
                prop:textContent=changing(move || if is_folded.get() { texts::show_more() } else { texts::show_less() })
            ></button>
        })}
    }
    .into_any()
}

/// Every text is folded until it is measured, which is before anybody sees it. What fits is never folded later. The app may be
/// behind its shell still, where nothing has a height.
fn measure(paragraph: HtmlParagraphElement, is_folded: RwSignal<bool>, is_long: RwSignal<bool>) {
    match paragraph.client_height() {
        0 if paragraph.is_connected() => request_animation_frame(move || measure(paragraph, is_folded, is_long)),
        height if paragraph.scroll_height() > height + LEAST_REST_PX => _ = is_long.try_set(true),
        _ => _ = is_folded.try_set(false),
    }
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
