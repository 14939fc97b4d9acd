//! The bindings that `wit-bindgen` generates from `wit/`.

#[cfg(not(feature = "spin"))]
wit_bindgen::generate!({
    inline: "
        package latchkey:keyvalue-redis;
        world imports {
            import wasi:config/store@0.2.0-draft-2024-09-27;
        }
    ",
    path: "../../wit",
    generate_all,
});

#[cfg(feature = "spin")]
wit_bindgen::generate!({
    inline: "
        package latchkey:keyvalue-redis;
        world imports {
            import wasi:config/store@0.2.0-draft-2024-09-27;
            import fermyon:spin/redis@2.0.0;
        }
    ",
    path: "../../wit",
    generate_all,
});
