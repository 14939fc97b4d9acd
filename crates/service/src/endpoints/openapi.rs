//! `GET /api/openapi.yaml`: the description of the API, which is the file at the root of the project. The component of this
//! endpoint also answers every address of the API that no other component has, because it has access to nothing.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};

use super::table::{OPENAPI, Openapi};
use crate::context::{Platform, Storeless};
use crate::http::etag;
use crate::http::gateway::{NoAuthorizer, answer};
use crate::http::reply::{Reply, empty, set};

const DOCUMENT: &[u8] = include_bytes!("../../../../openapi.yaml");
/// RFC 9512.
const YAML: HeaderValue = HeaderValue::from_static("application/yaml");
/// Any cache may keep the answer, and has to revalidate it each time.
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

/// Answers any request for the component `openapi`.
pub async fn handle<P: Platform>(platform: &P, request: Request<Bytes>) -> Response<Bytes> {
    answer(
        &Storeless(platform),
        &NoAuthorizer,
        &OPENAPI,
        |_| Ok(()),
        request,
        async |call| match call.endpoint {
            Openapi::Document => Ok(document(call.incoming.headers())),
        },
    )
    .await
}

fn document(request: &HeaderMap) -> Reply {
    let tag = etag::of(DOCUMENT);
    let mut reply = if etag::is_known(request, &tag) {
        empty(StatusCode::NOT_MODIFIED)
    } else {
        let mut reply = Reply::new(Bytes::from_static(DOCUMENT));
        reply.headers_mut().insert(CONTENT_TYPE, YAML);
        reply
    };
    set(&mut reply, ETAG, &tag);
    reply.headers_mut().insert(CACHE_CONTROL, REVALIDATE);
    reply
}
