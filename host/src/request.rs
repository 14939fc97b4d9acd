//! Makes the request that a guest sees out of the request that a client sent.

use std::net::SocketAddr;

use http::header::HOST;
use http::request::Parts;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, HeaderName, HeaderValue, Uri, Version};

use crate::client_network::ClientNetwork;
use crate::problem::Problem;
use crate::route::Match;

/// The limit for the head of a request, in bytes; a longer head gets 431. The limit is above what clients normally send,
/// so that the component decides about long headers.
pub(crate) const MAX_HEAD: usize = 256 * 1024;

/// Spin reaches the components of an application by host names in this domain.
const SPIN_DOMAIN: &str = "spin.internal";

/// Both ends of a connection.
#[derive(Debug)]
pub(crate) struct Addresses {
    /// The value of `spin-client-addr`.
    pub(crate) client: HeaderValue,
    /// What the client is counted as.
    pub(crate) network: ClientNetwork,
    /// The address that the client has connected to.
    pub(crate) own: Authority,
    /// `https` if the connection has TLS.
    scheme: Scheme,
}

impl Addresses {
    pub(crate) fn new(client: SocketAddr, own: SocketAddr) -> Option<Self> {
        let network = client.ip().into();
        let (client, own) = (client.to_string().parse().ok()?, own.to_string().parse().ok()?);
        Some(Self { client, network, own, scheme: Scheme::HTTP })
    }

    /// The same addresses, of a connection with TLS.
    pub(crate) fn by_https(self) -> Self {
        Self { scheme: Scheme::HTTPS, ..self }
    }
}

/// The authority and the path that a request is for.
#[derive(Debug)]
pub(crate) struct Target {
    scheme: Scheme,
    authority: Authority,
    path_and_query: PathAndQuery,
}

impl Target {
    /// Takes both from the request target and the Host header. HTTP/2 has the authority in the target, and its scheme is what the
    /// client says: as in Spin, that of the connection counts. HTTP/1.0 (RFC 1945) has no such header, and the health checks of
    /// load balancers do not send it: such a request is for the address that the client has connected to.
    ///
    /// # Errors
    ///
    /// [`Problem::InvalidTarget`] if the target is not a path, [`Problem::InvalidHost`] if the Host header is missing,
    /// repeated or malformed, names a host that Spin reserves, or differs from the authority in the request target.
    pub(crate) fn new(head: &Parts, addresses: &Addresses) -> Result<Self, Problem> {
        let path_and_query = head.uri.path_and_query().filter(|target| target.path().starts_with('/'));
        let path_and_query = path_and_query.ok_or(Problem::InvalidTarget)?.clone();
        let mut hosts = head.headers.get_all(HOST).iter();
        let named = match (hosts.next(), hosts.next()) {
            (Some(host), None) => host.to_str().ok().and_then(|host| host.parse().ok()),
            (None, _) if head.version == Version::HTTP_10 => {
                Some(head.uri.authority().unwrap_or(&addresses.own).clone())
            }
            (None, _) if head.version == Version::HTTP_2 => head.uri.authority().cloned(),
            _ => None,
        };
        let authority = named.filter(is_clear).ok_or(Problem::InvalidHost)?;
        if head.uri.authority().is_some_and(|other| *other != authority) {
            return Err(Problem::InvalidHost);
        }
        Ok(Self { scheme: addresses.scheme.clone(), authority, path_and_query })
    }

    /// The path without the query.
    pub(crate) fn path(&self) -> &str {
        self.path_and_query.path()
    }

    /// Adds Spin's headers (`crates/trigger-http/src/headers.rs`) after those that the client sent. If several headers
    /// have the same name, only the last one is from the host and can be trusted.
    ///
    /// # Errors
    ///
    /// [`Problem::InvalidHeader`] for a header whose value is not UTF-8.
    pub(crate) fn add_headers(
        &self,
        headers: &mut HeaderMap,
        client: &HeaderValue,
        found: &Match<'_, '_>,
    ) -> Result<(), Problem> {
        if headers.values().any(|value| str::from_utf8(value.as_bytes()).is_err()) {
            return Err(Problem::InvalidHeader);
        }
        let full_url = format!("{}://{}{}", self.scheme, self.authority, self.path_and_query);
        append(headers, "spin-path-info", &found.tail());
        append(headers, "spin-full-url", &full_url);
        append(headers, "spin-matched-route", &found.route.matched);
        append(headers, "spin-base-path", "/");
        append(headers, "spin-raw-component-route", &found.route.pattern);
        append(headers, "spin-component-route", found.route.prefix());
        headers.append("spin-client-addr", client.clone());
        for (name, value) in found.parameters() {
            append(headers, &format!("spin-path-match-{}", name.replace('_', "-")), value);
        }
        Ok(())
    }

    /// The URI as the guest sees it.
    ///
    /// # Errors
    ///
    /// Never happens, because both parts are valid.
    pub(crate) fn into_uri(self) -> Result<Uri, http::Error> {
        Uri::builder().scheme(self.scheme).authority(self.authority).path_and_query(self.path_and_query).build()
    }
}

/// Appends a header, or leaves it out if it cannot be one, as Spin does: the name of a parameter may not be a valid
/// header name, and a path may contain a control character.
fn append(headers: &mut HeaderMap, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_bytes(value.as_bytes())) {
        headers.append(name, value);
    }
}

fn is_clear(authority: &Authority) -> bool {
    let has_userinfo = authority.as_str().contains('@');
    // Spin treats such a Host as the name of one of its own components, and drops the header.
    let is_of_spin = authority.host().split_once('.').is_some_and(|(_, domain)| domain == SPIN_DOMAIN);
    !authority.host().is_empty() && !has_userinfo && !is_of_spin
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn target_of(version: Version, uri: &str, hosts: &[&str]) -> Result<Target, Problem> {
        let mut request = Request::builder().version(version).uri(uri);
        for host in hosts {
            request = request.header(HOST, host.as_bytes());
        }
        let addresses = Addresses::new("192.0.2.1:1".parse().unwrap(), "192.0.2.7:3000".parse().unwrap()).unwrap();
        let addresses = if version == Version::HTTP_2 { addresses.by_https() } else { addresses };
        Target::new(&request.body(()).unwrap().into_parts().0, &addresses)
    }

    fn target(uri: &str, hosts: &[&str]) -> Result<Target, Problem> {
        target_of(Version::HTTP_11, uri, hosts)
    }

    #[test]
    fn http_1_0_needs_no_host_header_but_a_clear_one() {
        for (uri, hosts, expected) in [
            ("/a?b", &[][..], "http://192.0.2.7:3000/a?b"),
            ("http://other/a", &[], "http://other/a"),
            ("/a", &["other"], "http://other/a"),
        ] {
            let found = target_of(Version::HTTP_10, uri, hosts).unwrap().into_uri().unwrap();
            assert_eq!(found.to_string(), expected, "{uri} {hosts:?}");
        }
        for (uri, hosts) in [
            ("/", &["a", "a"][..]),
            ("/", &[""]),
            ("/", &["a b"]),
            ("/", &["messages.spin.internal"]),
            ("http://other/", &["a"]),
            ("http://user@a/", &[]),
            ("http://messages.spin.internal/", &[]),
        ] {
            let refused = target_of(Version::HTTP_10, uri, hosts).unwrap_err();
            assert_eq!(refused, Problem::InvalidHost, "{uri} {hosts:?}");
        }
    }

    #[test]
    fn http_2_has_its_authority_in_the_target_and_the_scheme_of_its_connection() {
        for (uri, hosts, expected) in [
            ("https://a:3000/b?c", &[][..], "https://a:3000/b?c"),
            ("http://a/", &["a"], "https://a/"),
            ("/b", &["a"], "https://a/b"),
        ] {
            let found = target_of(Version::HTTP_2, uri, hosts).unwrap().into_uri().unwrap();
            assert_eq!(found.to_string(), expected, "{uri} {hosts:?}");
        }
        for (uri, hosts, problem) in [
            ("/", &[][..], Problem::InvalidHost),
            ("https://a/", &["b"], Problem::InvalidHost),
            ("https://a/", &["a", "a"], Problem::InvalidHost),
            ("https://messages.spin.internal/", &[], Problem::InvalidHost),
            ("a:443", &[], Problem::InvalidTarget),
        ] {
            assert_eq!(target_of(Version::HTTP_2, uri, hosts).unwrap_err(), problem, "{uri} {hosts:?}");
        }
    }

    #[test]
    fn the_authority_is_that_of_the_target_or_of_the_host_header() {
        for (uri, host, expected) in [
            ("/a?b=c", "example.com:80", "http://example.com:80/a?b=c"),
            ("/", "[::1]:3000", "http://[::1]:3000/"),
            ("//a//", "localhost", "http://localhost//a//"),
            ("https://other/a", "other", "http://other/a"),
            ("http://OTHER", "other", "http://other/"),
        ] {
            assert_eq!(target(uri, &[host]).unwrap().into_uri().unwrap().to_string(), expected);
        }
    }

    #[test]
    fn refusals() {
        for (uri, hosts, problem) in [
            ("*", &["a"][..], Problem::InvalidTarget),
            ("example.com:443", &["a"], Problem::InvalidTarget),
            ("http://user@a/", &["a"], Problem::InvalidHost),
            ("http://other/a", &["a"], Problem::InvalidHost),
            ("http://a/", &[], Problem::InvalidHost),
            ("/", &["messages.spin.internal"], Problem::InvalidHost),
            ("/", &["messages.spin.internal:80"], Problem::InvalidHost),
            ("/", &[], Problem::InvalidHost),
            ("/", &["a", "a"], Problem::InvalidHost),
            ("/", &[""], Problem::InvalidHost),
            ("/", &["a b"], Problem::InvalidHost),
            ("/", &["a/b"], Problem::InvalidHost),
            ("/", &["user@a"], Problem::InvalidHost),
            ("/", &["\u{e9}"], Problem::InvalidHost),
            ("/", &["a:b:c"], Problem::InvalidHost),
        ] {
            assert_eq!(target(uri, hosts).unwrap_err(), problem, "{uri} {hosts:?}");
        }
    }

    fn add_headers(pattern: &str, path: &str, headers: &mut HeaderMap) -> Result<(), Problem> {
        let router = crate::route::Router::new([(pattern.to_owned(), "c".to_owned())]).unwrap();
        let target = target(path, &["h"]).unwrap();
        let client = HeaderValue::from_static("192.0.2.1:1");
        target.add_headers(headers, &client, &router.find(target.path()).unwrap())
    }

    #[test]
    fn our_headers_are_those_of_spin_and_come_last() {
        let mut headers = HeaderMap::new();
        headers.append("spin-client-addr", HeaderValue::from_static("forged"));
        add_headers("/api/:the_KIND/...", "/api/x/y?z", &mut headers).unwrap();
        let addresses: Vec<_> = headers.get_all("spin-client-addr").iter().collect();
        assert_eq!(addresses, ["forged", "192.0.2.1:1"]);
        for (name, value) in [
            ("spin-path-info", "/y"),
            ("spin-full-url", "http://h/api/x/y?z"),
            ("spin-matched-route", "/api/:the_KIND/..."),
            ("spin-base-path", "/"),
            ("spin-raw-component-route", "/api/:the_KIND/..."),
            ("spin-component-route", "/api/:the_KIND"),
            ("spin-path-match-the-kind", "x"),
        ] {
            assert_eq!(headers[name], value, "{name}");
        }
        assert_eq!(headers.len(), 9);
    }

    #[test]
    fn what_is_not_utf_8_is_refused_and_what_is_passes() {
        let mut headers = HeaderMap::new();
        headers.append("x", HeaderValue::from_bytes("\u{e9}".as_bytes()).unwrap());
        assert_eq!(add_headers("/...", "/\u{e9}", &mut headers), Ok(()));
        assert_eq!(headers["spin-path-info"].as_bytes(), "/\u{e9}".as_bytes());
        headers.append("x", HeaderValue::from_bytes(b"\xe9").unwrap());
        assert_eq!(add_headers("/...", "/", &mut headers), Err(Problem::InvalidHeader));
    }
}
