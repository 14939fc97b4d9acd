use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

pub(super) fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    let folder = path.parent().context("a file is in a folder")?;
    fs::create_dir_all(folder)?;
    fs::write(path, bytes).with_context(|| path.display().to_string())
}

/// All files below a folder, in order, as addresses: `/style-1f2e.css`.
pub(super) fn list(folder: &Path) -> Result<Vec<String>> {
    let mut paths = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).with_context(|| next.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let relative = path.strip_prefix(folder)?.to_str().context("a file name is not UTF-8")?;
            let is_plain = relative.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b));
            ensure!(is_plain, "the file name {relative:?} would have to be escaped in an address");
            paths.push(format!("/{relative}"));
        }
    }
    paths.sort_unstable();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_become_addresses() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        fs::create_dir_all(folder.join("a/b")).unwrap();
        fs::write(folder.join("index.html"), "").unwrap();
        fs::write(folder.join("a/b/c.js"), "").unwrap();
        assert_eq!(list(folder).unwrap(), ["/a/b/c.js", "/index.html"]);
        fs::write(folder.join("a b"), "").unwrap();
        assert!(list(folder).is_err());
    }
}
