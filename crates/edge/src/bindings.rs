//! The bindings that `wit-bindgen` generates from `wit/`. A component imports only what it calls of them: the linker drops
//! the rest, and the build checks the result against the component's world.

wit_bindgen::generate!({
    inline: "
        package latchkey:edge;
        world imports {
            import wasi:keyvalue/store@0.2.0-draft2;
            import wasi:keyvalue/atomics@0.2.0-draft2;
            import wasi:keyvalue/batch@0.2.0-draft2;
            import wasi:config/store@0.2.0-draft-2024-09-27;
            import latchkey:auth/authorizer@0.1.0;
        }
    ",
    path: "../../wit",
    generate_all,
});

/// The exported side of the interface, which the authorizer implements.
pub mod exported {
    wit_bindgen::generate!({
        inline: "
            package latchkey:edge;
            world exports {
                export latchkey:auth/authorizer@0.1.0;
            }
        ",
        path: "../../wit",
        pub_export_macro: true,
        generate_all,
    });
}
