//! Who asks.

use domain::ClientAddress;
use http::{HeaderMap, HeaderName};

/// The host's word for who asks. It comes after whatever the client itself sends under this name.
const HOST_HEADER: HeaderName = HeaderName::from_static("spin-client-addr");

/// The address of the client, by the host's word, or by that of the proxy that is trusted, in its header. Of several values
/// the last one counts: the others were sent by the client, or by a proxy before the trusted one.
///
/// `None` on a host that says nothing: then nothing is counted by address. Where a proxy is trusted, a request without
/// its header did not come through it, and shares one address with all others of that sort.
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
