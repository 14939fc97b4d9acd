//! The address of the client.

use domain::ClientAddress;
use http::{HeaderMap, HeaderName};

/// The header in which the host gives the client's address. It comes after any header of this name that the client has
/// sent.
const HOST_HEADER: HeaderName = HeaderName::from_static("spin-client-addr");

/// The address of the client, from the host's header or, if a proxy is trusted, from the header of that proxy. Of several
/// values the last one counts: the others were sent by the client, or by a proxy before the trusted one.
///
/// `None` on a host that does not give the address; then nothing is counted by address. If a proxy is trusted, a request
/// without its header did not come through it, and shares one address with all other requests of that kind.
pub(crate) fn client_address(proxy_header: Option<&HeaderName>, headers: &HeaderMap) -> Option<ClientAddress> {
    let value = |name: &HeaderName| headers.get_all(name).iter().next_back().map(|value| value.to_str().unwrap_or(""));
    match proxy_header {
        Some(name) => {
            let last = value(name).and_then(|list| list.rsplit(',').next()).unwrap_or("");
            Some(ClientAddress::parse(last))
        }
        None => value(&HOST_HEADER).map(ClientAddress::parse),
    }
}
