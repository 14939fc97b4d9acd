//! One tab at a time: Web Locks, which browsers offer to pages from https and from this machine, and else a note in local
//! storage.

use std::time::Duration;

use frontend::lease;
use js_sys::{Array, Function, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::browser::{keep, kept, now_ms};

const NAME: &str = "latchkey.refresh";
/// Between two looks at the note.
const LOOK: Duration = Duration::from_millis(60);
/// After so many the tab goes on without: the server bears two refreshes at the same moment.
const LOOKS: usize = 150;

/// The lock, until it is dropped.
pub(crate) enum Held {
    /// Called to let go.
    WebLock(Function),
    /// The tab's own name in the note.
    Note(String),
}

impl Drop for Held {
    fn drop(&mut self) {
        match self {
            Self::WebLock(release) => {
                let _ = release.call0(&JsValue::NULL);
            }
            Self::Note(own) => {
                if kept(NAME).is_some_and(|note| lease::holder(&note, now_ms()) == Some(own)) {
                    keep(NAME, None);
                }
            }
        }
    }
}

/// Waits for the lock.
pub(crate) async fn take() -> Held {
    match web_lock().await {
        Some(release) => Held::WebLock(release),
        None => Held::Note(take_note().await),
    }
}

/// `navigator.locks.request(NAME, () => released)`: held for as long as the promise is open, or the tab.
async fn web_lock() -> Option<Function> {
    let locks = Reflect::get(&window().navigator(), &"locks".into()).ok()?;
    let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
    let (released, release) = promise();
    let (granted, grant) = promise();
    let callback = Closure::once_into_js(move || {
        let _ = grant.call0(&JsValue::NULL);
        released
    });
    let requested = request.call2(&locks, &NAME.into(), &callback).ok()?;
    // The request itself ends with the lock, or at once where the browser refuses it.
    JsFuture::from(Promise::race(&Array::of2(&granted, &requested))).await.ok()?;
    Some(release)
}

/// A promise and what resolves it.
fn promise() -> (Promise, Function) {
    // `Function::default()` would be text that is evaluated, which the Content-Security-Policy forbids.
    let mut kept = JsValue::UNDEFINED;
    let promise = Promise::new(&mut |resolve, _| kept = resolve.into());
    (promise, kept.unchecked_into())
}

async fn take_note() -> String {
    let own = String::from(js_sys::Number::from(js_sys::Math::random()).to_string_with_radix(36).unwrap_or_default());
    for _ in 0..LOOKS {
        let is_free = kept(NAME).is_none_or(|note| lease::holder(&note, now_ms()).is_none());
        if is_free {
            keep(NAME, Some(&lease::note(&own, now_ms())));
        }
        pause().await;
        match kept(NAME) {
            Some(note) if lease::holder(&note, now_ms()) != Some(&own) => {}
            // It is ours; or nothing can be kept, and other tabs know nothing of this one anyway.
            Some(_) => break,
            None if is_free => break,
            None => {}
        }
    }
    own
}

async fn pause() {
    let (passed, pass) = promise();
    set_timeout(
        move || {
            let _ = pass.call0(&JsValue::NULL);
        },
        LOOK,
    );
    let _ = JsFuture::from(passed).await;
}
