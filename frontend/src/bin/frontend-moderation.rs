//! The app of moderation.

use wasm_bindgen::prelude::*;

/// The loader in `Trunk.toml` calls [`start`].
fn main() {}

/// The first step. It is given the translations of a language other than English.
#[wasm_bindgen]
pub fn start(translations: Option<String>) -> JsValue {
    frontend::start::moderation(translations)
}
