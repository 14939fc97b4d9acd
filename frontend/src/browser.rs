//! The little that several modules want of the browser.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlElement, Storage};

/// Milliseconds since 1970 by the browser's clock.
pub(crate) fn now_ms() -> u64 {
    // Positive, and whole enough.
    js_sys::Date::now() as u64
}

/// Local storage, where the browser has and allows it.
pub(crate) fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// Keeps a value, or removes it. Where it can't be kept, the page goes on without.
pub(crate) fn keep(key: &str, value: Option<&str>) {
    let Some(storage) = storage() else { return };
    let _ = match value {
        Some(value) => storage.set_item(key, value),
        None => storage.remove_item(key),
    };
}

/// What was kept.
pub(crate) fn kept(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Whether the tab is looked at.
pub(crate) fn is_visible() -> bool {
    document().visibility_state() == web_sys::VisibilityState::Visible
}

/// Normalisation Form C, as the server counts characters.
pub(crate) fn nfc(text: &str) -> String {
    String::from(js_sys::JsString::from(text).normalize("NFC"))
}

/// Moves the focus to the first element that a selector names, once the view has been rendered.
pub(crate) fn focus_soon(selector: &'static str) {
    request_animation_frame(move || {
        focus(selector);
    });
}

/// Moves the focus to the first element that a selector names, without scrolling.
pub(crate) fn focus(selector: &str) {
    if let Some(found) = document().query_selector(selector).ok().flatten() {
        focus_element(found);
    }
}

/// Moves the focus to an element, without scrolling.
pub(crate) fn focus_element(element: web_sys::Element) {
    if let Ok(element) = element.dyn_into::<HtmlElement>() {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = element.focus_with_options(&options);
    }
}

/// Moves the focus to an element and what surrounds it into sight.
pub(crate) fn focus_field(field: NodeRef<leptos::html::Input>) {
    if let Some(field) = field.get_untracked() {
        let _ = field.focus();
    }
}

/// An element that events bubble from, and the nearest around it that a selector names.
pub(crate) fn closest(target: Option<web_sys::EventTarget>, selector: &str) -> Option<web_sys::Element> {
    target?.dyn_into::<web_sys::Element>().ok()?.closest(selector).ok().flatten()
}

/// A time of the API (RFC 3339) in milliseconds since 1970, and as people here write it.
pub(crate) fn instant(time: &str) -> (f64, String) {
    let date = js_sys::Date::new(&JsValue::from_str(time));
    if date.get_time().is_nan() {
        return (f64::NAN, time.to_owned());
    }
    (date.get_time(), String::from(date.to_locale_string("default", &JsValue::UNDEFINED)))
}

/// The day of a time of the API, as people here write it.
pub(crate) fn date(time: &str) -> String {
    let date = js_sys::Date::new(&JsValue::from_str(time));
    let options = js_sys::Object::new();
    let _ = js_sys::Reflect::set(&options, &"dateStyle".into(), &"long".into());
    String::from(date.to_locale_date_string("default", &options))
}
