//! What a component may import beyond WASI itself: the drafts of `wasi:keyvalue` and `wasi:config` that Spin offers.

mod config;
mod keyvalue;

use wasmtime::component::{HasSelf, Linker};

use crate::instance::InstanceState;

/// Tells wasmtime's bindings which type implements the interfaces.
type Data = HasSelf<InstanceState>;

mod bindings {
    //! Generated from the WIT text that the components are built against.

    pub(super) mod keyvalue {
        wasmtime::component::bindgen!({
            path: "../wit/deps/keyvalue",
            world: "wasi:keyvalue/imports",
            imports: {
                "wasi:keyvalue/store.[method]bucket.set": async | trappable | store,
                "wasi:keyvalue/store.[method]bucket.delete": async | trappable | store,
                "wasi:keyvalue/batch.set-many": async | trappable | store,
                "wasi:keyvalue/batch.delete-many": async | trappable | store,
                "wasi:keyvalue/atomics.increment": async | trappable | store,
                "wasi:keyvalue/atomics.swap": async | trappable | store,
                default: trappable | store,
            },
            with: {
                "wasi:keyvalue/store.bucket": crate::capabilities::keyvalue::OpenBucket,
                "wasi:keyvalue/atomics.cas": crate::capabilities::keyvalue::Cas,
            },
        });
    }

    pub(super) mod config {
        wasmtime::component::bindgen!({
            path: "../wit/deps/config",
            world: "wasi:config/imports",
            imports: { default: trappable },
        });
    }
}

/// Offers both interfaces to every component. Each call checks what the component is granted.
///
/// # Errors
///
/// Never, unless an interface is offered twice.
pub(crate) fn add_to_linker(linker: &mut Linker<InstanceState>) -> wasmtime::Result<()> {
    bindings::keyvalue::wasi::keyvalue::store::add_to_linker::<_, Data>(linker, |state| state)?;
    bindings::keyvalue::wasi::keyvalue::atomics::add_to_linker::<_, Data>(linker, |state| state)?;
    bindings::keyvalue::wasi::keyvalue::batch::add_to_linker::<_, Data>(linker, |state| state)?;
    bindings::config::wasi::config::store::add_to_linker::<_, Data>(linker, |state| state)
}
