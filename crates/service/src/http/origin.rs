//! Origins (HTML Standard, "Origin"): scheme, host and port of an address, in the one way in which browsers write them.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use http::HeaderValue;
use http::header::HOST;
use http::request::Parts;

/// The origin of pages that come from a host or, with a scheme of its own, of an app or an extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    scheme: String,
    host: String,
    /// `None` is the scheme's default.
    port: Option<u16>,
}

/// Schemes with a host that no page has as its origin. The pages of `file` all have the origin `null`.
const NO_PAGES: [&str; 4] = ["file", "ftp", "ws", "wss"];

impl Origin {
    /// Reads an origin in any spelling: in upper case, or with the default port.
    pub(crate) fn parse(raw: &str) -> Option<Self> {
        let (scheme, authority) = raw.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        let is_scheme = scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
        if !is_scheme || !scheme.starts_with(|c: char| c.is_ascii_lowercase()) || NO_PAGES.contains(&&*scheme) {
            return None;
        }
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port),
            _ => (authority, ""),
        };
        let default = match &*scheme {
            "http" => Some(80),
            "https" => Some(443),
            _ => None,
        };
        let port = match port {
            "" => None,
            digits if digits.bytes().all(|b| b.is_ascii_digit()) => Some(digits.parse().ok()?),
            _ => return None,
        };
        Some(Self { scheme, host: parse_host(host)?, port: port.filter(|_| port != default) })
    }

    /// The origin of a whole address, without its user, path and query.
    pub(crate) fn of_address(raw: &str) -> Option<Self> {
        let (scheme, rest) = raw.split_once("://")?;
        let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        Self::parse(&format!("{scheme}://{host}"))
    }

    /// The origin in an `Origin` header. A page has no origin where that is `null`.
    pub(crate) fn of_header(header: &HeaderValue) -> Option<Self> {
        Self::parse(header.to_str().ok()?)
    }

    /// The origin of this scheme on another host and port, which are written as in a `Host` header.
    pub(crate) fn with_authority(&self, authority: &str) -> Option<Self> {
        Self::parse(&format!("{}://{authority}", self.scheme))
    }

    /// Whether the `Origin` header of a browser names this origin. Browsers write those of the web in one way. Some leave
    /// the host of an extension in upper case.
    pub(crate) fn is_named_by(&self, header: &HeaderValue) -> bool {
        let text = self.to_string();
        match self.is_of_the_web() {
            true => header.as_bytes() == text.as_bytes(),
            false => header.as_bytes().eq_ignore_ascii_case(text.as_bytes()),
        }
    }

    /// Whether it is an origin of pages that come from a host, and not from an app.
    pub(crate) fn is_of_the_web(&self) -> bool {
        self.scheme == "http" || self.is_https()
    }

    /// The port, unless it is the default of the scheme.
    pub(crate) fn port(&self) -> Option<u16> {
        self.port
    }

    pub(crate) fn is_https(&self) -> bool {
        self.scheme == "https"
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Whether the host is a name that always means the machine itself.
    pub(crate) fn is_localhost(&self) -> bool {
        self.host == "localhost" || self.host.ends_with(".localhost")
    }

    /// Whether the host is an address, and no name.
    pub(crate) fn is_address(&self) -> bool {
        self.host.starts_with('[') || self.host.parse::<Ipv4Addr>().is_ok()
    }

    /// Whether the host is an address of the machine itself.
    pub(crate) fn is_loopback(&self) -> bool {
        self.host == "[::1]" || self.host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// The host and port that a request was sent to, as the client or the nearest proxy wrote them.
pub(crate) fn authority(request: &Parts) -> Option<&str> {
    let of_uri = request.uri.authority().map(|authority| authority.as_str());
    of_uri.or_else(|| request.headers.get(HOST)?.to_str().ok())
}

/// A host as the URL Standard serialises it. A name that is not ASCII would have to be converted to Punycode by large
/// tables, and so does not read: browsers never send one.
fn parse_host(raw: &str) -> Option<String> {
    if let Some(address) = raw.strip_prefix('[') {
        let address: Ipv6Addr = address.strip_suffix(']')?.parse().ok()?;
        let [.., high, low] = address.segments();
        // Rust writes the end of this one address as IPv4, and browsers do not.
        let is_mapped = address.to_ipv4_mapped().is_some();
        return Some(if is_mapped { format!("[::ffff:{high:x}:{low:x}]") } else { format!("[{address}]") });
    }
    let host = raw.to_ascii_lowercase();
    let name = host.strip_suffix('.').unwrap_or(&host);
    // A name that ends in a number is an IPv4 address, or nothing.
    let last = name.rsplit('.').next()?;
    if last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x") {
        return Some(name.parse::<Ipv4Addr>().ok()?.to_string());
    }
    let is_label =
        |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    name.split('.').all(is_label).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for (raw, written) in [
            ("https://app.example", "https://app.example"),
            ("HTTPS://App.Example", "https://app.example"),
            ("https://app.example:443", "https://app.example"),
            ("https://app.example:0443", "https://app.example"),
            ("https://app.example:", "https://app.example"),
            ("https://app.example:80", "https://app.example:80"),
            ("http://app.example:80", "http://app.example"),
            ("http://app.example:443", "http://app.example:443"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://localhost:65535", "http://localhost:65535"),
            ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
            ("https://XN--Bcher-KVA.example.", "https://xn--bcher-kva.example."),
            ("http://my_box", "http://my_box"),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("http://127.0.0.1.", "http://127.0.0.1"),
            ("http://[::1]:3000", "http://[::1]:3000"),
            ("http://[2001:DB8:0:0::0:7]", "http://[2001:db8::7]"),
            ("http://[::ffff:192.0.2.7]:80", "http://[::ffff:c000:207]"),
            ("capacitor://localhost", "capacitor://localhost"),
            ("Tauri://LocalHost", "tauri://localhost"),
            ("http://tauri.localhost", "http://tauri.localhost"),
            ("app://localhost:443", "app://localhost:443"),
            (
                "moz-extension://8b7f2a1c-0d3e-4f5a-9b6c-7d8e9f0a1b2c",
                "moz-extension://8b7f2a1c-0d3e-4f5a-9b6c-7d8e9f0a1b2c",
            ),
        ] {
            assert_eq!(Origin::parse(raw).map(|origin| origin.to_string()).as_deref(), Some(written), "{raw}");
        }
    }

    #[test]
    fn what_is_no_origin_does_not_read() {
        for raw in [
            "",
            "null",
            "*",
            "https",
            "https:app.example",
            "https:/app.example",
            "app.example",
            "localhost:8080",
            "//app.example",
            "://app.example",
            "https://",
            "https://:443",
            "https://app.example/",
            "https://app.example?",
            "https://app.example#",
            "https://app.example\\",
            "https://user@app.example",
            "https://app.example:443:443",
            "https://app.example:+443",
            "https://app.example:65536",
            "https://app.example:https",
            "https://*.app.example",
            "https://.app.example",
            "https://app..example",
            "https://app.example..",
            "https://b\u{fc}cher.example",
            "https://app%2eexample",
            "https://app example",
            " https://app.example",
            "https://127.1",
            "https://127.0.0.256",
            "https://0x7f000001",
            "https://[::1",
            "https://::1",
            "https://[::1]x",
            "https://[fe80::1%251]",
            "file://",
            "file://app.example",
            "ftp://app.example",
            "wss://app.example",
            "1app://localhost",
            "my app://localhost",
        ] {
            assert_eq!(Origin::parse(raw), None, "{raw}");
        }
    }

    #[test]
    fn a_header_names_an_origin_in_one_way() {
        for (origin, header, is_named) in [
            ("https://app.example", "https://app.example", true),
            ("https://app.example", "https://APP.example", false),
            ("https://app.example", "https://app.example:443", false),
            ("https://app.example", "http://app.example", false),
            ("https://app.example", "https://app.example.evil.example", false),
            ("safari-web-extension://1f2e", "safari-web-extension://1F2E", true),
            ("capacitor://localhost", "capacitor://localhost", true),
            ("capacitor://localhost", "ionic://localhost", false),
            ("capacitor://localhost", "null", false),
        ] {
            let origin = Origin::parse(origin).unwrap();
            assert_eq!(origin.is_named_by(&HeaderValue::from_static(header)), is_named, "{origin} {header}");
        }
    }
}
