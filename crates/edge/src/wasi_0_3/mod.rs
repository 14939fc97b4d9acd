//! HTTP and waiting in WASI 0.3: while a request waits, others continue, on the same instance too.

mod back_pressure;
mod request;
mod response;
pub(crate) mod waiting;

use bytes::Bytes;
use http::{Request, Response};
use spin_sdk::wasip3::http::types;

use self::back_pressure::BackPressure;
use crate::request::takes_body;
use crate::wasi::Wasi;

/// Answers one request of the host with a function of `service`.
pub async fn respond(
    incoming: types::Request,
    handle: impl AsyncFnOnce(&Wasi, Request<Bytes>) -> Response<Bytes>,
) -> types::Response {
    let head = request::read_head(&incoming);
    // A password comes in a body, and it takes long to hash it.
    let _alone = takes_body(head.method()).then(BackPressure::raise);
    let request = request::read_body(head, incoming, service::MAX_BODY_BYTES).await;
    response::send(handle(&Wasi, request).await)
}

/// Turns the calling crate into a component that exports `wasi:http/handler`. The function `handle` of the named module of
/// `service` answers the requests. Further arguments of `handle`, such as the files of a site, follow the name.
#[macro_export]
macro_rules! serve {
    ($endpoint:ident $(, $more:expr)*) => {
        struct Component;

        impl $crate::wasip3::exports::http::handler::Guest for Component {
            async fn handle(
                request: $crate::wasip3::http::types::Request,
            ) -> Result<$crate::wasip3::http::types::Response, $crate::wasip3::http::types::ErrorCode> {
                let response = $crate::respond(request, async |wasi, request| {
                    $crate::service::$endpoint::handle(wasi, $(&$more,)* request).await
                });
                Ok(response.await)
            }
        }

        $crate::wasip3::http::service::export!(Component with_types_in $crate::wasip3);
    };
}
