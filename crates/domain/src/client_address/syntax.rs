use super::address::ClientAddress;

/// How a header in which proxies report their clients is written. Each proxy appends one entry, so the last entry is that
/// of the nearest proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForwardingSyntax {
    /// Addresses with commas between them, as in `X-Forwarded-For`, or one address, as in `X-Real-IP`.
    Addresses,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

impl ForwardingSyntax {
    /// The addresses in one line of the header, from the last to the first. An entry that does not read gives
    /// [`ClientAddress::UNKNOWN`].
    pub fn addresses(self, line: &str) -> impl Iterator<Item = ClientAddress> {
        rsplit_unquoted(line, ',').map(move |entry| match self {
            Self::Addresses => ClientAddress::parse(entry),
            Self::Forwarded => forwarded_for(entry),
        })
    }
}

/// The address in one element of `Forwarded`: that of its parameter `for`, which may occur once. An obfuscated identifier
/// (`_gazonk`) and `unknown` are no addresses.
fn forwarded_for(element: &str) -> ClientAddress {
    // An escaped quote would be taken for the end of its text. No proxy needs one, so such an element does not read.
    if element.contains('\\') {
        return ClientAddress::UNKNOWN;
    }
    let pairs = rsplit_unquoted(element, ';').filter_map(|pair| pair.split_once('='));
    let mut nodes = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for")).map(|(_, value)| value.trim());
    let (Some(node), None) = (nodes.next(), nodes.next()) else { return ClientAddress::UNKNOWN };
    let node = node.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(node);
    // The port may be obfuscated too, as in `192.0.2.7:_http`.
    ClientAddress::parse(node.split_once(":_").map_or(node, |(address, _)| address))
}

/// The parts between separators that are not in quotes, from the last to the first. It begins at the end, because only
/// there is text that a trusted proxy wrote: a quote that a client opened before it can't hide it.
fn rsplit_unquoted(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    text.rsplit(move |c| {
        is_quoted ^= c == '"';
        c == separator && !is_quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(syntax: ForwardingSyntax, line: &str) -> String {
        syntax.addresses(line).map(|address| address.to_string()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn lists_and_single_addresses() {
        for (line, addresses) in [
            ("192.0.2.7", "192.0.2.7"),
            ("192.0.2.7:4711", "192.0.2.7"),
            ("2001:db8::7", "2001:db8::7"),
            ("192.0.2.7, 198.51.100.8,203.0.113.9", "203.0.113.9 198.51.100.8 192.0.2.7"),
            (" 192.0.2.7 ,\t[2001:db8::7]:443 ", "2001:db8::7 192.0.2.7"),
            ("\"192.0.2.1, 192.0.2.7", "192.0.2.7 unknown"),
            ("unknown, 192.0.2.7", "192.0.2.7 unknown"),
            ("192.0.2.7, alice", "unknown 192.0.2.7"),
            ("192.0.2.7,", "unknown 192.0.2.7"),
            ("192.0.2.7 198.51.100.8", "unknown"),
            ("for=192.0.2.7", "unknown"),
            ("", "unknown"),
        ] {
            assert_eq!(read(ForwardingSyntax::Addresses, line), addresses, "{line:?}");
        }
    }

    /// The examples of RFC 7239, sections 4, 6, 6.1, 6.3, 7.1 and 7.4.
    #[test]
    fn the_examples_of_rfc_7239() {
        for (line, addresses) in [
            ("for=\"_gazonk\"", "unknown"),
            ("For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"),
            ("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"),
            ("for=192.0.2.43, for=198.51.100.17", "198.51.100.17 192.0.2.43"),
            ("for=_hidden, for=_SEVKISEK", "unknown unknown"),
            ("for=\"192.0.2.43:47011\"", "192.0.2.43"),
            ("for=\"[2001:db8:cafe::17]:47011\"", "2001:db8:cafe::17"),
            ("for=192.0.2.43,for=\"[2001:db8:cafe::17]\",for=unknown", "unknown 2001:db8:cafe::17 192.0.2.43"),
            ("for=192.0.2.43, for=\"[2001:db8:cafe::17]\", for=unknown", "unknown 2001:db8:cafe::17 192.0.2.43"),
            (
                "for=192.0.2.43, for=198.51.100.17;by=203.0.113.60;proto=http;host=example.com",
                "198.51.100.17 192.0.2.43",
            ),
        ] {
            assert_eq!(read(ForwardingSyntax::Forwarded, line), addresses, "{line:?}");
        }
    }

    #[test]
    fn elements_of_forwarded() {
        for (line, addresses) in [
            ("proto=https ; FOR = 192.0.2.7", "192.0.2.7"),
            ("for=\"192.0.2.7:_http\"", "192.0.2.7"),
            ("for=\"[2001:db8::7]:_http\";by=_me", "2001:db8::7"),
            // Not quoted, which the RFC asks for, but some proxies write it.
            ("for=2001:db8::7", "2001:db8::7"),
            ("for=192.0.2.7;secret=\"a,b;for=192.0.2.1\"", "192.0.2.7"),
            ("for=192.0.2.1;for=192.0.2.7", "unknown"),
            ("by=203.0.113.43;proto=https", "unknown"),
            ("for=", "unknown"),
            ("for", "unknown"),
            ("for=\"", "unknown"),
            ("for=\"\"", "unknown"),
            ("for=\"192\\.0.2.7\"", "unknown"),
            ("for=\"192.0.2.1\" 192.0.2.7", "unknown"),
            ("192.0.2.7", "unknown"),
            ("", "unknown"),
        ] {
            assert_eq!(read(ForwardingSyntax::Forwarded, line), addresses, "{line:?}");
        }
    }

    /// The last element is what the proxy wrote. What the client sent before it must not change how it is read.
    #[test]
    fn what_a_client_sends_does_not_hide_what_its_proxy_appends() {
        for client in [
            "for=\"192.0.2.1",
            "for=192.0.2.1;by=\"",
            "\"",
            "\\",
            "\\\"",
            "\"\\",
            "for=\"a\\\"",
            "for=192.0.2.1;",
            ";,\",=",
        ] {
            for (appended, address) in [
                ("for=192.0.2.7", "192.0.2.7"),
                ("for=\"[2001:db8::7]:4711\"", "2001:db8::7"),
                ("by=\"_a,b\";for=192.0.2.7;host=\"example.com:80\"", "192.0.2.7"),
            ] {
                let line = format!("{client}, {appended}");
                let last = ForwardingSyntax::Forwarded.addresses(&line).next().unwrap();
                assert_eq!(last.to_string(), address, "{line:?}");
            }
            for appended in
                ["for=192.0.2.7;host=\"a\\\"b\"", "for=192.0.2.7;host=\"a,\\\"b\"", "host=\"\\\"\";for=192.0.2.7"]
            {
                let line = format!("for=192.0.2.1;by=\"{client}, {appended}");
                assert_eq!(
                    ForwardingSyntax::Forwarded.addresses(&line).next(),
                    Some(ClientAddress::UNKNOWN),
                    "{line:?}"
                );
            }
        }
    }
}
