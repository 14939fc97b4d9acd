//! How the site's files are served.

use crate::harness::client::{Client, ask, get};
use crate::harness::host::Setup;
use crate::harness::reply::Reply;

cases! {
    Host: [
        every_answer_carries_the_security_headers,
        the_policy_lets_nothing_inline_run,
        a_page_is_revalidated_and_an_asset_kept,
        what_the_client_has_is_not_sent_again,
        compression_is_as_the_client_accepts_it,
        unknown_pages_are_the_app_and_unknown_assets_are_not_found,
        only_reading_is_allowed,
    ]
}

/// The addresses of the files that the page names.
#[track_caller]
fn assets(app: &Client) -> Vec<String> {
    let page = app.get("/").text();
    let mut found: Vec<String> = page
        .split(['"', '\'', '`'])
        .map(|word| word.trim_start_matches('.'))
        .filter(|word| [".js", ".css", ".wasm"].iter().any(|end| word.ends_with(end)) && word.starts_with('/'))
        .map(str::to_owned)
        .collect();
    found.sort();
    found.dedup();
    for end in [".js", ".css", ".wasm"] {
        assert!(found.iter().any(|path| path.ends_with(end)), "no {end} in {found:?}");
    }
    found
}

/// The directives of the Content-Security-Policy, each with its sources.
#[track_caller]
fn policy(reply: &Reply) -> Vec<(String, Vec<String>)> {
    let directives = reply.header("content-security-policy").split(';').map(str::trim).filter(|text| !text.is_empty());
    directives
        .map(|directive| {
            let mut words = directive.split_whitespace().map(str::to_owned);
            (words.next().unwrap(), words.collect())
        })
        .collect()
}

fn every_answer_carries_the_security_headers() {
    let app = Setup::app().start();
    let mut asks = vec![get("/"), get("/signup"), get("/no-such-file.js"), ask("HEAD", "/"), ask("POST", "/")];
    asks.extend(assets(&app).iter().map(|path| get(path)));
    let tag = app.get("/").header("etag").to_owned();
    asks.push(get("/").header("if-none-match", &tag));
    for ask in asks {
        let what = format!("{} {}", ask.method(), ask.path());
        let reply = app.send(ask);
        assert!(!policy(&reply).is_empty(), "{what}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{what}");
        assert_eq!(reply.header("cross-origin-opener-policy"), "same-origin", "{what}");
        assert_eq!(reply.header("cross-origin-resource-policy"), "same-origin", "{what}");
        assert!(["no-referrer", "same-origin"].contains(&reply.header("referrer-policy")), "{what}");
        assert!(reply.header("permissions-policy").contains("geolocation=()"), "{what}");
        assert_eq!(reply.optional("strict-transport-security"), None, "not over http: {what}");
        assert_eq!(reply.optional("set-cookie"), None, "{what}");
    }
}

fn the_policy_lets_nothing_inline_run() {
    let app = Setup::app().start();
    let policy = policy(&app.get("/"));
    let sources =
        |name: &str| policy.iter().find(|(directive, _)| directive == name).map(|(_, sources)| sources.clone());
    for (directive, sources) in &policy {
        for source in sources {
            let forbidden = ["'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "*", "http:", "https:", "data:"];
            let image = directive == "img-src" && source == "data:";
            assert!(image || !forbidden.contains(&&**source), "{directive} {source}");
        }
    }
    for directive in ["object-src", "base-uri", "frame-ancestors"] {
        assert_eq!(sources(directive), Some(vec!["'none'".to_owned()]), "{directive}");
    }
    assert_eq!(sources("form-action"), Some(vec!["'self'".to_owned()]));
    let scripts = sources("script-src").unwrap();
    assert!(scripts.contains(&"'wasm-unsafe-eval'".to_owned()), "{scripts:?}");
    assert!(scripts.iter().any(|source| source.starts_with("'sha256-")), "{scripts:?}");
    assert!(sources("default-src").is_some_and(|sources| sources == ["'none'"] || sources == ["'self'"]), "{policy:?}");
}

fn a_page_is_revalidated_and_an_asset_kept() {
    let app = Setup::app().start();
    let page = app.get("/");
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!(page.header("cache-control"), "no-cache");
    for path in assets(&app) {
        let reply = app.get(&path);
        assert_eq!(reply.status, 200, "{path}");
        let kind = reply.header("content-type").split(';').next().unwrap();
        let expected = match path.rsplit('.').next().unwrap() {
            "js" => "text/javascript",
            "css" => "text/css",
            _ => "application/wasm",
        };
        assert_eq!(kind, expected, "{path}");
        let kept = reply.header("cache-control");
        assert!(kept.contains("immutable") && kept.contains("max-age=31536000"), "{path}: {kept}");
        let head = app.send(ask("HEAD", &path));
        assert_eq!(head.header("content-length"), reply.body.len().to_string(), "{path}");
        assert_eq!((head.status, head.header("etag")), (200, reply.header("etag")), "{path}");
        head.is_empty(200);
    }
}

fn what_the_client_has_is_not_sent_again() {
    let app = Setup::app().start();
    let mut paths = assets(&app);
    paths.push("/".to_owned());
    for path in paths {
        let reply = app.get(&path);
        let tag = reply.header("etag").to_owned();
        assert!(tag.starts_with('"') && tag.len() > 8, "{path}: {tag}");
        for tags in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
            let again = app.send(get(&path).header("if-none-match", &tags));
            again.is_empty(304);
            assert_eq!(again.header("etag"), tag, "{path}");
            assert_eq!(again.header("cache-control"), reply.header("cache-control"), "{path}");
            assert_eq!(again.header("vary"), reply.header("vary"), "{path}");
        }
        assert_eq!(app.send(get(&path).header("if-none-match", "\"other\"")).status, 200, "{path}");
        let packed = app.send(get(&path).header("accept-encoding", "br"));
        assert_ne!(packed.header("etag"), tag, "a strong tag is of one representation: {path}");
    }
}

fn compression_is_as_the_client_accepts_it() {
    let app = Setup::app().start();
    let mut paths = assets(&app);
    paths.push("/".to_owned());
    for path in paths {
        let plain = app.send(get(&path).header("accept-encoding", "identity"));
        assert_eq!(plain.optional("content-encoding"), None, "{path}");
        for (accepted, expected) in [
            ("gzip, deflate, br, zstd", Some("br")),
            ("gzip", Some("gzip")),
            ("br;q=0, gzip;q=0.5", Some("gzip")),
            ("gzip;q=1.0, br;q=0.1", Some("gzip")),
            ("BR", Some("br")),
            ("br;q=0, gzip;q=0", None),
            ("*;q=0, identity", None),
            ("deflate", None),
        ] {
            let reply = app.send(get(&path).header("accept-encoding", accepted));
            assert_eq!(reply.status, 200);
            assert_eq!(reply.optional("content-encoding"), expected, "{path}: {accepted}");
            assert_eq!(reply.header("content-length"), reply.body.len().to_string(), "{path}: {accepted}");
            assert!(reply.header("vary").to_lowercase().contains("accept-encoding"), "{path}: {accepted}");
            if expected.is_some() {
                assert!(reply.body.len() < plain.body.len(), "{path}: {accepted}");
            } else {
                assert_eq!(reply.body, plain.body, "{path}: {accepted}");
            }
        }
    }
}

fn unknown_pages_are_the_app_and_unknown_assets_are_not_found() {
    let app = Setup::app().start();
    let page = app.get("/");
    for path in ["/signup", "/by/ada", "/no/such/page", "/no-such-page?with=query", "/?a=b", "//", "/%00"] {
        let reply = app.get(path);
        assert_eq!((reply.status, &reply.body), (200, &page.body), "{path}");
        assert_eq!(reply.header("content-type"), "text/html; charset=utf-8", "{path}");
        assert_eq!(reply.header("cache-control"), "no-cache", "{path}");
    }
    for path in ["/no-such-file.js", "/x/y/z.css", "/frontend-0000000000000000_bg.wasm", "/robots.php.js", "/x.map"] {
        let reply = app.get(path);
        assert_eq!(reply.status, 404, "{path}");
        assert!(!reply.header("cache-control").contains("immutable"), "{path}");
        assert_ne!(reply.body, page.body, "{path}");
    }
    app.get("/api/no-such-endpoint").is_problem(404, "not_found");
}

fn only_reading_is_allowed() {
    let app = Setup::app().start();
    let paths = [assets(&app)[0].clone(), "/".to_owned(), "/signup".to_owned()];
    for path in &paths {
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            let reply = app.send(ask(method, path));
            assert_eq!(reply.status, 405, "{method} {path}");
            let allowed = reply.list("allow");
            assert!(allowed.contains(&"GET".to_owned()) && allowed.contains(&"HEAD".to_owned()), "{allowed:?}");
        }
    }
}
