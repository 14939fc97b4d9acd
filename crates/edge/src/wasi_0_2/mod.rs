//! HTTP and waiting in WASI 0.2: each request has an instance of its own, and a call to the host blocks this instance.

mod request;
mod response;
pub(crate) mod waiting;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use wasip2::http::types::{IncomingRequest, ResponseOutparam};

use crate::runtime::run;
use crate::wasi::Wasi;

/// Answers one request of the host with a function of `service`.
pub fn respond(
    incoming: IncomingRequest,
    outparam: ResponseOutparam,
    handle: impl AsyncFnOnce(&Wasi, Request<Bytes>) -> Response<Bytes>,
) {
    let request = request::read(incoming, service::MAX_BODY_BYTES);
    let reply = run(handle(&Wasi, request)).unwrap_or_else(|| {
        let mut reply = Response::new(Bytes::new());
        *reply.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        reply
    });
    response::write(reply, outparam);
}

/// Turns the calling crate into a component that exports `wasi:http/incoming-handler`. The function `handle` of the named
/// module of `service` answers the requests. Further arguments of `handle`, such as the files of a site, follow the name.
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
