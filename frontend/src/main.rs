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

use self::view::{App, Site};

/// The loader in `Trunk.toml` calls [`start`].
fn main() {}

/// Starts the site, and returns what shows it. The loader calls that in a task of its own, so that the browser can answer the
/// person between the two.
#[wasm_bindgen]
pub fn start() -> JsValue {
    // It is there already if this fails.
    let _ = Executor::init_wasm_bindgen();
    let owner = Owner::new();
    let site = owner.with(Site::start);
    Closure::once_into_js(move || {
        owner.with(|| mount_to_body(move || view! { <App site/> }));
        // What belongs to an owner goes with it, and the site stays as long as the page.
        std::mem::forget(owner);
        // Last: if the app fails above, the notice in the shell says so.
        if let Some(shell) = document().get_element_by_id("shell") {
            shell.remove();
        }
    })
}
