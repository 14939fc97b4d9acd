//! Stands in for the crate of this name, which comes with Leptos for functions that run on a server. That one exports classes to
//! JavaScript, whose code stays in every app although the site has no such function. This has what `server_fn` calls of it, and
//! streams nothing.

use futures_core::Stream;
use wasm_bindgen::JsValue;

/// A stream of the browser.
#[derive(Debug)]
pub struct ReadableStream(web_sys::ReadableStream);

impl ReadableStream {
    /// Stands for a stream of Rust.
    pub fn from_stream(_: impl Stream<Item = Result<JsValue, JsValue>> + 'static) -> Self {
        Self(wasm_bindgen::JsCast::unchecked_into(JsValue::NULL))
    }

    /// Stands for a stream of the browser.
    pub fn from_raw(raw: web_sys::ReadableStream) -> Self {
        Self(raw)
    }

    /// The stream of the browser.
    pub fn into_raw(self) -> web_sys::ReadableStream {
        self.0
    }

    /// Ends at once.
    pub fn into_stream(self) -> impl Stream<Item = Result<JsValue, JsValue>> {
        futures_util::stream::empty()
    }
}
