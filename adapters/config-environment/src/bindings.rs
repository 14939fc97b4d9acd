//! The bindings that `wit-bindgen` generates from `wit/`.

wit_bindgen::generate!({
    inline: "
        package latchkey:config-environment;
        world config-environment {
            import wasi:cli/environment@0.2.12;
            export wasi:config/store@0.2.0-draft-2024-09-27;
        }
    ",
    path: "../../wit",
    generate_all,
});
