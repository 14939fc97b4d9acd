//! The bindings that `wit-bindgen` generates from `wit/`.

wit_bindgen::generate!({
    path: "../../wit",
    world: "latchkey:auth/router",
    generate_all,
});
