use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha384};

use super::files::list;

/// Takes comments and indentation out of a page, and of the scripts and styles that Trunk has put into a folder for it. The page has
/// a hash of each of these, which is replaced too. Trunk could do it itself, but its minifier does not understand the script of wasm-bindgen.
pub(super) fn all(dist: &Path, page: &str) -> Result<()> {
    let page = dist.join(page);
    let mut html = fs::read_to_string(&page).context("Trunk built no page")?;
    for path in list(dist)?.iter().filter(|path| path.ends_with(".js") || path.ends_with(".css")) {
        let file = dist.join(path.trim_start_matches('/'));
        let text = fs::read_to_string(&file)?;
        let stripped = strip(&text).with_context(|| path.clone())?;
        html = html.replace(&integrity(&text), &integrity(&stripped));
        fs::write(file, stripped)?;
    }
    Ok(fs::write(page, strip(&html)?)?)
}

/// Takes out comments that have lines of their own, the indentation, and empty lines.
fn strip(text: &str) -> Result<String> {
    let (mut stripped, mut is_comment) = (String::new(), false);
    for line in text.lines().map(str::trim) {
        let is_one_line = line.is_empty() || line.starts_with("//");
        // Code after a comment that begins the line is kept with it.
        is_comment |= line.starts_with("/*") && line.find("*/").is_none_or(|end| end + 2 == line.len());
        if !is_comment && !is_one_line {
            stripped.push_str(line);
            stripped.push('\n');
        }
        is_comment &= !line.ends_with("*/");
    }
    ensure!(!is_comment, "a comment has no line that ends with it");
    Ok(stripped)
}

fn integrity(text: &str) -> String {
    format!("sha384-{}", BASE64_STANDARD.encode(Sha384::digest(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_indentation_go_and_code_stays() {
        let text =
            "/* Two\n   lines. */\na {\n  b: c; /* d */\n\n  /* e */ f: g;\n}\n// h\nlet i = \"//j\";\n/** k */\n";
        assert_eq!(strip(text).unwrap(), "a {\nb: c; /* d */\n/* e */ f: g;\n}\nlet i = \"//j\";\n");
        assert!(strip("/* Open.\na {}\n").is_err());
        assert!(strip("/* Open.\nso */ far").is_err());
    }

    #[test]
    fn the_page_names_the_hashes_of_what_is_sent() {
        let folder = tempfile::tempdir().unwrap();
        let dist = folder.path();
        let (style, script) = ("/* Quiet. */\na { b: c }\n", "  let a;\n");
        fs::write(dist.join("a.css"), style).unwrap();
        fs::write(dist.join("a.js"), script).unwrap();
        fs::write(dist.join("index.html"), format!("{} {}", integrity(style), integrity(script))).unwrap();
        all(dist, "index.html").unwrap();
        let read = |name: &str| fs::read_to_string(dist.join(name)).unwrap();
        assert_eq!((read("a.css").as_str(), read("a.js").as_str()), ("a { b: c }\n", "let a;\n"));
        assert_eq!(read("index.html"), format!("{} {}\n", integrity(&read("a.css")), integrity(&read("a.js"))));
    }
}
