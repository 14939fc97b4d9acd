//! The files of a site, as the build makes them.

/// A built site.
#[derive(Debug)]
pub struct Site {
    /// Its files; empty when the site has not been built.
    pub assets: &'static [Asset],
    /// The hashes by which the `Content-Security-Policy` allows the scripts that are written into the pages: `sha256-` and
    /// Base64.
    pub script_hashes: &'static [&'static str],
}

/// A file of the site.
#[derive(Debug)]
pub struct Asset {
    /// The path of its address, like `/style-1f2e.css`.
    pub path: &'static str,
    /// The value of `Content-Type`.
    pub content_type: &'static str,
    /// Whether the name contains a hash of the content, so that the content at this address never changes.
    pub is_hashed: bool,
    /// The file without compression.
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
