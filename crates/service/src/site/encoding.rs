//! Which content encoding a client gets (RFC 9110, section 12.5.3).

use http::HeaderMap;
use http::header::ACCEPT_ENCODING;

use super::{Asset, Encoded};

/// What `Accept-Encoding` says of each encoding, in thousandths; 0 is "no".
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Accepted {
    brotli: u16,
    gzip: u16,
    identity: u16,
}

/// Of an encoding that is acceptable because nothing was said of it: less than anything that was named.
const UNSAID: u16 = 1;

impl Accepted {
    pub(super) fn read(request: &HeaderMap) -> Self {
        let (mut brotli, mut gzip, mut identity, mut any) = (None, None, None, None);
        let values = request.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        for (coding, weight) in values.flat_map(|value| value.split(',')).filter_map(preference) {
            match coding.to_ascii_lowercase().as_str() {
                "br" => brotli = Some(weight),
                "gzip" | "x-gzip" => gzip = Some(weight),
                "identity" => identity = Some(weight),
                "*" => any = Some(weight),
                _ => {}
            }
        }
        Self {
            brotli: brotli.or(any).unwrap_or(0),
            gzip: gzip.or(any).unwrap_or(0),
            // Excluded by name or by "*;q=0" alone; by "*" it is as good as others, and then the shorter one is sent.
            identity: identity.or(any).unwrap_or(UNSAID),
        }
    }

    /// The acceptable encoding that the client likes best, and of equals the shortest; with its name unless it is none.
    pub(super) fn choose(self, asset: &Asset) -> Option<(Option<&'static str>, &Encoded)> {
        let offers = [
            (self.identity, None, Some(&asset.identity)),
            (self.gzip, Some("gzip"), asset.gzip.as_ref()),
            (self.brotli, Some("br"), asset.brotli.as_ref()),
        ];
        let acceptable = offers.into_iter().filter(|(weight, ..)| *weight > 0);
        let there = acceptable.filter_map(|(weight, coding, encoded)| Some((weight, coding, encoded?)));
        // Of equals the last.
        there.max_by_key(|(weight, ..)| *weight).map(|(_, coding, encoded)| (coding, encoded))
    }
}

/// An encoding and its weight; one whose weight is malformed is not there.
fn preference(entry: &str) -> Option<(&str, u16)> {
    let mut parts = entry.split(';').map(str::trim);
    let coding = parts.next().filter(|coding| !coding.is_empty())?;
    match parts.next() {
        None => Some((coding, 1000)),
        Some(parameter) => {
            let weight = parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q="))?;
            Some((coding, thousandths(weight)?))
        }
    }
}

/// `0`, `0.5`, `1.000`: from 0 to 1, at most three decimals.
fn thousandths(weight: &str) -> Option<u16> {
    let (whole, decimals) = weight.split_once('.').unwrap_or((weight, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let fraction: u16 = format!("{decimals:0<3}").parse().ok()?;
    match (whole, fraction) {
        ("0", fraction) => Some(fraction),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights() {
        for (weight, thousand) in [
            ("0", Some(0)),
            ("0.", Some(0)),
            ("0.5", Some(500)),
            ("0.05", Some(50)),
            ("0.001", Some(1)),
            ("1", Some(1000)),
            ("1.000", Some(1000)),
            ("1.001", None),
            ("0.0001", None),
            ("2", None),
            ("-1", None),
            ("0.-1", None),
            ("0.+1", None),
            ("", None),
            (".5", None),
            ("half", None),
        ] {
            assert_eq!(thousandths(weight), thousand, "{weight:?}");
        }
    }
}
