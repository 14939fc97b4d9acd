//! The files of a site, as the build makes them.

/// A built site.
#[derive(Debug)]
pub struct Site {
    /// Its files; none when it has not been built.
    pub assets: &'static [Asset],
    /// What a `Content-Security-Policy` names the scripts by that are written into the page: `sha256-` and Base64.
    pub script_hashes: &'static [&'static str],
}

/// A file of the site.
#[derive(Debug)]
pub struct Asset {
    /// The path of its address, like `/style-1f2e.css`.
    pub path: &'static str,
    /// The value of `Content-Type`.
    pub content_type: &'static str,
    /// Its name has a hash of its content, so what the address means never changes.
    pub is_hashed: bool,
    /// As it is.
    pub identity: Encoded,
    /// Compressed by Brotli, when that is shorter.
    pub brotli: Option<Encoded>,
    /// Compressed by gzip, when that is shorter.
    pub gzip: Option<Encoded>,
}

/// A file in one encoding.
#[derive(Debug)]
pub struct Encoded {
    /// The value of `ETag`: strong, in quotes, and different for each encoding.
    pub etag: &'static str,
    /// The content.
    pub bytes: &'static [u8],
}
