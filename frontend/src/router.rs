//! The view that belongs to the address. Links inside the site change the view without loading a page, the browser's back
//! and forward work, and the focus goes to the heading of the new view.

use frontend::address::Route;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::browser::{closest, focus_soon};

#[derive(Clone, Copy)]
pub(crate) struct Router(RwSignal<Route>);

impl Router {
    /// Shows the view of the address, and listens to links and to the history.
    pub(crate) fn start() -> Self {
        let router = Self(RwSignal::new(current()));
        let popstate = window_event_listener(leptos::ev::popstate, move |_| router.show(current()));
        let click = window_event_listener(leptos::ev::click, move |event| {
            let is_plain = event.button() == 0
                && !(event.default_prevented()
                    || event.ctrl_key()
                    || event.meta_key()
                    || event.shift_key()
                    || event.alt_key());
            let link = closest(event.target(), "a[href]").filter(|_| is_plain);
            let Some(href) = link.and_then(|link| link.get_attribute("href")) else { return };
            if href.starts_with('/') && !href.starts_with("//") {
                event.prevent_default();
                let (path, query) = href.split_once('?').unwrap_or((&href, ""));
                router.go(&Route::parse(path, query));
            }
        });
        on_cleanup(move || {
            popstate.remove();
            click.remove();
        });
        Effect::new(move |_| document().set_title(&router.route().title()));
        router
    }

    /// The view that is shown. What reads it here runs again when it changes.
    pub(crate) fn route(self) -> Route {
        self.0.get()
    }

    /// The view that is shown at this moment.
    pub(crate) fn route_now(self) -> Route {
        self.0.get_untracked()
    }

    /// Goes to a view and adds it to the history.
    pub(crate) fn go(self, route: &Route) {
        if *route != self.route_now() {
            let _ = history(|history, address| history.push_state_with_url(&JsValue::NULL, "", Some(address)), route);
        }
        self.show(route.clone());
        window().scroll_to_with_x_and_y(0.0, 0.0);
    }

    /// Goes to a view and replaces the present one by it in the history.
    pub(crate) fn replace(self, route: &Route) {
        let _ = history(|history, address| history.replace_state_with_url(&JsValue::NULL, "", Some(address)), route);
        self.show(route.clone());
        window().scroll_to_with_x_and_y(0.0, 0.0);
    }

    fn show(self, route: Route) {
        if route != self.route_now() {
            self.0.set(route);
        }
        focus_soon("h1");
    }
}

fn history(change: impl FnOnce(&web_sys::History, &str) -> Result<(), JsValue>, route: &Route) -> Result<(), JsValue> {
    change(&window().history()?, &route.address())
}

fn current() -> Route {
    let location = window().location();
    Route::parse(&location.pathname().unwrap_or_default(), &location.search().unwrap_or_default())
}
