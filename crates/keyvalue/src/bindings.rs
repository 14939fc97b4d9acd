//! The bindings that `wit-bindgen` generates from `wit/`.

wit_bindgen::generate!({
    inline: "
        package latchkey:keyvalue;
        world adapter {
            export wasi:keyvalue/store@0.2.0-draft2;
            export wasi:keyvalue/atomics@0.2.0-draft2;
            export wasi:keyvalue/batch@0.2.0-draft2;
        }
    ",
    path: "../../wit",
    pub_export_macro: true,
    default_bindings_module: "keyvalue::bindings",
    generate_all,
});
