//! The only library that names WASI. It turns a `wasi:http` request into an `http::Request<Bytes>` and a response back,
//! and implements the ports of `service` over WASI 0.2. It decides nothing about business.

mod authorizer;
#[doc(hidden)]
pub mod bindings;
mod request;
mod response;
mod runtime;
mod wasi;

pub use authorizer::authorize;
pub use runtime::respond;
pub use wasi::Wasi;

#[doc(hidden)]
pub use {service, wasip2};

/// Makes the calling crate a component: exports `wasi:http/incoming-handler`, answered by `handle` of the named module of
/// `service`. What else `handle` needs, like the files of a site, follows the name.
#[macro_export]
macro_rules! serve {
    ($endpoint:ident $(, $more:expr)*) => {
        struct Component;

        impl $crate::wasip2::exports::http::incoming_handler::Guest for Component {
            fn handle(
                request: $crate::wasip2::http::types::IncomingRequest,
                response: $crate::wasip2::http::types::ResponseOutparam,
            ) {
                $crate::respond(request, response, async |wasi, request| {
                    $crate::service::$endpoint::handle(wasi, $(&$more,)* request).await
                });
            }
        }

        $crate::wasip2::http::proxy::export!(Component with_types_in $crate::wasip2);
    };
}

/// Makes the component an authorizer besides: exports `latchkey:auth/authorizer`.
#[macro_export]
macro_rules! authorize {
    () => {
        impl $crate::bindings::exported::exports::latchkey::auth::authorizer::Guest for Component {
            fn authorize(
                authorization: String,
                method_arn: String,
            ) -> Result<
                $crate::bindings::exported::exports::latchkey::auth::authorizer::Authorization,
                $crate::bindings::exported::exports::latchkey::auth::authorizer::Denial,
            > {
                $crate::authorize(&authorization, &method_arn)
            }
        }

        $crate::bindings::exported::export!(Component with_types_in $crate::bindings::exported);
    };
}
