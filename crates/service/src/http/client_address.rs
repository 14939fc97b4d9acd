//! The address of the client.

use domain::{ClientAddress, ForwardingSyntax};
use http::header::FORWARDED;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::context::{AddressSource, Context, Event, Level, Platform, ProxySettings};

/// The header in which the host gives the address of its peer. It comes after any header of this name that the client has
/// sent.
const HOST_HEADER: HeaderName = HeaderName::from_static("spin-client-addr");

/// Headers in which proxies report addresses. One of them in a request means that there may be a proxy.
const FORWARDING_HEADERS: [&str; 6] =
    ["x-forwarded-for", "forwarded", "x-real-ip", "cf-connecting-ip", "true-client-ip", "fly-client-ip"];

impl<P: Platform> Context<'_, P> {
    /// The address of the client: that of the host's peer or, if the peer is a trusted proxy, the last one in the header
    /// that belongs to no trusted proxy.
    ///
    /// `None` on a host that does not give the address, if no header is configured; then nothing is counted by address. With
    /// a header, such a host is taken to be reached through the proxies alone. Requests in which the header is missing or
    /// does not read share one address.
    pub(crate) fn client_address(&self, source: &AddressSource, headers: &HeaderMap) -> Option<ClientAddress> {
        self.address.set(self.find_address(source, headers));
        self.address.get()
    }

    fn find_address(&self, source: &AddressSource, headers: &HeaderMap) -> Option<ClientAddress> {
        let peer = peer(source, headers);
        let Some(ProxySettings { header, trusted }) = &source.proxies else {
            self.ignored_header.set(FORWARDING_HEADERS.into_iter().find(|name| headers.contains_key(*name)));
            return peer;
        };
        if peer.is_some_and(|peer| !trusted.contains(peer)) {
            return peer;
        }
        let syntax = if *header == FORWARDED { ForwardingSyntax::Forwarded } else { ForwardingSyntax::Addresses };
        let lines = headers.get_all(header).iter().rev();
        Some(trusted.client(lines.flat_map(|line| syntax.addresses(text(line)))))
    }

    /// Warns an operator that a header of a proxy is ignored, because then all clients behind the proxy count as one. A
    /// request does not know what was logged before it, so chance decides, except where a client is refused, perhaps for
    /// what others did.
    pub(crate) fn warn_of_ignored_header(&self, is_refused: bool) {
        let Some(header) = self.ignored_header.get() else { return };
        let [byte] = self.random();
        // One in 64.
        if is_refused || byte < 4 {
            let event = Event::new(Level::Warn, "forwarding_header_ignored").with("header", header);
            self.log(event.with("variable", "client_address_header"));
        }
    }
}

/// Whether the host's peer is a proxy that is believed. A host that does not say who its peer is, is reached through the
/// proxies alone.
pub(super) fn is_by_trusted_proxy(source: &AddressSource, headers: &HeaderMap) -> bool {
    let is_trusted = |proxies: &ProxySettings| peer(source, headers).is_none_or(|peer| proxies.trusted.contains(peer));
    source.proxies.as_ref().is_some_and(is_trusted)
}

fn peer(source: &AddressSource, headers: &HeaderMap) -> Option<ClientAddress> {
    if !source.host_names_peer {
        return None;
    }
    headers.get_all(HOST_HEADER).iter().next_back().map(|value| ClientAddress::parse(text(value)))
}

fn text(value: &HeaderValue) -> &str {
    str::from_utf8(value.as_bytes()).unwrap_or_default()
}
