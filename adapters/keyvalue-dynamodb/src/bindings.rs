//! The bindings that `wit-bindgen` generates from `wit/`.

wit_bindgen::generate!({
    inline: "
        package latchkey:keyvalue-dynamodb;
        world imports {
            import wasi:config/store@0.2.0-draft-2024-09-27;
        }
    ",
    path: "../../wit",
    generate_all,
});
