use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use super::encode::File;

/// The Rust expression that the component `site` includes: a `service::site::Site`.
pub(super) fn source(files: &[File]) -> Result<String> {
    let mut hashes = BTreeSet::new();
    for page in files.iter().filter(|file| file.path.ends_with(".html")) {
        hashes.extend(script_hashes(std::str::from_utf8(&page.bytes)?)?);
    }
    let mut source =
        format!("::edge::service::site::Site {{\n    script_hashes: &{:?},\n    assets: &[\n", Vec::from_iter(hashes));
    for file in files {
        write!(
            source,
            "        ::edge::service::site::Asset {{\n            path: {:?},\n            content_type: {:?},\n            \
             is_hashed: {},\n            identity: {},\n            brotli: {},\n            gzip: {},\n        }},\n",
            file.path,
            content_type(&file.path)?,
            is_hashed(&file.path),
            encoded(&file.identity)?,
            optional(file.brotli.as_deref())?,
            optional(file.gzip.as_deref())?,
        )?;
    }
    source.push_str("    ],\n}\n");
    Ok(source)
}

fn optional(path: Option<&Path>) -> Result<String> {
    path.map_or(Ok("None".to_owned()), |path| Ok(format!("Some({})", encoded(path)?)))
}

fn encoded(path: &Path) -> Result<String> {
    let etag: String = Sha256::digest(fs::read(path)?).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let path = path.to_str().context("the project's path is not UTF-8")?;
    let etag = format!("\"{etag}\"");
    Ok(format!("::edge::service::site::Encoded {{ etag: {etag:?}, bytes: include_bytes!({path:?}) }}"))
}

fn content_type(path: &str) -> Result<&'static str> {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    Ok(match ending {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "txt" | "po" => "text/plain; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml; charset=utf-8",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "jpg" => "image/jpeg",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        _ => anyhow::bail!("{path} needs a content type in xtask/src/frontend/table.rs"),
    })
}

/// Whether Trunk has put a hash of the content into the file's name: 64 bits in hexadecimal, as in `style-1f2e….css` or
/// `frontend-1f2e…_bg.wasm`. Trunk omits leading zeros, so the hash may be shorter.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    let stem = name.split('.').next().unwrap_or_default();
    let stem = stem.strip_suffix("_bg").unwrap_or(stem);
    stem.rsplit_once('-').is_some_and(|(_, hash)| {
        (12..=16).contains(&hash.len()) && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// The hashes by which `Content-Security-Policy` names the scripts that are written into a page.
fn script_hashes(html: &str) -> Result<Vec<String>> {
    // A browser turns carriage returns into line feeds before it computes the hash.
    ensure!(!html.contains('\r'), "a page has carriage returns");
    let mut hashes = Vec::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once("<script") {
        let (attributes, after) = after.split_once('>').context("a <script> is not closed")?;
        let (text, after) = after.split_once("</script>").context("a <script> has no end")?;
        if !attributes.split_whitespace().any(|attribute| attribute.starts_with("src=")) {
            hashes.push(format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text))));
        }
        rest = after;
    }
    Ok(hashes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_in_the_page_are_hashed_and_others_are_not() {
        let html = "<head><script type=module>\nalert(1)\n</script><script src=/a.js></script></head>\
                    <script>doSomething();</script>";
        // The second script is the example of the Content Security Policy specification, without its line break.
        let hashes = script_hashes(html).unwrap();
        assert_eq!(hashes.len(), 2);
        assert_eq!(hashes[1], format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest("doSomething();"))));
        // From the specification, section 6.7.2.
        assert_eq!(
            script_hashes("<script>alert('Hello, world.');</script>").unwrap(),
            ["sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng="]
        );
        assert!(script_hashes("<script>").is_err());
    }

    #[test]
    fn a_hash_in_a_name() {
        for (path, hashed) in [
            ("/frontend-0123456789abcdef.js", true),
            ("/frontend-0123456789abcdef_bg.wasm", true),
            ("/a/style-123456789abcde.css", true),
            ("/index.html", false),
            ("/favicon.svg", false),
            ("/frontend_bg.wasm", false),
            ("/apple-touch-icon.png", false),
            ("/my-effaced.css", false),
            ("/snippets/wasm-0123456789abcdef/inline0.js", false),
            ("/style-0123456789ABCDEF.css", false),
        ] {
            assert_eq!(is_hashed(path), hashed, "{path}");
        }
    }

    #[test]
    fn a_file_of_unknown_type_is_refused() {
        assert_eq!(content_type("/a.b/c-1.wasm").unwrap(), "application/wasm");
        assert!(content_type("/LICENSE").is_err());
        assert!(content_type("/a.exe").is_err());
    }
}
