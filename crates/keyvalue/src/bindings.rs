//! The bindings that `wit-bindgen` generates from `wit/`. An adapter imports only what it calls of them. All of WASI is named
//! here so that what the standard library imports has the version of `wit/`, and not that of the standard library.

wit_bindgen::generate!({
    inline: "
        package latchkey:keyvalue;
        world adapter {
            include wasi:cli/imports@0.2.12;
            include latchkey:auth/keyvalue-adapter@0.1.0;
        }
    ",
    path: "../../wit",
    pub_export_macro: true,
    default_bindings_module: "keyvalue::bindings",
    generate_all,
});
