//! `GET /api/openapi.yaml`: the description of the API, as it lies at the root of the project. The component of this endpoint
//! also answers every address of the API that no other has: it can do nothing.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use http::{HeaderValue, Method, Request, Response, StatusCode};

use crate::etag;
use crate::gateway::{Access, Closed, Resource, answer};
use crate::ports::Platform;
use crate::reply::{Reply, empty, set};

const RESOURCES: &[Resource] = &[Resource { path: "/api/openapi.yaml", methods: &[(Method::GET, Access::Public)] }];
const DOCUMENT: &[u8] = include_bytes!("../../../openapi.yaml");
/// RFC 9512.
const YAML: HeaderValue = HeaderValue::from_static("application/yaml");
/// Any cache may keep it, and has to ask each time whether it is still right.
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

/// Answers any request for the component `openapi`.
pub async fn handle<P: Platform>(ports: &P, request: Request<Bytes>) -> Response<Bytes> {
    answer(ports, &Closed, "openapi", RESOURCES, request, async |_, incoming| {
        let tag = etag::of(DOCUMENT);
        let mut reply = if etag::is_known(&incoming.parts.headers, &tag) {
            empty(StatusCode::NOT_MODIFIED)
        } else {
            let mut reply = Reply::new(Bytes::from_static(DOCUMENT));
            reply.headers_mut().insert(CONTENT_TYPE, YAML);
            reply
        };
        set(&mut reply, ETAG, &tag)?;
        reply.headers_mut().insert(CACHE_CONTROL, REVALIDATE);
        Ok(reply)
    })
    .await
}
