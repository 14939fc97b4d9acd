//! What a component may import beyond WASI itself: the drafts of `wasi:keyvalue` and `wasi:config` that Spin offers, and
//! Spin's own `fermyon:spin/sqlite`.

mod config;
mod keyvalue;
mod sqlite;

use std::sync::Arc;

use wasmtime::AsContextMut;
use wasmtime::component::{Access, HasSelf, Linker};

use crate::instance::InstanceState;
use crate::running::RequestRecord;

/// Tells wasmtime's bindings which type implements the interfaces.
type Data = HasSelf<InstanceState>;

/// The outer error is a trap, because the guest broke the rules of resources. The inner error goes to the guest.
type Answer<T, E> = wasmtime::Result<Result<T, E>>;

/// The calling instance with its wasmtime store. The store knows for which request the guest calls.
type Caller<'a> = Access<'a, InstanceState, Data>;

/// Returns the record of the request that the first of the calling tasks was started for. After the end of that request
/// it returns a new record that nobody reads.
fn record(caller: &mut Caller<'_>) -> wasmtime::Result<Arc<RequestRecord>> {
    let task = caller.as_context_mut().async_call_stack()?.last();
    Ok(task.and_then(|task| caller.get().requests.record(task)).unwrap_or_default())
}

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

    pub(super) mod sqlite {
        wasmtime::component::bindgen!({
            inline: "package latchkey:host; world sqlite { import fermyon:spin/sqlite@2.0.0; }",
            path: "../wit/deps/spin@2.0.0",
            world: "latchkey:host/sqlite",
            imports: {
                "fermyon:spin/sqlite.[method]connection.execute": async | trappable | store,
                default: trappable | store,
            },
            with: { "fermyon:spin/sqlite.connection": crate::capabilities::sqlite::OpenConnection },
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

/// Offers these interfaces to every component. Each call checks what the component is granted.
///
/// # Errors
///
/// Never, unless an interface is offered twice.
pub(crate) fn add_to_linker(linker: &mut Linker<InstanceState>) -> wasmtime::Result<()> {
    bindings::keyvalue::wasi::keyvalue::store::add_to_linker::<_, Data>(linker, |state| state)?;
    bindings::keyvalue::wasi::keyvalue::atomics::add_to_linker::<_, Data>(linker, |state| state)?;
    bindings::keyvalue::wasi::keyvalue::batch::add_to_linker::<_, Data>(linker, |state| state)?;
    bindings::sqlite::fermyon::spin::sqlite::add_to_linker::<_, Data>(linker, |state| state)?;
    bindings::config::wasi::config::store::add_to_linker::<_, Data>(linker, |state| state)
}
