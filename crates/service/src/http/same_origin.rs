//! Whether a request comes from a page of the app's own origin. A cookie counts only then.
//!
//! A page elsewhere can make a browser send a request with cookies, but it chooses neither `Sec-Fetch-Site`, `Origin` and
//! `Host` nor, without a preflight, the headers of proxies.

use http::header::ORIGIN;
use http::request::Parts;
use http::uri::Scheme;
use http::{HeaderMap, HeaderName};

use super::client_address::is_by_trusted_proxy;
use super::origin::{Origin, authority};
use crate::context::AddressSource;

/// Why a request is not taken for one of an own page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CrossSite {
    /// The browser says that the page has another origin.
    #[error("A page of another origin may not use this site's cookie.")]
    Told,
    /// `Origin` is not the host that was asked, as far as it is known here. A proxy may hide it.
    #[error(
        "A page of another origin may not use this site's cookie, and Origin is not the Host that was asked. If it is this \
         site, a proxy in front has to pass Host on unchanged; or it sends X-Forwarded-Host, and client_address_header and \
         trusted_proxies say that it is trusted."
    )]
    OriginIsNotHost,
}

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Browsers send `Sec-Fetch-Site` (Fetch Metadata) by https and to localhost, and no proxy changes what it says. Elsewhere
/// they send `Origin` with every POST. A client that sends neither is not a browser, and has no cookies but its own.
///
/// # Errors
/// The request comes from a page of another origin, or may come from one.
pub(crate) fn check_same_origin(request: &Parts, address_source: &AddressSource) -> Result<(), CrossSite> {
    let headers = &request.headers;
    if headers.contains_key(SEC_FETCH_SITE) {
        let is_same = headers.get_all(SEC_FETCH_SITE).iter().all(|site| site == "same-origin");
        return if is_same { Ok(()) } else { Err(CrossSite::Told) };
    }
    let proxied = is_by_trusted_proxy(address_source, headers);
    for origin in headers.get_all(ORIGIN) {
        let origin = Origin::of_header(origin).filter(Origin::is_of_the_web).ok_or(CrossSite::Told)?;
        if !is_own(&origin, request, proxied) {
            return Err(CrossSite::OriginIsNotHost);
        }
    }
    Ok(())
}

/// Whether the origin is that of the app. Only a trusted proxy says which host and scheme it was asked by.
fn is_own(origin: &Origin, request: &Parts, proxied: bool) -> bool {
    let forwarded = |name| if proxied { first(&request.headers, name) } else { None };
    let host = forwarded(FORWARDED_HOST).or_else(|| authority(request));
    let by_https = request.uri.scheme() == Some(&Scheme::HTTPS) || forwarded(FORWARDED_PROTO) == Some("https");
    // A proxy that ends TLS may not say so. Therefore `http` shows nothing, and the port decides.
    let is_scheme_possible = origin.is_https() || !by_https;
    is_scheme_possible && host.and_then(|host| origin.with_authority(host)).as_ref() == Some(origin)
}

/// The first value of a list: of a chain of proxies, the one that the browser has asked wrote it.
fn first(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()?.split(',').next().map(str::trim)
}
