//! Functions of the browser that several modules use.

use std::time::Duration;

use js_sys::{Date, Function, Promise, Reflect, RegExp};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlElement, Storage};

use crate::links::Kind;

/// Milliseconds since 1970 by the browser's clock.
pub(crate) fn now_ms() -> u64 {
    // The clock is past 1970, and fractions of a millisecond do not matter.
    Date::now() as u64
}

/// A storage; None where the browser has none or forbids it.
type Found = Result<Option<Storage>, JsValue>;

/// Writes a value to local storage, or removes it. Where that fails, the page goes on without it.
pub(crate) fn keep(key: &str, value: Option<&str>) {
    put(window().local_storage(), key, value);
}

/// Reads a value that [`keep`] wrote.
pub(crate) fn kept(key: &str) -> Option<String> {
    get(window().local_storage(), key)
}

/// As [`keep`], for this tab alone.
pub(crate) fn keep_in_tab(key: &str, value: Option<&str>) {
    put(window().session_storage(), key, value);
}

/// Reads a value that [`keep_in_tab`] wrote.
pub(crate) fn kept_in_tab(key: &str) -> Option<String> {
    get(window().session_storage(), key)
}

fn put(storage: Found, key: &str, value: Option<&str>) {
    let Ok(Some(storage)) = storage else { return };
    let _ = match value {
        Some(value) => storage.set_item(key, value),
        None => storage.remove_item(key),
    };
}

fn get(storage: Found, key: &str) -> Option<String> {
    storage.ok()??.get_item(key).ok().flatten()
}

/// A random UUID (RFC 9562, version 4). `crypto.randomUUID` is there on https only.
pub(crate) fn uuid() -> Option<String> {
    let mut bytes = [0; 16];
    window().crypto().ok()?.get_random_values_with_u8_array(&mut bytes).ok()?;
    let mut uuid = String::new();
    for (at, byte) in bytes.into_iter().enumerate() {
        let byte = match at {
            6 => byte & 0x0F | 0x40,
            8 => byte & 0x3F | 0x80,
            _ => byte,
        };
        if matches!(at, 4 | 6 | 8 | 10) {
            uuid.push('-');
        }
        uuid.extend([byte >> 4, byte & 0x0F].into_iter().filter_map(|digit| char::from_digit(digit.into(), 16)));
    }
    Some(uuid)
}

/// Waits so long.
pub(crate) async fn pause(time: Duration) {
    let waiting = Promise::new(&mut |resolve, _| {
        set_timeout(
            move || {
                let _ = resolve.call0(&JsValue::NULL);
            },
            time,
        );
    });
    let _ = JsFuture::from(waiting).await;
}

/// Whether the tab is in front.
pub(crate) fn is_visible() -> bool {
    document().visibility_state() == web_sys::VisibilityState::Visible
}

/// The text in Normalisation Form C, in which the server counts characters.
pub(crate) fn nfc(text: &str) -> String {
    String::from(js_sys::JsString::from(text).normalize("NFC"))
}

/// The browser's own tables of Unicode, for characters outside ASCII in an address. So the site need not load any.
pub(crate) fn kinds_in_links() -> impl Fn(char) -> Kind {
    let kinds = [
        (r"\p{Lo}", Kind::Caseless),
        (r"\p{Ps}", Kind::Opening),
        (r"\p{Pe}", Kind::Closing),
        (r"[\p{White_Space}\p{Terminal_Punctuation}\p{Quotation_Mark}\p{Default_Ignorable_Code_Point}]", Kind::Hard),
    ]
    .map(|(class, kind)| (RegExp::new(class, "u"), kind));
    move |c| {
        let found = kinds.iter().find(|(class, _)| class.test(c.encode_utf8(&mut [0; 4])));
        found.map_or(Kind::Included, |(_, kind)| *kind)
    }
}

/// Copies a text, and calls `then` once that is done. A page that came without TLS can't: then nothing happens.
pub(crate) fn copy(text: &str, then: impl FnOnce() + 'static) {
    let write = || -> Result<Promise, JsValue> {
        let clipboard = Reflect::get(&window().navigator(), &"clipboard".into())?;
        let write: Function = Reflect::get(&clipboard, &"writeText".into())?.dyn_into()?;
        write.call1(&clipboard, &JsValue::from_str(text))?.dyn_into()
    };
    let Ok(written) = write() else { return };
    spawn_local(async move {
        if JsFuture::from(written).await.is_ok() {
            then();
        }
    });
}

/// Opens the browser's dialog for printing.
pub(crate) fn print() {
    let _ = window().print();
}

/// Takes the part after `#` out of the address, so that it is neither on the screen nor in the history, and returns it.
pub(crate) fn take_fragment() -> String {
    let take = || -> Result<String, JsValue> {
        let (location, history) = (window().location(), window().history()?);
        let fragment = location.hash()?;
        let address = location.pathname()? + &location.search()?;
        history.replace_state_with_url(&history.state()?, "", Some(&address))?;
        Ok(fragment.trim_start_matches('#').to_owned())
    };
    take().unwrap_or_default()
}

/// The origin of this page.
pub(crate) fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// A time so many days from now, as the API reads it.
pub(crate) fn in_days(days: u32) -> String {
    let day_ms = 86_400_000.0;
    String::from(Date::new(&JsValue::from_f64(Date::now() + f64::from(days) * day_ms)).to_iso_string())
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

/// Moves the focus to a field, and scrolls to it.
pub(crate) fn focus_field(field: NodeRef<leptos::html::Input>) {
    if let Some(field) = field.get_untracked() {
        let _ = field.focus();
    }
}

/// The innermost element around the target of an event, or the target itself, that a selector names.
pub(crate) fn closest(target: Option<web_sys::EventTarget>, selector: &str) -> Option<web_sys::Element> {
    target?.dyn_into::<web_sys::Element>().ok()?.closest(selector).ok().flatten()
}

/// A time of the API (RFC 3339) in milliseconds since 1970. They are NaN if it can't be read.
pub(crate) fn instant_ms(time: &str) -> f64 {
    Date::new(&JsValue::from_str(time)).get_time()
}

/// The language of the page, as the tag (BCP 47) that the browser has for it: "de-AT".
pub(crate) fn language() -> String {
    thread_local! {
        // It is read before a browser translates the page, and says so there.
        static LANGUAGE: String = document().document_element().and_then(|root| root.get_attribute("lang")).unwrap_or_default();
    }
    LANGUAGE.with(String::clone)
}

/// A time of the API as it is written in the language of the page, or as it is if it can't be read.
pub(crate) fn exact(time: &str) -> String {
    let date = Date::new(&JsValue::from_str(time));
    if date.get_time().is_nan() {
        return time.to_owned();
    }
    String::from(date.to_locale_string(&language(), &styles(&[("dateStyle", "medium"), ("timeStyle", "medium")])))
}

/// The day of a time of the API, as it is written in the language of the page.
pub(crate) fn date(time: &str) -> String {
    let date = Date::new(&JsValue::from_str(time));
    String::from(date.to_locale_date_string(&language(), &styles(&[("dateStyle", "long")])))
}

/// Options of `toLocaleString`.
fn styles(styles: &[(&str, &str)]) -> JsValue {
    let options = js_sys::Object::new();
    for (name, style) in styles {
        let _ = Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(style));
    }
    options.into()
}
