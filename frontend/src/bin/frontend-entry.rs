//! The app of the ways in.

use wasm_bindgen::prelude::*;

/// The loader in `Trunk.toml` calls [`start`].
fn main() {}

/// The first step.
#[wasm_bindgen]
pub fn start() -> JsValue {
    frontend::start::entry()
}
