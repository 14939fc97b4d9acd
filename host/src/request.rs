//! Making of what a client sent the request that a guest sees.

use crate::problem::Problem;
use crate::route::Match;
use http::header::HOST;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, HeaderName, HeaderValue, Uri};

/// Whom and what a request is for.
#[derive(Debug)]
pub(crate) struct Target {
    authority: Authority,
    path_and_query: PathAndQuery,
}

impl Target {
    /// Of the request target and the Host header.
    ///
    /// # Errors
    ///
    /// [`Problem::InvalidTarget`] for what is no path, [`Problem::InvalidHost`] for a missing, repeated or malformed
    /// Host.
    pub(crate) fn new(uri: &Uri, headers: &HeaderMap) -> Result<Self, Problem> {
        let path_and_query =
            uri.path_and_query().filter(|target| target.path().starts_with('/')).ok_or(Problem::InvalidTarget)?.clone();
        let mut hosts = headers.get_all(HOST).iter();
        let (Some(host), None) = (hosts.next(), hosts.next()) else { return Err(Problem::InvalidHost) };
        let host = authority(host).ok_or(Problem::InvalidHost)?;
        // RFC 9112, 3.2.2: in absolute form the Host header does not count.
        let authority = uri.authority().cloned().unwrap_or(host);
        if authority.as_str().contains('@') {
            return Err(Problem::InvalidTarget);
        }
        Ok(Self { authority, path_and_query })
    }

    /// Without the query.
    pub(crate) fn path(&self) -> &str {
        self.path_and_query.path()
    }

    /// Adds Spin's headers after those that the client sent: of several with one name the last is the true one.
    pub(crate) fn add_headers(&self, headers: &mut HeaderMap, client: &HeaderValue, route: &Match<'_, '_, impl Sized>) {
        let full_url = format!("http://{}{}", self.authority, self.path_and_query);
        append(headers, HeaderName::from_static("spin-path-info"), &route.tail);
        append(headers, HeaderName::from_static("spin-full-url"), &full_url);
        append(headers, HeaderName::from_static("spin-component-route"), route.prefix);
        headers.append(HeaderName::from_static("spin-client-addr"), client.clone());
        for (name, value) in &route.parameters {
            if let Ok(name) = format!("spin-path-match-{name}").parse() {
                append(headers, name, value);
            }
        }
    }

    /// The URI as the guest sees it.
    ///
    /// # Errors
    ///
    /// Never, as both parts are valid.
    pub(crate) fn into_uri(self) -> Result<Uri, http::Error> {
        Uri::builder().scheme(Scheme::HTTP).authority(self.authority).path_and_query(self.path_and_query).build()
    }
}

fn append(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    // A path may have bytes that a header value may not; Spin leaves such a header out too.
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.append(name, value);
    }
}

fn authority(host: &HeaderValue) -> Option<Authority> {
    let authority: Authority = host.to_str().ok()?.parse().ok()?;
    let has_userinfo = authority.as_str().contains('@');
    (!authority.host().is_empty() && !has_userinfo).then_some(authority)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(uri: &str, hosts: &[&str]) -> Result<Target, Problem> {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, HeaderValue::from_bytes(host.as_bytes()).unwrap());
        }
        Target::new(&uri.parse().unwrap(), &headers)
    }

    #[test]
    fn the_authority_is_that_of_the_target_or_of_the_host_header() {
        for (uri, host, expected) in [
            ("/a?b=c", "example.com:80", "http://example.com:80/a?b=c"),
            ("/", "[::1]:3000", "http://[::1]:3000/"),
            ("//a//", "localhost", "http://localhost//a//"),
            ("https://other/a", "example.com", "http://other/a"),
            ("http://other", "example.com", "http://other/"),
        ] {
            assert_eq!(target(uri, &[host]).unwrap().into_uri().unwrap().to_string(), expected);
        }
    }

    #[test]
    fn refusals() {
        for (uri, hosts, problem) in [
            ("*", &["a"][..], Problem::InvalidTarget),
            ("example.com:443", &["a"], Problem::InvalidTarget),
            ("http://user@a/", &["a"], Problem::InvalidTarget),
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

    #[test]
    fn our_headers_come_last() {
        let router = crate::route::Router::new([("/api/:kind/...".to_owned(), ())]).unwrap();
        let found = router.find("/api/x/y").unwrap();
        let mut headers = HeaderMap::new();
        headers.append("spin-client-addr", HeaderValue::from_static("forged"));
        let client = HeaderValue::from_static("192.0.2.1:1");
        target("/api/x/y?z", &["h"]).unwrap().add_headers(&mut headers, &client, &found);
        let addresses: Vec<_> = headers.get_all("spin-client-addr").iter().collect();
        assert_eq!(addresses, ["forged", "192.0.2.1:1"]);
        assert_eq!(headers["spin-path-info"], "/y");
        assert_eq!(headers["spin-component-route"], "/api/:kind");
        assert_eq!(headers["spin-full-url"], "http://h/api/x/y?z");
        assert_eq!(headers["spin-path-match-kind"], "x");
    }
}
