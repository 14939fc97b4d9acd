//! The site: its pages and files, how they are cached and encoded, and the security headers that restrict what they may do.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use crate::harness::app::App;
use crate::harness::client::{ask, get, post};
use crate::harness::reply::Reply;

/// The addresses of the files that a page refers to.
fn named_by(page: &Reply) -> BTreeSet<String> {
    let page = page.text();
    let words = page.split(|c: char| c.is_ascii_whitespace() || "\"'=<>`".contains(c));
    words.filter(|word| word.starts_with('/') && word.contains('.')).map(str::to_owned).collect()
}

/// An address of each page of the site that is an app of its own.
const APPS: [&str; 4] = ["/", "/login", "/account", "/moderation"];

fn files_of_all(app: &App) -> BTreeSet<String> {
    APPS.iter().flat_map(|path| named_by(&app.get(path))).collect()
}

fn ending(path: &str) -> &str {
    path.rsplit('.').next().unwrap()
}

case!(AnyHost, every_page_address_gives_the_app);
fn every_page_address_gives_the_app() {
    let app = App::any();
    let page = app.get("/");
    assert_eq!(page.status, 200);
    assert!(page.text().to_lowercase().starts_with("<!doctype html>"));
    let account = app.get("/account");
    assert!(account.status == 200 && account.body != page.body, "the account is an app of its own");
    let entry = app.get("/login");
    assert!(entry.status == 200 && entry.body != page.body, "the ways in are an app of their own");
    for (path, page) in [
        ("/index.html", &page),
        ("/by/ada", &page),
        ("/m/1", &page),
        ("/?next=/login", &page),
        ("/login?next=post", &entry),
        ("/signup/", &entry),
        ("/recover", &entry),
        ("/account", &account),
        ("/account/", &account),
        ("/accounts/ada", &app.get("/moderation")),
    ] {
        let other = app.get(path);
        assert_eq!((other.status, &other.body), (200, &page.body), "{path}");
        assert_eq!(
            [other.header("content-type"), other.header("cache-control")],
            ["text/html; charset=utf-8", "no-cache"]
        );
    }
}

case!(AnyHost, what_a_page_names_is_there_and_kept_for_ever);
fn what_a_page_names_is_there_and_kept_for_ever() {
    let app = App::any();
    for page in APPS {
        let files = named_by(&app.get(page));
        for kind in ["css", "js", "wasm"] {
            assert!(files.iter().any(|path| ending(path) == kind), "no .{kind} among {files:?} of {page}");
        }
    }
    for path in files_of_all(&app) {
        let (file, head) = (app.get(&path), app.send(ask("HEAD", &path)));
        assert_eq!((file.status, head.status), (200, 200), "{path}");
        assert_eq!(file.header("content-length"), file.body.len().to_string(), "{path}");
        for name in ["content-length", "content-type", "etag", "cache-control"] {
            assert_eq!(head.header(name), file.header(name), "{path}");
        }
        assert!(head.body.is_empty(), "{}", head.said());
        let expected = match ending(&path) {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "wasm" => "application/wasm",
            "po" => "text/plain; charset=utf-8",
            "svg" => "image/svg+xml; charset=utf-8",
            "png" => "image/png",
            "ico" => "image/x-icon",
            "webmanifest" => "application/manifest+json",
            other => panic!("{other} of {path}"),
        };
        assert_eq!(file.header("content-type"), expected, "{path}");
        if ["css", "js", "wasm", "po"].contains(&ending(&path)) {
            assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable", "{path}");
        }
    }
}

case!(AnyHost, files_come_compressed_to_those_who_take_it);
fn files_come_compressed_to_those_who_take_it() {
    let app = App::any();
    for path in files_of_all(&app).iter().filter(|path| ["css", "js", "wasm"].contains(&ending(path))) {
        let plain = app.send(get(path).header("accept-encoding", "identity"));
        assert_eq!(
            (plain.optional("content-encoding"), plain.header("vary")),
            (None, "Accept-Encoding"),
            "{}",
            plain.said()
        );
        let mut tags = BTreeSet::from([plain.header("etag").to_owned()]);
        for (accepted, coding) in [("gzip, deflate", "gzip"), ("gzip, deflate, br, zstd", "br"), ("br;q=0, *", "gzip")]
        {
            let file = app.send(get(path).header("accept-encoding", accepted));
            assert_eq!((file.status, file.header("content-encoding")), (200, coding), "{path}");
            assert_eq!(file.header("content-length"), file.body.len().to_string(), "{path}");
            assert!(file.body.len() < plain.body.len(), "{path}");
            assert_eq!(file.header("content-type"), plain.header("content-type"), "{}", file.said());
            tags.insert(file.header("etag").to_owned());
        }
        assert_eq!(tags.len(), 3, "each encoding has a tag of its own: {path}");
        assert_eq!(app.send(get(path).header("accept-encoding", "*;q=0")).status, 406, "{path}");
    }
}

case!(AnyHost, what_the_browser_has_is_not_sent_again);
fn what_the_browser_has_is_not_sent_again() {
    let app = App::any();
    let tag = app.send(get("/").header("accept-encoding", "br")).header("etag").to_owned();
    assert!(tag.starts_with('"'), "{tag} is strong");
    for method in ["GET", "HEAD"] {
        let known = ask(method, "/by/ada").header("if-none-match", &tag);
        let reply = app.send(known.clone().header("accept-encoding", "br"));
        reply.is_empty(304);
        assert_eq!([reply.header("etag"), reply.header("cache-control")], [&*tag, "no-cache"], "{}", reply.said());
        assert_eq!(app.send(known.header("accept-encoding", "gzip")).status, 200, "it has another encoding");
    }
}

case!(AnyHost, the_policy_lets_the_page_run_its_own_script_and_no_other);
fn the_policy_lets_the_page_run_its_own_script_and_no_other() {
    let app = App::any();
    let page = app.get("/");
    let policy = page.header("content-security-policy");
    assert!(!policy.replace("'wasm-unsafe-eval'", "").contains("unsafe"), "{policy}");
    let html = APPS.map(|path| app.get(path).text()).concat();
    let scripts = html.split("<script").skip(1).map(|script| script.split_once('>').unwrap());
    let inline: Vec<_> = scripts.filter(|(attributes, _)| !attributes.contains("src=")).collect();
    assert!(!inline.is_empty(), "Trunk's loader is gone");
    // What several pages have is named once.
    let texts: BTreeSet<_> = inline.iter().map(|(_, script)| script.split_once("</script>").unwrap().0).collect();
    assert_eq!(policy.matches("'sha256-").count(), texts.len(), "{policy}");
    for script in texts {
        let hash = format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(script)));
        assert!(policy.contains(&hash), "{hash} of {script} is not in {policy}");
    }
    for directive in ["default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"] {
        assert!(policy.split("; ").any(|other| other == directive), "no {directive} in {policy}");
    }
}

case!(AnyHost, what_is_not_there_and_what_cannot_be_done);
fn what_is_not_there_and_what_cannot_be_done() {
    let app = App::any();
    let page = app.get("/");
    for path in [
        "/API/messages",
        "/Login",
        "/a/b/c/",
        "/apiary",
        "/nothing.js",
        "/frontend-0000000000000000.js",
        "/.well-known/nothing",
        "/.env",
        "/.git/HEAD",
        "/index.html/x.y",
    ] {
        let reply = app.get(path);
        assert_eq!((reply.status, reply.header("cache-control")), (404, "no-store"), "{path}");
        assert_eq!((&reply.body, reply.header("content-type")), (&page.body, page.header("content-type")), "{path}");
    }
    let login = app.send(post("/API/login", "{}"));
    assert_eq!(login.status, 404, "{}", login.said());
    for method in ["POST", "PUT", "DELETE"] {
        let reply = app.send(ask(method, "/").header("content-type", "text/plain").body("a"));
        assert_eq!((reply.status, reply.header("allow")), (405, "GET, HEAD, OPTIONS"), "{}", reply.said());
    }
    let options = app.send(ask("OPTIONS", "/"));
    options.is_empty(204);
    for reply in [options, app.get("/nothing.js"), app.get("/"), app.send(get("/").header("if-none-match", "*"))] {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(reply.header(name), value, "{}", reply.status);
        }
        assert!(reply.header("permissions-policy").contains("camera=()"), "{}", reply.said());
        assert!(reply.header("content-security-policy").contains("default-src 'none'"), "{}", reply.said());
        assert_eq!(reply.optional("set-cookie"), None, "{}", reply.said());
    }
}
