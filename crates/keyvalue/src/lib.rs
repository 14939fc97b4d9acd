//! What the adapters of key-value stores share. An adapter is a component that offers the app `wasi:keyvalue` over what a host
//! has instead: it implements [`Backend`] for its store, and [`export!`] makes the component of it.

mod backend;
#[doc(hidden)]
pub mod bindings;
mod component;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
#[cfg(test)]
mod memory;
mod swap;

pub use backend::{Backend, Error};
#[doc(hidden)]
pub use component::Component;

/// Makes the calling crate a component that exports `wasi:keyvalue/{store,atomics,batch}` of draft 2 over a [`Backend`].
#[macro_export]
macro_rules! export {
    ($backend:ty) => {
        type KeyValueComponent = $crate::Component<$backend>;

        $crate::bindings::export!(KeyValueComponent with_types_in $crate::bindings);
    };
}
