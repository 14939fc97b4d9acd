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

use leptos::prelude::*;

fn main() {
    mount_to_body(view::App);
    // Last: if the app fails above, the notice in the shell says so.
    if let Some(shell) = document().get_element_by_id("shell") {
        shell.remove();
    }
}
