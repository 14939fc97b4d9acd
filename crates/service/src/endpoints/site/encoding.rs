//! Which content encoding a client gets (RFC 9110, section 12.5.3): the shortest that it accepts. The order of its weights
//! is ignored, because clients that can read Brotli prefer it.

use http::HeaderMap;
use http::header::ACCEPT_ENCODING;

use super::asset::{Asset, Encoded};

/// Which encodings `Accept-Encoding` accepts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Accepted {
    brotli: bool,
    gzip: bool,
    identity: bool,
}

impl Accepted {
    pub(super) fn read(request: &HeaderMap) -> Self {
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

    /// The encoding to send, with its name; the name is `None` for the file as it is. Returns `None` if the client accepts
    /// no encoding of the file.
    pub(super) fn choose(self, asset: &Asset) -> Option<(Option<&'static str>, &Encoded)> {
        let brotli = asset.brotli.as_ref().filter(|_| self.brotli).map(|encoded| (Some("br"), encoded));
        let gzip = asset.gzip.as_ref().filter(|_| self.gzip).map(|encoded| (Some("gzip"), encoded));
        brotli.or(gzip).or(self.identity.then_some((None, &asset.identity)))
    }
}

/// Whether a weight is `q=0`, with or without decimals (RFC 9110, section 12.4.2): the client does not take the encoding.
fn is_zero(weight: &str) -> bool {
    let value = weight.trim().strip_prefix(['q', 'Q']).and_then(|rest| rest.trim_start().strip_prefix('='));
    let after_zero = value.and_then(|value| value.trim_start().strip_prefix('0'));
    let decimals = after_zero.map(|rest| rest.strip_prefix('.').unwrap_or(rest));
    decimals.is_some_and(|decimals| decimals.bytes().all(|b| b == b'0'))
}
