//! Content encodings (RFC 9110, section 12.5.3). The order of a client's weights is ignored: it gets the shortest encoding that
//! there is and it accepts.

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::ACCEPT_ENCODING;
use http::{HeaderMap, HeaderValue};

use super::problem::ApiError;

/// The `Vary` of answers that depend on `Accept-Encoding`.
pub(crate) const BY_ENCODING: HeaderValue = HeaderValue::from_static("Accept-Encoding");

/// A shorter body fits into one packet as it is.
const MIN_BYTES: usize = 1024;

/// Which encodings `Accept-Encoding` accepts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Accepted {
    pub(crate) brotli: bool,
    pub(crate) gzip: bool,
    pub(crate) identity: bool,
}

impl Accepted {
    pub(crate) fn read(request: &HeaderMap) -> Self {
        let (mut brotli, mut gzip, mut identity, mut any) = (None, None, None, None);
        let values = request.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        for entry in values.flat_map(|value| value.split(',')) {
            let (coding, weight) = entry.split_once(';').unwrap_or((entry, ""));
            let is_taken = Some(!is_zero(weight));
            match coding.trim().to_ascii_lowercase().as_str() {
                "br" => brotli = is_taken,
                "gzip" | "x-gzip" => gzip = is_taken,
                "identity" => identity = is_taken,
                "*" => any = is_taken,
                _ => {}
            }
        }
        Self {
            brotli: brotli.or(any).unwrap_or(false),
            gzip: gzip.or(any).unwrap_or(false),
            // Only its name or `*;q=0` excludes it.
            identity: identity.or(any).unwrap_or(true),
        }
    }
}

/// Whether a client is to get a body of this length compressed by gzip. Only for answers that are the same for everybody: the
/// length of a compressed answer tells of secrets in it, if somebody else can choose other parts of it.
pub(crate) fn takes_gzip(request: &HeaderMap, length: usize) -> bool {
    length >= MIN_BYTES && Accepted::read(request).gzip
}

/// The body by gzip (RFC 1952). It has the fastest level: the best one makes a page a tenth shorter, in five times the time.
pub(crate) fn gzip(body: &[u8]) -> Result<Bytes, ApiError> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let compressed = encoder.write_all(body).and_then(|()| encoder.finish());
    compressed.map(Bytes::from).map_err(|_| ApiError::Internal("a body was not compressed"))
}

/// Whether a weight is `q=0`, with or without decimals (RFC 9110, section 12.4.2): the client does not take the encoding.
fn is_zero(weight: &str) -> bool {
    let value = weight.trim().strip_prefix(['q', 'Q']).and_then(|rest| rest.trim_start().strip_prefix('='));
    let after_zero = value.and_then(|value| value.trim_start().strip_prefix('0'));
    let decimals = after_zero.map(|rest| rest.strip_prefix('.').unwrap_or(rest));
    decimals.is_some_and(|decimals| decimals.bytes().all(|b| b == b'0'))
}
