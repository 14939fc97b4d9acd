//! One tab at a time, by Web Locks, which browsers offer to pages from https and from this machine. Elsewhere each tab goes on by
//! itself: the server bears two refreshes at the same moment.

use js_sys::{Array, Function, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

const NAME: &str = "latchkey.refresh";
/// The lock, until it is dropped.
pub(crate) struct Held {
    /// Called to let go.
    release: Function,
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.release.call0(&JsValue::NULL);
    }
}

/// Waits for the lock; nothing where the browser has none. It is `navigator.locks.request(NAME, () => released)`: held for as long
/// as the promise is open, or the tab.
pub(crate) async fn take() -> Option<Held> {
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
    Some(Held { release })
}

/// A promise and what resolves it.
fn promise() -> (Promise, Function) {
    // `Function::default()` would be text that is evaluated, which the Content-Security-Policy forbids.
    let mut kept = JsValue::UNDEFINED;
    let promise = Promise::new(&mut |resolve, _| kept = resolve.into());
    (promise, kept.unchecked_into())
}
