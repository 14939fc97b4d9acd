//! The bindings that `wit-bindgen` generates from `wit/`.

wit_bindgen::generate!({
    path: "../../wit",
    world: "latchkey:auth/keyvalue-adapter",
    pub_export_macro: true,
    default_bindings_module: "keyvalue::bindings",
    generate_all,
});
