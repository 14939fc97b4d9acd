//! A lock that one tab at a time holds, by the Web Locks API. Browsers offer it to pages from https and from localhost only.
//! Elsewhere tabs refresh without it, and the server gives the same answer to two refreshes at the same moment.

use std::time::Duration;

use js_sys::{Array, Function, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

const NAME: &str = "latchkey.refresh";
/// A refresh takes 6 seconds at most, so a tab that has the lock for longer hangs, or the browser has stopped it. Others then
/// go on as where there are no locks: whichever comes second finds the new token in local storage, or presents the cookie of
/// the first once more, which the server takes.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// The lock, which is released when this is dropped.
pub(crate) struct Held {
    /// Resolves the promise that holds the lock.
    release: Function,
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.release.call0(&JsValue::NULL);
    }
}

/// Waits for the lock; None where the browser has no locks, or when another tab has held it for too long. This is
/// `navigator.locks.request(NAME, () => released)`: the lock is held until the promise `released` is resolved or the tab is
/// closed.
pub(crate) async fn take() -> Option<Held> {
    let locks = Reflect::get(&window().navigator(), &"locks".into()).ok()?;
    let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
    let (released, release) = promise();
    // If it is dropped below, a lock that is granted later is released at once.
    let held = Held { release };
    let (granted, grant) = promise();
    let callback = Closure::once_into_js(move || {
        let _ = grant.call1(&JsValue::NULL, &JsValue::TRUE);
        released
    });
    let requested = request.call2(&locks, &NAME.into(), &callback).ok()?;
    let (given_up, give_up) = promise();
    set_timeout(move || _ = give_up.call0(&JsValue::NULL), LONGEST_WAIT);
    // The promise of the request ends only with the lock, or at once if the browser refuses the request.
    let first = JsFuture::from(Promise::race(&Array::of3(&granted, &requested, &given_up))).await.ok()?;
    first.is_truthy().then_some(held)
}

/// A promise and the function that resolves it.
fn promise() -> (Promise, Function) {
    // `Function::default()` would evaluate text, which the Content-Security-Policy forbids.
    let mut kept = JsValue::UNDEFINED;
    let promise = Promise::new(&mut |resolve, _| kept = resolve.into());
    (promise, kept.unchecked_into())
}
