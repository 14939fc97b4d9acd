//! The view that belongs to the address. Links inside an app change the view without loading a page, the browser's back and
//! forward lead to a view as it was left, and the focus goes to the heading of the new view. A view of another app is a page
//! that the browser loads.

use leptos::prelude::*;
use rules::Bundle;
use wasm_bindgen::JsValue;
use web_sys::{History, ScrollRestoration};

use crate::address::Route;
use crate::browser::{closest, focus_soon, uuid};
use crate::place::Place;

#[derive(Clone, Copy)]
pub(crate) struct Router {
    /// The app that this one is.
    bundle: Bundle,
    /// Whether a page of another app is loaded in the place of this one.
    is_leaving: RwSignal<bool>,
    route: RwSignal<Route>,
    /// The entry of the history that is shown. It is the state that the browser keeps with the entry.
    entry: RwSignal<String>,
}

impl Router {
    /// Shows the view of the address, and listens to links and to the history.
    pub(crate) fn start(bundle: Bundle) -> Self {
        let (route, entry) = (RwSignal::new(current()), RwSignal::new(String::new()));
        let router = Self { bundle, is_leaving: RwSignal::new(false), route, entry };
        // The browser would scroll before the messages are there.
        history(|history| history.set_scroll_restoration(ScrollRestoration::Manual));
        router.enter();
        let popstate = window_event_listener(leptos::ev::popstate, move |_| {
            router.leave();
            router.enter();
            router.show(current());
            match router.place() {
                Some(place) => place.show(),
                None => window().scroll_to_with_x_and_y(0.0, 0.0),
            }
        });
        let pagehide = window_event_listener_untyped("pagehide", move |_| router.leave());
        let click = window_event_listener(leptos::ev::click, move |event| {
            let is_plain = event.button() == 0
                && !(event.default_prevented()
                    || event.ctrl_key()
                    || event.meta_key()
                    || event.shift_key()
                    || event.alt_key());
            let link = closest(event.target(), "a[href]").filter(|_| is_plain);
            let Some(href) = link.and_then(|link| link.get_attribute("href")) else { return };
            let (path, query) = href.split_once('?').unwrap_or((&href, ""));
            let route = Route::parse(path, query);
            if href.starts_with('/') && !href.starts_with("//") && router.shows(&route) {
                event.prevent_default();
                router.go(&route);
            }
        });
        on_cleanup(move || {
            popstate.remove();
            pagehide.remove();
            click.remove();
        });
        Effect::new(move |_| document().set_title(&router.route().title()));
        router
    }

    /// The view that is shown. What reads it here runs again when it changes.
    pub(crate) fn route(self) -> Route {
        self.route.get()
    }

    /// The view that is shown at this moment.
    pub(crate) fn route_now(self) -> Route {
        self.route.get_untracked()
    }

    /// Whether a view is one of this app.
    pub(crate) fn shows(self, route: &Route) -> bool {
        route.bundle() == self.bundle
    }

    /// Whether another app is about to take the place of this one.
    pub(crate) fn is_leaving(self) -> bool {
        self.is_leaving.get()
    }

    /// Goes to a view and adds it to the history.
    pub(crate) fn go(self, route: &Route) {
        if !self.shows(route) {
            let _ = window().location().assign(&route.address());
            return;
        }
        if *route != self.route_now() {
            self.leave();
            history(|history| history.push_state_with_url(&JsValue::NULL, "", Some(&route.address())));
            self.enter();
        }
        self.show(route.clone());
        window().scroll_to_with_x_and_y(0.0, 0.0);
    }

    /// Goes to a view and replaces the present one by it in the history.
    pub(crate) fn replace(self, route: &Route) {
        if !self.shows(route) {
            self.is_leaving.set(true);
            let _ = window().location().replace(&route.address());
            return;
        }
        history(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&route.address())));
        self.enter();
        self.show(route.clone());
        window().scroll_to_with_x_and_y(0.0, 0.0);
    }

    /// Where the view that is shown was left; None if it is new.
    pub(crate) fn place(self) -> Option<Place> {
        self.entry.with_untracked(|entry| Place::of(entry))
    }

    fn leave(self) {
        self.entry.with_untracked(|entry| Place::keep(entry));
    }

    /// Reads which entry of the history is shown. A new entry gets a name.
    fn enter(self) {
        history(|history| {
            let entry = match history.state()?.as_string() {
                Some(entry) => entry,
                None => {
                    let entry = uuid().unwrap_or_default();
                    history.replace_state(&JsValue::from_str(&entry), "")?;
                    entry
                }
            };
            self.entry.set(entry);
            Ok(())
        });
    }

    fn show(self, route: Route) {
        if route != self.route_now() {
            self.route.set(route);
        }
        focus_soon("h1");
    }
}

/// Uses the history. Where the browser refuses that, Back leads out of the site.
fn history(action: impl FnOnce(History) -> Result<(), JsValue>) {
    let _ = window().history().and_then(action);
}

fn current() -> Route {
    let location = window().location();
    Route::parse(&location.pathname().unwrap_or_default(), &location.search().unwrap_or_default())
}
