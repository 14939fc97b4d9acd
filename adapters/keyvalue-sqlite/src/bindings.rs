//! The bindings that `wit-bindgen` generates from `wit/`.

wit_bindgen::generate!({
    inline: "
        package latchkey:keyvalue-sqlite;
        world imports {
            import fermyon:spin/sqlite@2.0.0;
        }
    ",
    path: "../../wit",
    generate_all,
});
