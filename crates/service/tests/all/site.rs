use bytes::Bytes;
use futures::executor::block_on;
use http::{Request, Response};
use service::site::{Asset, Encoded, Site, handle};

use crate::world::World;

const HTML: &str = "text/html; charset=utf-8";
const HASHED: &str = "/app-0123456789abcdef_bg.wasm";

static SITE: Site = Site {
    script_hashes: &["sha256-AAAA"],
    assets: &[
        Asset {
            path: "/index.html",
            content_type: HTML,
            is_hashed: false,
            identity: Encoded { etag: "\"html\"", bytes: b"<p>html" },
            brotli: Some(Encoded { etag: "\"html-br\"", bytes: b"br" }),
            gzip: Some(Encoded { etag: "\"html-gz\"", bytes: b"gzip" }),
        },
        Asset {
            path: "/entry.html",
            content_type: HTML,
            is_hashed: false,
            identity: Encoded { etag: "\"entry\"", bytes: b"<p>entry" },
            brotli: None,
            gzip: None,
        },
        Asset {
            path: "/account.html",
            content_type: HTML,
            is_hashed: false,
            identity: Encoded { etag: "\"account\"", bytes: b"<p>account" },
            brotli: None,
            gzip: None,
        },
        Asset {
            path: "/moderation.html",
            content_type: HTML,
            is_hashed: false,
            identity: Encoded { etag: "\"moderation\"", bytes: b"<p>moderation" },
            brotli: None,
            gzip: None,
        },
        Asset {
            path: HASHED,
            content_type: "application/wasm",
            is_hashed: true,
            identity: Encoded { etag: "\"wasm\"", bytes: b"\0asm" },
            brotli: Some(Encoded { etag: "\"wasm-br\"", bytes: b"brw" }),
            gzip: None,
        },
        Asset {
            path: "/icon.png",
            content_type: "image/png",
            is_hashed: false,
            identity: Encoded { etag: "\"png\"", bytes: b"png" },
            brotli: None,
            gzip: None,
        },
    ],
};
static UNBUILT: Site = Site { script_hashes: &[], assets: &[] };

fn ask_of(site: &Site, method: &str, path: &str, headers: &[(&str, &str)]) -> Response<Bytes> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    block_on(handle(&World::new(), site, request.body(Bytes::new()).unwrap()))
}

fn ask(method: &str, path: &str, headers: &[(&str, &str)]) -> Response<Bytes> {
    ask_of(&SITE, method, path, headers)
}

fn get(path: &str) -> Response<Bytes> {
    ask("GET", path, &[])
}

fn header<'a>(response: &'a Response<Bytes>, name: &str) -> Option<&'a str> {
    assert!(response.headers().get_all(name).iter().count() < 2, "{name} is there twice");
    Some(response.headers().get(name)?.to_str().unwrap())
}

fn headers<'a, const N: usize>(response: &'a Response<Bytes>, names: [&str; N]) -> [Option<&'a str>; N] {
    names.map(|name| header(response, name))
}

#[test]
fn every_page_is_the_app() {
    for path in ["/", "/index.html", "/by/ada", "/by/Ada_1/", "/m/17", "/?before=x.y", "/by/ada?x", "//"] {
        let page = get(path);
        assert_eq!((page.status().as_u16(), page.body().as_ref()), (200, &b"<p>html"[..]), "{path}");
        assert_eq!(
            headers(&page, ["content-type", "cache-control", "etag", "vary", "content-encoding", "content-length"]),
            [Some(HTML), Some("no-cache"), Some("\"html\""), Some("Accept-Encoding"), None, Some("7")],
            "{path}"
        );
    }
}

#[test]
fn the_ways_in_are_an_app_of_their_own() {
    for path in ["/login", "/login?next=post", "/signup/", "/recover", "/entry.html"] {
        let page = get(path);
        assert_eq!((page.status().as_u16(), page.body().as_ref()), (200, &b"<p>entry"[..]), "{path}");
    }
}

#[test]
fn moderation_is_an_app_of_its_own() {
    for path in ["/moderation", "/accounts", "/accounts/Ada_1", "/messages/17"] {
        let page = get(path);
        assert_eq!((page.status().as_u16(), page.body().as_ref()), (200, &b"<p>moderation"[..]), "{path}");
    }
}

#[test]
fn the_account_is_an_app_of_its_own() {
    for path in ["/account", "/account/", "/account.html", "/account?x"] {
        let page = get(path);
        assert_eq!((page.status().as_u16(), page.body().as_ref()), (200, &b"<p>account"[..]), "{path}");
        let names = ["content-type", "cache-control", "etag", "vary"];
        let expected = [Some(HTML), Some("no-cache"), Some("\"account\""), Some("Accept-Encoding")];
        assert_eq!(headers(&page, names), expected, "{path}");
    }
}

#[test]
fn what_is_not_there_is_the_app_that_says_so() {
    for path in [
        "/API/messages",
        "/Api/login",
        "/Login",
        "/BY/ada",
        "/Index.html",
        "/nowhere",
        "/messages",
        "/login/x",
        "/a//b",
        "/by/",
        "/by/ada/x",
        "/by/a.b",
        "/accounts/a.b",
        "/accounts/ada/x",
        "/m/x",
        "/m/",
        "/messages/x",
        "/messages/123456789012345678901",
        "/%2e%2e",
        "/login%2f",
        "/app.js",
        "/.well-known/change-password",
        "/.Well-Known/jwks.json",
        "/.env",
        "/assets/../index",
        "/app-1.wasm/x",
    ] {
        for (headers, body, coding) in [
            (&[][..], &b"<p>html"[..], None),
            (&[("accept-encoding", "gzip, br")], b"br", Some("br")),
            (&[("accept", "application/json"), ("if-none-match", "\"html\"")], b"<p>html", None),
            (&[("if-none-match", "*")], b"<p>html", None),
        ] {
            let answer = ask("GET", path, headers);
            assert_eq!((answer.status().as_u16(), answer.body().as_ref()), (404, body), "{path} {headers:?}");
            let names = ["content-type", "content-encoding", "cache-control", "etag"];
            let expected = [Some(HTML), coding, Some("no-store"), None];
            assert_eq!(self::headers(&answer, names), expected, "{path} {headers:?}");
        }
        for method in ["POST", "DELETE", "BREW"] {
            assert_eq!(ask(method, path, &[]).status(), 404, "{method} {path}");
        }
        let answer = ask("GET", path, &[("accept-encoding", "identity;q=0")]);
        assert_eq!((answer.status().as_u16(), answer.body().as_ref()), (404, &b"Nothing has this address.\n"[..]));
    }
}

#[test]
fn a_hashed_file_is_kept_for_ever() {
    let file = get(HASHED);
    assert_eq!(
        headers(&file, ["content-type", "cache-control", "etag"]),
        [Some("application/wasm"), Some("public, max-age=31536000, immutable"), Some("\"wasm\"")]
    );
    assert_eq!(header(&get("/icon.png"), "cache-control"), Some("no-cache"));
}

#[test]
fn the_client_says_which_encoding() {
    for (accepted, coding, etag) in [
        (None, None, "\"html\""),
        (Some(""), None, "\"html\""),
        (Some("br"), Some("br"), "\"html-br\""),
        (Some("gzip, deflate, br, zstd"), Some("br"), "\"html-br\""),
        (Some("gzip, deflate"), Some("gzip"), "\"html-gz\""),
        (Some("X-GZIP"), Some("gzip"), "\"html-gz\""),
        (Some("BR;Q=0.5"), Some("br"), "\"html-br\""),
        (Some("br;q=0.001"), Some("br"), "\"html-br\""),
        (Some("br ; q=0.5 , gzip ; q=0.9"), Some("br"), "\"html-br\""),
        (Some("br;q=0.000, gzip"), Some("gzip"), "\"html-gz\""),
        (Some("br ; Q = 0, gzip"), Some("gzip"), "\"html-gz\""),
        (Some("gzip, identity;q=0.5"), Some("gzip"), "\"html-gz\""),
        (Some("*"), Some("br"), "\"html-br\""),
        (Some("br;q=0, *"), Some("gzip"), "\"html-gz\""),
        (Some("br;q=0, gzip;q=0"), None, "\"html\""),
        (Some("*;q=0, gzip"), Some("gzip"), "\"html-gz\""),
        (Some("*;q=0, identity;q=0.1"), None, "\"html\""),
        (Some("identity;q=0, br"), Some("br"), "\"html-br\""),
        (Some("deflate, zstd"), None, "\"html\""),
        // A weight that can't be parsed is ignored.
        (Some("br;q=, gzip;level=9"), Some("br"), "\"html-br\""),
        (Some(",, ;q=1,"), None, "\"html\""),
    ] {
        let wish: Vec<_> = accepted.map(|accepted| ("accept-encoding", accepted)).into_iter().collect();
        let answer = ask("GET", "/by/ada", &wish);
        assert_eq!(answer.status(), 200, "{accepted:?}");
        assert_eq!(
            headers(&answer, ["content-encoding", "etag", "content-type", "vary"]),
            [coding, Some(etag), Some(HTML), Some("Accept-Encoding")],
            "{accepted:?}"
        );
        assert_eq!(header(&answer, "content-length").unwrap(), answer.body().len().to_string());
    }
}

#[test]
fn several_fields_are_one_list() {
    let answer = ask("GET", "/", &[("accept-encoding", "br;q=0"), ("accept-encoding", "gzip")]);
    assert_eq!(header(&answer, "content-encoding"), Some("gzip"));
}

#[test]
fn an_encoding_that_is_not_there_is_not_sent() {
    let answer = ask("GET", HASHED, &[("accept-encoding", "gzip")]);
    assert_eq!(headers(&answer, ["content-encoding", "etag"]), [None, Some("\"wasm\"")]);
    let answer = ask("GET", "/icon.png", &[("accept-encoding", "br, gzip")]);
    assert_eq!(headers(&answer, ["content-encoding", "etag"]), [None, Some("\"png\"")]);
}

#[test]
fn nothing_is_acceptable() {
    for accepted in ["identity;q=0", "*;q=0", "br;q=0, gzip;q=0, identity;q=0.0"] {
        let answer = ask("GET", "/", &[("accept-encoding", accepted)]);
        assert_eq!(answer.status(), 406, "{accepted}");
        assert_eq!(headers(&answer, ["etag", "cache-control"]), [None, Some("no-store")]);
    }
}

#[test]
fn an_unchanged_file_is_not_sent_again() {
    for (tag, accepted, status) in [
        ("\"html-br\"", "br", 304),
        ("W/\"html-br\"", "br", 304),
        ("\"x\", \"html-br\"", "br", 304),
        ("*", "br", 304),
        ("\"html\"", "", 304),
        // The browser has this file in another encoding than the one that it accepts now.
        ("\"html\"", "br", 200),
        ("\"html-br\"", "gzip", 200),
        ("html-br", "br", 200),
    ] {
        for method in ["GET", "HEAD"] {
            let answer = ask(method, "/by/ada", &[("if-none-match", tag), ("accept-encoding", accepted)]);
            assert_eq!(answer.status(), status, "{method} {tag} {accepted}");
            assert_eq!(headers(&answer, ["cache-control", "vary"]), [Some("no-cache"), Some("Accept-Encoding")]);
            assert!(header(&answer, "etag").is_some());
            if status == 304 {
                assert_eq!(headers(&answer, ["content-length", "content-type", "content-encoding"]), [None; 3]);
                assert!(answer.body().is_empty());
            }
        }
    }
}

#[test]
fn head_is_get_without_the_body() {
    for path in ["/", HASHED, "/nothing.png", "/nothing"] {
        for accepted in ["", "br", "identity;q=0"] {
            let wish = [("accept-encoding", accepted)];
            let (get, head) = (ask("GET", path, &wish), ask("HEAD", path, &wish));
            let length = get.body().len().to_string();
            assert_eq!((head.status(), head.headers()), (get.status(), get.headers()), "{path}");
            assert_eq!((header(&head, "content-length"), head.body().len()), (Some(length.as_str()), 0), "{path}");
        }
    }
}

#[test]
fn other_methods() {
    for path in ["/", "/login", HASHED] {
        for method in ["POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"] {
            let answer = ask(method, path, &[]);
            assert_eq!(
                (answer.status().as_u16(), header(&answer, "allow")),
                (405, Some("GET, HEAD, OPTIONS")),
                "{method} {path}"
            );
        }
        let answer = ask("OPTIONS", path, &[]);
        assert_eq!((answer.status().as_u16(), header(&answer, "allow")), (204, Some("GET, HEAD, OPTIONS")), "{path}");
        assert!(answer.body().is_empty(), "{path}");
    }
}

#[test]
fn every_answer_tells_the_browser_what_it_may_do() {
    let fresh = [("if-none-match", "*")];
    for answer in [
        get("/"),
        get(HASHED),
        get("/nothing.png"),
        ask("GET", "/", &fresh),
        ask("GET", "/", &[("accept-encoding", "*;q=0")]),
        ask("POST", "/", &[]),
        ask("OPTIONS", "/", &[]),
        ask("HEAD", "/", &[]),
    ] {
        assert_eq!(
            header(&answer, "content-security-policy"),
            Some(
                "default-src 'none'; script-src 'self' 'sha256-AAAA' 'wasm-unsafe-eval'; style-src 'self'; \
                 img-src 'self'; connect-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; \
                 frame-ancestors 'none'; form-action 'self'"
            )
        );
        assert_eq!(
            headers(
                &answer,
                [
                    "x-content-type-options",
                    "referrer-policy",
                    "cross-origin-opener-policy",
                    "cross-origin-resource-policy",
                    "strict-transport-security",
                    "access-control-allow-origin",
                ]
            ),
            [Some("nosniff"), Some("no-referrer"), Some("same-origin"), Some("same-origin"), None, None]
        );
        let denied = header(&answer, "permissions-policy").unwrap();
        assert!(denied.split(", ").all(|feature| feature.ends_with("=()")), "{denied}");
        assert!(denied.contains("camera=()") && denied.contains("geolocation=()"));
        assert_eq!(header(&answer, "x-request-id").map(str::len), Some(16));
    }
}

#[test]
fn https_is_insisted_on_where_it_is_spoken() {
    const URL: &str = "spin-full-url";
    for (sent, expected) in [
        (&[(URL, "https://example.com/")][..], Some("max-age=31536000")),
        (&[(URL, "http://example.com/")], None),
        (&[(URL, "http://forged/"), (URL, "https://example.com/")], Some("max-age=31536000")),
        (&[(URL, "https://forged/"), (URL, "http://example.com/")], None),
        (&[("x-forwarded-proto", "https")], None),
    ] {
        assert_eq!(header(&ask("GET", "/", sent), "strict-transport-security"), expected, "{sent:?}");
    }
}

#[test]
fn a_site_that_is_not_built_says_so() {
    let answer = ask_of(&UNBUILT, "GET", "/", &[]);
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.body().as_ref(), b"The site is not built: cargo xtask build site\n");
    assert_eq!(header(&answer, "cache-control"), Some("no-store"));
    let policy = header(&answer, "content-security-policy").unwrap();
    assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval'"), "{policy}");
}
