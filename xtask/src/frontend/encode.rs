use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use brotli::CompressorWriter;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::files::{list, write_if_changed};

/// A file of the site and the paths of its encodings.
pub(super) struct File {
    /// The path in its address.
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
    pub(super) identity: PathBuf,
    /// Only when it is shorter than the file.
    pub(super) brotli: Option<PathBuf>,
    pub(super) gzip: Option<PathBuf>,
}

/// The best quality of Brotli. Its window is 16 MiB, which browsers accept.
const QUALITY: u32 = 11;
const WINDOW_BITS: u32 = 24;
const BUFFER_BYTES: usize = 64 * 1024;

/// Encodes all files of a folder into another one, and removes files from there that no longer have a source.
pub(super) fn all(from: &Path, to: &Path) -> Result<Vec<File>> {
    let files: Vec<File> = list(from)?.into_iter().map(|path| encode(from, to, path)).collect::<Result<_>>()?;
    let kept: Vec<&PathBuf> = files
        .iter()
        .flat_map(|file| [Some(&file.identity), file.brotli.as_ref(), file.gzip.as_ref()])
        .flatten()
        .collect();
    for path in list(to)? {
        let path = inside(to, &path);
        if !kept.contains(&&path) {
            fs::remove_file(path)?;
        }
    }
    Ok(files)
}

fn inside(folder: &Path, address: &str) -> PathBuf {
    folder.join(address.trim_start_matches('/'))
}

fn encode(from: &Path, to: &Path, path: String) -> Result<File> {
    let source = inside(from, &path);
    let bytes = fs::read(&source).with_context(|| source.display().to_string())?;
    let target = |ending: &str| inside(to, &format!("{path}{ending}"));
    let identity = target("");
    let (br, gz) = (target(".br"), target(".gz"));
    // The compression takes most of the time, so existing encodings of exactly these bytes are kept.
    let is_known = fs::read(&identity).is_ok_and(|there| there == bytes);
    write_if_changed(&identity, &bytes)?;
    let shorter = |encoded: PathBuf, compress: fn(&[u8]) -> Result<Vec<u8>>| -> Result<Option<PathBuf>> {
        if !(is_known && encoded.is_file()) {
            write_if_changed(&encoded, &compress(&bytes)?)?;
        }
        let length = fs::metadata(&encoded)?.len();
        Ok((length < bytes.len() as u64).then_some(encoded))
    };
    Ok(File { brotli: shorter(br, brotli)?, gzip: shorter(gz, gzip)?, identity, path, bytes })
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = CompressorWriter::new(Vec::new(), BUFFER_BYTES, QUALITY, WINDOW_BITS);
    encoder.write_all(bytes)?;
    Ok(encoder.into_inner())
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn encodings_hold_what_was_encoded() {
        let bytes = b"latchkey ".repeat(1000);
        let mut back = Vec::new();
        brotli::Decompressor::new(brotli(&bytes).unwrap().as_slice(), 4096).read_to_end(&mut back).unwrap();
        assert_eq!(back, bytes);
        back.clear();
        flate2::read::GzDecoder::new(gzip(&bytes).unwrap().as_slice()).read_to_end(&mut back).unwrap();
        assert_eq!(back, bytes);
    }

    #[test]
    fn what_does_not_get_shorter_or_is_no_more_is_left_out() {
        let folder = std::env::temp_dir().join(format!("latchkey-encode-{}", std::process::id()));
        let (from, to) = (folder.join("from"), folder.join("to"));
        fs::create_dir_all(&from).unwrap();
        fs::create_dir_all(&to).unwrap();
        fs::write(from.join("long.js"), "x".repeat(1000)).unwrap();
        fs::write(from.join("short.txt"), "x").unwrap();
        fs::write(to.join("old.js"), "x").unwrap();
        let files = all(&from, &to).unwrap();
        let has = |file: &File| (file.path.clone(), file.brotli.is_some(), file.gzip.is_some());
        assert_eq!(
            files.iter().map(has).collect::<Vec<_>>(),
            [("/long.js".to_owned(), true, true), ("/short.txt".to_owned(), false, false)]
        );
        assert_eq!(list(&to).unwrap(), ["/long.js", "/long.js.br", "/long.js.gz", "/short.txt"]);
        fs::remove_dir_all(&folder).unwrap();
    }
}
