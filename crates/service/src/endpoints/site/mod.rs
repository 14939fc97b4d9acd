//! Everything that is not the API: the site that people use in a browser. The build creates a table of files in two or
//! three encodings; this module decides which of them a request gets.

mod asset;
mod security;

use bytes::Bytes;
use domain::hex;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, VARY};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use rules::{Bundle, Page};

pub use self::asset::{Asset, Encoded, Site};
use crate::context::Platform;
use crate::http::encoding::{Accepted, BY_ENCODING};
use crate::http::etag;
use crate::http::reply::{Reply, empty, finish};

const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS");
/// A year, which is the longest time that caches observe.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Caches keep the answer and revalidate it each time: a 304 costs a round trip and no content.
const REVALIDATED: HeaderValue = HeaderValue::from_static("no-cache");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// Answers any request for the component `site`.
pub async fn handle(platform: &impl Platform, site: &Site, request: Request<Bytes>) -> Response<Bytes> {
    let mut id = [0; 8];
    platform.fill(&mut id);
    let mut reply = answer(site, request.method(), request.uri().path(), request.headers());
    security::apply(site, reply.headers_mut());
    finish(reply, request.headers(), *request.method() == Method::HEAD, &hex(&id))
}

fn answer(site: &Site, method: &Method, path: &str, headers: &HeaderMap) -> Reply {
    if *method == Method::OPTIONS {
        return with_methods(empty(StatusCode::NO_CONTENT));
    }
    if site.assets.is_empty() {
        return text(StatusCode::SERVICE_UNAVAILABLE, "The site is not built: cargo xtask build site\n");
    }
    let file = |path: &str| site.assets.iter().find(|asset| asset.path == path);
    // The app in a page reads the address, so that one file is many pages.
    match file(path).or_else(|| Page::at(path).and_then(|page| file(page.bundle().file()))) {
        None => not_found(file(Bundle::Board.file()), headers),
        Some(asset) if [Method::GET, Method::HEAD].contains(method) => serve(asset, headers),
        Some(_) => with_methods(text(StatusCode::METHOD_NOT_ALLOWED, "A page is read by GET.\n")),
    }
}

fn serve(asset: &Asset, request: &HeaderMap) -> Reply {
    let Some((coding, encoded)) = choose(asset, request) else {
        let mut reply = text(StatusCode::NOT_ACCEPTABLE, "This is sent as it is, by Brotli or by gzip.\n");
        reply.headers_mut().insert(VARY, BY_ENCODING);
        return reply;
    };
    let mut reply = if etag::is_known(request, encoded.etag) {
        empty(StatusCode::NOT_MODIFIED)
    } else {
        content(asset, coding, encoded)
    };
    let headers = reply.headers_mut();
    headers.insert(ETAG, HeaderValue::from_static(encoded.etag));
    headers.insert(CACHE_CONTROL, if asset.is_hashed { FOR_EVER } else { REVALIDATED });
    headers.insert(VARY, BY_ENCODING);
    reply
}

/// The answer to an address that has no page and no file: the app, which says so. Nobody revalidates it or keeps it.
fn not_found(page: Option<&Asset>, request: &HeaderMap) -> Reply {
    let chosen = page.and_then(|page| Some((page, choose(page, request)?)));
    let Some((page, (coding, encoded))) = chosen else {
        return text(StatusCode::NOT_FOUND, "Nothing has this address.\n");
    };
    let mut reply = content(page, coding, encoded);
    *reply.status_mut() = StatusCode::NOT_FOUND;
    reply.headers_mut().insert(VARY, BY_ENCODING);
    reply
}

/// The encoding to send, with its name; the name is `None` for the file as it is. Returns `None` if the client accepts no encoding
/// of the file.
fn choose<'a>(asset: &'a Asset, request: &HeaderMap) -> Option<(Option<&'static str>, &'a Encoded)> {
    let accepted = Accepted::read(request);
    let brotli = asset.brotli.as_ref().filter(|_| accepted.brotli).map(|encoded| (Some("br"), encoded));
    let gzip = asset.gzip.as_ref().filter(|_| accepted.gzip).map(|encoded| (Some("gzip"), encoded));
    brotli.or(gzip).or(accepted.identity.then_some((None, &asset.identity)))
}

fn content(asset: &Asset, coding: Option<&'static str>, encoded: &Encoded) -> Reply {
    let mut reply = Response::new(Bytes::from_static(encoded.bytes));
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    reply.headers_mut().extend(coding.map(|coding| (CONTENT_ENCODING, HeaderValue::from_static(coding))));
    reply
}

fn with_methods(mut reply: Reply) -> Reply {
    reply.headers_mut().insert(ALLOW, METHODS);
    reply
}

/// A text for a person who sees it in a browser; no cache keeps it.
fn text(status: StatusCode, words: &'static str) -> Reply {
    let mut reply = Response::new(Bytes::from_static(words.as_bytes()));
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_TYPE, TEXT);
    reply
}
