use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The address of a client. All clients whose address can't be read share one value, so a client whose proxy reports no
/// address is still limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(Option<IpAddr>);

impl ClientAddress {
    /// The address of every client whose address can't be read.
    pub const UNKNOWN: Self = Self(None);

    /// Reads what a host or a proxy reports: an address, perhaps with a port, as in `192.0.2.7:4711` and
    /// `[2001:db8::7]:4711`.
    pub fn parse(raw: &str) -> Self {
        let raw = raw.trim();
        let bare = raw.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(raw);
        let ip = bare.parse().or_else(|_| raw.parse().map(|address: SocketAddr| address.ip()));
        // An IPv4 address that is written as an IPv6 address (`::ffff:192.0.2.7`) counts as the IPv4 address.
        Self(ip.ok().map(|ip: IpAddr| ip.to_canonical()))
    }

    /// What counts as one client: a whole IPv4 address, or the first 64 bits of an IPv6 address, because one customer line
    /// usually has all addresses below such a prefix.
    pub fn network(self) -> String {
        match self.0 {
            Some(IpAddr::V6(ip)) => ipv6_network(ip, 64),
            _ => self.to_string(),
        }
    }

    /// The first 48 bits of an IPv6 address. Providers give such a network to one customer, who then has 65,536 of the
    /// networks above. IPv4 has nothing like it.
    pub fn wide_network(self) -> Option<String> {
        match self.0 {
            Some(IpAddr::V6(ip)) => Some(ipv6_network(ip, 48)),
            _ => None,
        }
    }

    /// The network that is told to the owner of an account: the first 24 bits of an IPv4 address, or 48 of an IPv6 address.
    /// It says from where somebody came, and not who it was. `None` if the address is not known.
    pub fn coarse_network(self) -> Option<String> {
        match self.0? {
            IpAddr::V4(ip) => Some(format!("{}/24", Ipv4Addr::from_bits(ip.to_bits() & !0xff))),
            IpAddr::V6(ip) => Some(ipv6_network(ip, 48)),
        }
    }

    pub(super) const fn ip(self) -> Option<IpAddr> {
        self.0
    }
}

fn ipv6_network(ip: Ipv6Addr, bits: u32) -> String {
    let first = Ipv6Addr::from_bits(ip.to_bits() & !(u128::MAX >> bits));
    format!("{first}/{bits}")
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(ip) => ip.fmt(f),
            None => f.write_str("unknown"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_client_has_one_network() {
        for (raw, network) in [
            ("192.0.2.7", "192.0.2.7"),
            ("192.0.2.7:4711", "192.0.2.7"),
            (" 192.0.2.7 ", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("[::ffff:192.0.2.7]:80", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:DB8:1:2::1", "2001:db8:1:2::/64"),
            ("[2001:db8:1:2::1]", "2001:db8:1:2::/64"),
            ("[2001:db8:1:2::1]:443", "2001:db8:1:2::/64"),
            ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
            ("::1", "::/64"),
            ("", "unknown"),
            ("alice", "unknown"),
            ("192.0.2.7, 192.0.2.8", "unknown"),
            ("192.0.2.256", "unknown"),
        ] {
            assert_eq!(ClientAddress::parse(raw).network(), network, "{raw:?}");
        }
    }

    #[test]
    fn an_ipv6_customer_has_a_wide_network() {
        for (raw, network) in [
            ("2001:db8:1:2:3:4:5:6", Some("2001:db8:1::/48")),
            ("[2001:db8:1:ffff::1]:443", Some("2001:db8:1::/48")),
            ("2001:db8:2::1", Some("2001:db8:2::/48")),
            ("::1", Some("::/48")),
            ("192.0.2.7", None),
            ("::ffff:192.0.2.7", None),
            ("alice", None),
        ] {
            assert_eq!(ClientAddress::parse(raw).wide_network().as_deref(), network, "{raw:?}");
        }
    }
}
