//! The only library that names WASI. It turns a `wasi:http` request into an `http::Request<Bytes>` and a response back,
//! and implements the ports of `service`. It decides nothing about business.
//!
//! HTTP and waiting are implemented twice: for WASI 0.2 and, with the feature `wasi-0-3`, for WASI 0.3. Everything else is
//! shared: both use the key-value store, variables, clocks, randomness and standard error of WASI 0.2.

mod authorizer;
#[doc(hidden)]
pub mod bindings;
mod request;
mod runtime;
mod wasi;
#[cfg(not(feature = "wasi-0-3"))]
mod wasi_0_2;
#[cfg(feature = "wasi-0-3")]
mod wasi_0_3;

pub use authorizer::authorize;
#[doc(hidden)]
pub use service;
#[cfg(feature = "wasi-0-3")]
#[doc(hidden)]
pub use spin_sdk::wasip3;
pub use wasi::Wasi;
#[cfg(not(feature = "wasi-0-3"))]
pub use wasi_0_2::respond;
#[cfg(feature = "wasi-0-3")]
pub use wasi_0_3::respond;
#[cfg(not(feature = "wasi-0-3"))]
#[doc(hidden)]
pub use wasip2;

/// Turns the component into an authorizer too, which exports `latchkey:auth/authorizer`.
#[macro_export]
macro_rules! authorize {
    () => {
        impl $crate::bindings::exported::exports::latchkey::auth::authorizer::Guest for Component {
            fn authorize(
                authorization: String,
                method_arn: String,
                request_id: String,
            ) -> Result<
                $crate::bindings::exported::exports::latchkey::auth::authorizer::Authorization,
                $crate::bindings::exported::exports::latchkey::auth::authorizer::Denial,
            > {
                $crate::authorize(&authorization, &method_arn, &request_id)
            }
        }

        $crate::bindings::exported::export!(Component with_types_in $crate::bindings::exported);
    };
}
