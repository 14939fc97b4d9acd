//! How an app starts: by several steps. Each returns a function that does the next one, and the last returns nothing. The loader
//! calls each in a task of its own, so that the browser can answer the person between them.

use any_spawner::Executor;
use leptos::prelude::*;
use rules::Bundle;
use wasm_bindgen::prelude::*;

use crate::texts;
use crate::view::{AccountContent, Bar, BoardContent, Dialog, EntryContent, Foot, ModerationContent, Said, Site};

/// Starts the app of the board. Without translations, it speaks English.
pub fn board(translations: Option<String>) -> JsValue {
    start(translations, Bundle::Board, BoardContent, Dialog)
}

/// Starts the app of the ways in.
pub fn entry(translations: Option<String>) -> JsValue {
    start(translations, Bundle::Entry, EntryContent, Said)
}

/// Starts the app of the account.
pub fn account(translations: Option<String>) -> JsValue {
    start(translations, Bundle::Account, AccountContent, Said)
}

/// Starts the app of moderation.
pub fn moderation(translations: Option<String>) -> JsValue {
    start(translations, Bundle::Moderation, ModerationContent, Said)
}

/// `hidden` is what nobody sees at first.
fn start<Content: IntoView + 'static, Hidden: IntoView + 'static>(
    translations: Option<String>,
    bundle: Bundle,
    content: fn() -> Content,
    hidden: fn() -> Hidden,
) -> JsValue {
    if let Some(translations) = translations {
        texts::use_translations(translations);
    }
    // It is there already if this fails.
    let _ = Executor::init_wasm_bindgen();
    let owner = Owner::new();
    owner.with(|| provide_context(Site::start(bundle)));
    step(move || {
        owner.with(|| mount_to_body(Bar));
        step(move || {
            owner.with(|| mount_to_body(content));
            show(MOST_TRIES, move || {
                owner.with(|| mount_to_body(Foot));
                owner.with(|| mount_to_body(hidden));
                // What belongs to an owner goes with it, and the site stays as long as the page.
                std::mem::forget(owner);
                JsValue::UNDEFINED
            })
        })
    })
}

/// So many steps the messages of the shell wait for those of the app. They have come, so that few are enough.
const MOST_TRIES: u32 = 100;

/// Removes the shell. If the site fails before, the notice in the shell says so. What is mounted beside the shell is not shown
/// before; messages that the shell shows are not taken away before the app shows them.
fn show(tries: u32, next: impl FnOnce() -> JsValue + 'static) -> JsValue {
    let is_there = |selector| matches!(document().query_selector(selector), Ok(Some(_)));
    if tries > 0 && is_there("#shell article") && !is_there("main article") {
        return step(move || show(tries - 1, next));
    }
    if let Some(shell) = document().get_element_by_id("shell") {
        shell.remove();
    }
    step(next)
}

fn step(step: impl FnOnce() -> JsValue + 'static) -> JsValue {
    Closure::once_into_js(step)
}
