//! The site: a single page that talks to the API of the server it came from.
//!
//! Each layer uses only those after it: `view`; the state, which is `feed`, `refresh`, `session`, `router`, `place`, `theme` and
//! `draft`;
//! `api`; `fetch`. The library `frontend` has what needs no browser.

mod api;
mod api_error;
mod browser;
mod draft;
mod feed;
mod fetch;
mod json;
mod lock;
mod place;
mod refresh;
mod router;
mod session;
mod theme;
#[expect(unreachable_pub, reason = "what the macro `component` makes of `pub(crate)` is `pub`")]
mod view;

use any_spawner::Executor;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use self::view::{Bar, Content, Dialog, Site};

/// The loader in `Trunk.toml` calls [`start`].
fn main() {}

/// Starts the site by the first of several steps. Each returns a function that does the next one, and the last returns
/// nothing. The loader calls each in a task of its own, so that the browser can answer the person between them.
#[wasm_bindgen]
pub fn start() -> JsValue {
    // It is there already if this fails.
    let _ = Executor::init_wasm_bindgen();
    let owner = Owner::new();
    owner.with(|| provide_context(Site::start()));
    step(move || {
        owner.with(|| mount_to_body(Bar));
        step(move || {
            owner.with(|| mount_to_body(Content));
            // If the site fails above, the notice in the shell says so. What is mounted beside the shell is not shown before.
            if let Some(shell) = document().get_element_by_id("shell") {
                shell.remove();
            }
            step(move || {
                owner.with(|| mount_to_body(Dialog));
                // What belongs to an owner goes with it, and the site stays as long as the page.
                std::mem::forget(owner);
                JsValue::UNDEFINED
            })
        })
    })
}

fn step(step: impl FnOnce() -> JsValue + 'static) -> JsValue {
    Closure::once_into_js(step)
}
