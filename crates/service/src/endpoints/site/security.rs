//! The headers that restrict what our pages may do in a browser to what the app needs.

use http::header::{CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY};
use http::{HeaderMap, HeaderValue};

use super::asset::Site;

const FIXED: [(HeaderName, HeaderValue); 3] = [
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    // Only features that Chromium knows: it warns of any other on its console.
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(
            "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), \
             geolocation=(), gyroscope=(), hid=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), \
             payment=(), picture-in-picture=(), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()",
        ),
    ),
];

/// Adds the headers of every answer, whatever its status, besides those that the API has too (`reply::finish`).
pub(super) fn apply(site: &Site, response: &mut HeaderMap) {
    response.extend(FIXED);
    response.extend(HeaderValue::try_from(policy(site)).ok().map(|policy| (CONTENT_SECURITY_POLICY, policy)));
}

/// The `Content-Security-Policy`. `'wasm-unsafe-eval'` allows the page to compile WebAssembly, but not to evaluate text.
fn policy(site: &Site) -> String {
    let hashes: String = site.script_hashes.iter().map(|hash| format!(" '{hash}'")).collect();
    format!(
        "default-src 'none'; script-src 'self'{hashes} 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
         connect-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; \
         form-action 'self'"
    )
}
