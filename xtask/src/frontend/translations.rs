use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use super::files::list;

/// Takes from each file of translations (`.po`) that Trunk has copied for a page what the page's app does not say, and gives the file a
/// name with a hash, so that browsers keep it. What the app says is in its WebAssembly.
pub(super) fn shorten(dist: &Path, page: &str, wasm: &Path) -> Result<()> {
    let app = fs::read(wasm).with_context(|| wasm.display().to_string())?;
    let (app, page) = (String::from_utf8_lossy(&app), dist.join(page));
    let mut html = fs::read_to_string(&page).context("Trunk built no page")?;
    for path in list(dist)?.iter().filter(|path| path.ends_with(".po")) {
        let file = dist.join(path.trim_start_matches('/'));
        let translations = said(&fs::read_to_string(&file)?, &app);
        let hash: String = Sha256::digest(&translations).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let hashed = path.replace(".po", &format!("-{hash}.po"));
        html = html.replace(path.as_str(), &hashed);
        fs::remove_file(file)?;
        fs::write(dist.join(hashed.trim_start_matches('/')), translations)?;
    }
    Ok(fs::write(page, html)?)
}

/// The entries whose English text is in an app.
fn said(po: &str, app: &str) -> String {
    let is_said = |entry: &&str| {
        let id = entry.lines().find_map(|line| line.strip_prefix("msgid \"")?.strip_suffix('"'));
        id.is_some_and(|english| !english.is_empty() && app.contains(english))
    };
    po.split("\n\n").filter(is_said).map(|entry| entry.trim_end().to_owned() + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_the_translations_of_what_its_app_says() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("app.wasm"), b"\0asm\xffYes{count} more\xfe").unwrap();
        fs::write(at("index.html"), "<script>fetch(\"/de.po\")</script>").unwrap();
        let po = "# German.\nmsgid \"\"\nmsgstr \"\"\n\"Language: de\\n\"\n\nmsgid \"Yes\"\nmsgstr \"Ja\"\n\nmsgid \"No\"\n\
                  msgstr \"Nein\"\n\nmsgid \"{count} more\"\nmsgstr \"{count} mehr\"\n";
        fs::write(at("de.po"), po).unwrap();
        shorten(folder.path(), "index.html", &at("app.wasm")).unwrap();
        let html = fs::read_to_string(at("index.html")).unwrap();
        let path = html.split('"').nth(1).unwrap();
        assert!(path.starts_with("/de-") && path.len() == "/de-.po".len() + 16, "{path}");
        let kept = fs::read_to_string(at(&path[1..])).unwrap();
        assert_eq!(kept, "msgid \"Yes\"\nmsgstr \"Ja\"\nmsgid \"{count} more\"\nmsgstr \"{count} mehr\"\n");
        assert!(!at("de.po").exists());
    }
}
