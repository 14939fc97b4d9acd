//! `Accept-Encoding`, with one header per line. A client never gets an encoding that it did not ask for, and it gets the
//! plain file when it asked for none.
#![no_main]

use bytes::Bytes;
use http::{Request, Response};
use libfuzzer_sys::fuzz_target;
use service::site::{Asset, Encoded, Site};

static SITE: Site = Site {
    assets: &[Asset {
        path: "/all.css",
        content_type: "text/css",
        is_hashed: true,
        identity: Encoded { etag: "\"identity\"", bytes: b"identity" },
        brotli: Some(Encoded { etag: "\"br\"", bytes: b"br" }),
        gzip: Some(Encoded { etag: "\"gzip\"", bytes: b"gzip" }),
    }],
    script_hashes: &[],
};

fuzz_target!(|text: &str| {
    let lines: Vec<&str> = text.split('\n').collect();
    let Some(response) = get(&lines) else { return };
    let header = |name: &str| response.headers().get(name).map(|value| value.to_str().expect("it was made here"));
    let lower = text.to_ascii_lowercase();
    let without_space = lower.replace([' ', '\t'], "");
    assert!(header("vary").is_some_and(|names| names.contains("Accept-Encoding")));
    match (response.status().as_u16(), header("content-encoding")) {
        (200, None) => assert_eq!(response.body().as_ref(), b"identity"),
        (200, Some("br")) => assert!(response.body() == "br" && (lower.contains("br") || lower.contains('*'))),
        (200, Some("gzip")) => assert!(response.body() == "gzip" && (lower.contains("gzip") || lower.contains('*'))),
        (406, None) => assert!(without_space.contains("q=0") && (lower.contains("identity") || lower.contains('*'))),
        other => panic!("{other:?}"),
    }
    if response.status() == 200 {
        let tag = format!("\"{}\"", header("content-encoding").unwrap_or("identity"));
        assert_eq!(header("etag"), Some(tag.as_str()));
    }
    // An unknown coding or an empty entry must change nothing. Several headers must mean the same as one header.
    let more: Vec<&str> = lines.iter().copied().chain(["zstd;q=0.3", ", ,"]).collect();
    let joined = more.join(",");
    for headers in [&more[..], &[joined.as_str()]] {
        let other = get(headers).expect("it is as valid");
        assert_eq!((other.status(), other.body()), (response.status(), response.body()));
    }
});

fn get(headers: &[&str]) -> Option<Response<Bytes>> {
    let mut request = Request::get("/all.css");
    for value in headers {
        // The target `request` tests other bytes.
        if !value.bytes().all(|b| matches!(b, b'\t' | b' '..=b'~')) {
            return None;
        }
        request = request.header("accept-encoding", *value);
    }
    Some(fuzz::ask_site(&SITE, request.body(Bytes::new()).ok()?))
}
