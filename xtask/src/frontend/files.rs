use std::path::Path;
use std::{fs, io};

use anyhow::{Context, Result, ensure};

pub(super) fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    let folder = path.parent().context("a file is in a folder")?;
    fs::create_dir_all(folder)?;
    fs::write(path, bytes).with_context(|| path.display().to_string())
}

/// Removes a folder with all that is in it, if it is there.
pub(super) fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| folder.display().to_string())
        }
        _ => Ok(()),
    }
}

/// Copies all files below a folder into another one, where others may be already.
pub(super) fn copy(from: &Path, to: &Path) -> Result<()> {
    for path in list(from)? {
        let path = path.trim_start_matches('/');
        write_if_changed(&to.join(path), &fs::read(from.join(path))?)?;
    }
    Ok(())
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
    fn two_folders_are_joined_into_one() {
        let folder = tempfile::tempdir().unwrap();
        let [one, other, both] = ["one", "other", "both"].map(|name| folder.path().join(name));
        for (folder, name) in [(&one, "a/style.css"), (&one, "index.html"), (&other, "a/style.css"), (&other, "b.html")]
        {
            write_if_changed(&folder.join(name), name.as_bytes()).unwrap();
        }
        write_if_changed(&both.join("old.js"), b"").unwrap();
        remove(&both).unwrap();
        remove(&both).unwrap();
        copy(&one, &both).unwrap();
        copy(&other, &both).unwrap();
        assert_eq!(list(&both).unwrap(), ["/a/style.css", "/b.html", "/index.html"]);
    }

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
