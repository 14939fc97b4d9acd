use std::net::IpAddr;

use ipnet::IpNet;

use super::address::ClientAddress;

/// The networks of the proxies that are believed when they report their clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

/// A text that is no list of trusted proxies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("1 to 1000 addresses or networks such as 192.0.2.0/24, with spaces or commas between them, and no network /0")]
pub struct TrustedProxiesError;

impl TrustedProxies {
    const MAX_NETWORKS: usize = 1000;
    /// Longer lists than this are sent by nobody but attackers, and reading them costs time.
    const MAX_ADDRESSES: usize = 16;

    /// Reads what an operator configured: addresses and networks, with spaces or commas between them.
    ///
    /// # Errors
    /// One of them does not read, or holds all addresses: then every client could choose its address. Or there are none, or
    /// too many.
    pub fn parse(raw: &str) -> Result<Self, TrustedProxiesError> {
        let parts = raw.split([' ', ',', '\t', '\n', '\r']).filter(|part| !part.is_empty());
        let networks = parts.map(network).take(Self::MAX_NETWORKS + 1).collect::<Option<Vec<_>>>();
        match networks.ok_or(TrustedProxiesError)? {
            networks if (1..=Self::MAX_NETWORKS).contains(&networks.len()) => Ok(Self(networks)),
            _ => Err(TrustedProxiesError),
        }
    }

    /// Whether the address is that of a trusted proxy.
    pub fn contains(&self, address: ClientAddress) -> bool {
        address.ip().is_some_and(|ip| self.0.iter().any(|network| network.contains(&ip)))
    }

    /// The client, from the addresses that the proxies reported, the last one first. Each proxy reports the address before
    /// it, so the first address that belongs to no trusted proxy was reported by a trusted one; what comes after it may be
    /// made up by the client. If all belong to trusted proxies, the client is in one of their networks, and its address is
    /// the last that is read.
    pub fn client(&self, addresses: impl Iterator<Item = ClientAddress>) -> ClientAddress {
        let mut client = ClientAddress::UNKNOWN;
        for address in addresses.take(Self::MAX_ADDRESSES) {
            client = address;
            if !self.contains(address) {
                break;
            }
        }
        client
    }
}

fn network(raw: &str) -> Option<IpNet> {
    let address = || raw.parse().ok().map(|ip: IpAddr| IpNet::from(ip.to_canonical()));
    let network = raw.parse().ok().or_else(address)?;
    // An IPv4 address that is written as an IPv6 address counts as the IPv4 address, so such a network has none.
    let is_mapped = matches!(network, IpNet::V6(network) if network.addr().to_ipv4_mapped().is_some());
    (network.prefix_len() > 0 && !is_mapped).then_some(network)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &str, addresses: &[&str]) -> String {
        let addresses = addresses.iter().map(|raw| ClientAddress::parse(raw));
        TrustedProxies::parse(trusted).unwrap().client(addresses).to_string()
    }

    #[test]
    fn addresses_and_networks_are_read() {
        for (raw, inside, outside) in [
            ("192.0.2.7", "192.0.2.7", "192.0.2.8"),
            ("::ffff:192.0.2.7", "192.0.2.7", "192.0.2.8"),
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
            ("10.1.2.3/8", "10.255.0.1", "11.0.0.1"),
            ("172.16.0.0/12", "172.31.255.255", "172.32.0.0"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::1"),
            ("2001:DB8::7", "2001:db8::7", "2001:db8::8"),
            ("::1", "::1", "127.0.0.1"),
            ("10.0.0.0/8,192.0.2.7", "192.0.2.7", "192.0.2.8"),
            (" 10.0.0.0/8 ,\n 192.0.2.7\t", "10.1.1.1", "unknown"),
            ("0.0.0.0/1 ::/1", "::ffff:10.1.1.1", ""),
        ] {
            let trusted = TrustedProxies::parse(raw).unwrap();
            assert!(trusted.contains(ClientAddress::parse(inside)), "{raw:?}: {inside}");
            assert!(!trusted.contains(ClientAddress::parse(outside)), "{raw:?}: {outside}");
        }
    }

    #[test]
    fn what_can_not_work_is_refused() {
        let many = "192.0.2.7 ".repeat(1001);
        for raw in [
            "",
            " ",
            ",",
            "10",
            "10.0.0.0/",
            "10.0.0.0/33",
            "10.0.0.0/-1",
            "10.0.0/8",
            "10.0.0.0/255.0.0.0",
            "10.0.0.*",
            "192.0.2.7:80",
            "[2001:db8::7]",
            "2001:db8::/129",
            "10.0.0.0/8;192.0.2.7",
            "10.0.0.0/8 proxy.example",
            "*",
            "0.0.0.0/0",
            "::/0",
            "10.0.0.0/8,0.0.0.0/0",
            "::ffff:10.0.0.0/104",
            &many,
        ] {
            assert_eq!(TrustedProxies::parse(raw), Err(TrustedProxiesError), "{raw:.40}");
        }
        assert!(TrustedProxies::parse(&many[10..]).is_ok());
    }

    /// The addresses are those of a header from its end.
    #[test]
    fn the_last_address_that_is_no_proxy_is_the_client() {
        for (addresses, expected) in [
            (&["192.0.2.7"][..], "192.0.2.7"),
            (&["192.0.2.7", "198.51.100.8"], "192.0.2.7"),
            (&["10.0.0.1", "192.0.2.7", "198.51.100.8"], "192.0.2.7"),
            (&["10.0.0.1", "203.0.113.5", "192.0.2.7", "10.0.0.2"], "192.0.2.7"),
            (&["10.0.0.1", "203.0.113.6", "192.0.2.7"], "203.0.113.6"),
            (&["10.0.0.1"], "10.0.0.1"),
            (&["10.0.0.1", "10.0.0.2", "203.0.113.5"], "203.0.113.5"),
            (&["alice", "192.0.2.7"], "unknown"),
            (&["10.0.0.1", "alice", "192.0.2.7"], "unknown"),
            (&["192.0.2.7", "alice"], "192.0.2.7"),
            (&[], "unknown"),
        ] {
            assert_eq!(client("10.0.0.0/8 203.0.113.5", addresses), expected, "{addresses:?}");
        }
    }

    #[test]
    fn at_most_16_addresses_are_read() {
        let mut read = 0;
        let addresses = std::iter::repeat_with(|| {
            read += 1;
            ClientAddress::parse(&format!("10.0.0.{read}"))
        });
        let found = TrustedProxies::parse("10.0.0.0/8").unwrap().client(addresses);
        assert_eq!((found.to_string().as_str(), read), ("10.0.0.16", 16));
    }
}
