//! `GET /.well-known/openid-configuration` and `GET /.well-known/oauth-authorization-server`: by these a verifier that knows
//! nothing but the issuer of a token finds the keys (OpenID Connect Discovery 1.0; RFC 8414).

use std::net::Ipv4Addr;

use domain::ALGORITHM;
use http::header::CACHE_CONTROL;
use http::{StatusCode, Uri};
use serde::Serialize;

use super::table::KEY_SET;
use crate::http::problem::ApiError;
use crate::http::reply::{Reply, TEN_MINUTES, json};

/// Names no endpoint of OAuth and no grant type, because there is none: a token comes from `POST /api/login`. The other members
/// are those that both standards require.
#[derive(Serialize)]
struct Metadata<'a> {
    /// Byte for byte the claim `iss`.
    issuer: &'a str,
    jwks_uri: String,
    response_types_supported: [&'static str; 1],
    subject_types_supported: [&'static str; 1],
    id_token_signing_alg_values_supported: [&'static str; 1],
}

/// The metadata of an issuer, if verifiers can find it by its URL.
pub(super) fn reply(issuer: &str) -> Result<Reply, ApiError> {
    if !is_discoverable(issuer) {
        return Err(ApiError::NoIssuerUrl);
    }
    let metadata = Metadata {
        issuer,
        jwks_uri: format!("{}{KEY_SET}", issuer.strip_suffix('/').unwrap_or(issuer)),
        // The list may not be empty. The type `none` is that of an answer without code and token.
        response_types_supported: ["none"],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: [ALGORITHM],
    };
    let mut reply = json(StatusCode::OK, &metadata);
    reply.headers_mut().insert(CACHE_CONTROL, TEN_MINUTES);
    Ok(reply)
}

/// Whether an issuer is a URL without user, query and fragment, by https, or by http on the verifier's own machine.
fn is_discoverable(issuer: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=:/[]".contains(&b);
    let Ok(url) = issuer.parse::<Uri>() else { return false };
    let (Some(scheme), Some(authority)) = (url.scheme_str(), url.authority()) else { return false };
    let host = authority.host();
    let is_address = !host.is_empty() && (authority == host || authority.port_u16().is_some());
    let is_safe = scheme == "https" || (scheme == "http" && is_loopback(host));
    is_address && is_safe && issuer.bytes().all(is_plain)
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host == "[::1]" || host.parse().is_ok_and(|address: Ipv4Addr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_url_can_be_discovered() {
        for issuer in [
            "https://id.example",
            "https://id.example/",
            "https://id.example:8443/latchkey",
            "https://[2001:db8::1]",
            "http://localhost:3000",
            "http://127.0.0.1:3000",
            "http://127.1.2.3",
            "http://[::1]:3000/",
        ] {
            assert!(is_discoverable(issuer), "{issuer}");
        }
        for issuer in [
            "latchkey",
            "id.example",
            "id.example:443",
            "/issuer",
            "*",
            "urn:example:issuer",
            "https:",
            "https://",
            "https:///path",
            "https://:443",
            "https://id.example:port",
            "https://id.example?tenant=1",
            "https://id.example/?",
            "https://id.example#a",
            "https://id.example/#",
            "https://user@id.example",
            "https://user:password@id.example",
            "https://id.example/a b",
            "https://id.example/\u{fc}",
            "https://b\u{fc}cher.example",
            "http://id.example",
            "http://127.0.0.1.id.example",
            "http://localhost.id.example",
            "http://10.0.0.1",
            "ftp://id.example",
        ] {
            assert!(!is_discoverable(issuer), "{issuer}");
        }
    }
}
