//! Client names and addresses: the words for a `User-Agent` are short and plain, whatever a client sends, the network of an
//! address contains that address, and nothing that a client sends hides the address that a proxy appends to it.
#![no_main]

use domain::{ClientAddress, ForwardingSyntax, TrustedProxies, client_in_words};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let words = client_in_words(text);
    assert!(words.is_ascii() && words.len() <= 40, "{words}");
    let address = ClientAddress::parse(text);
    assert_eq!(ClientAddress::parse(&address.to_string()), address);
    let network = address.network();
    let first = ClientAddress::parse(network.strip_suffix("/64").unwrap_or(&network));
    assert_eq!(first.network(), network);
    assert!(network.len() <= 24, "{network}");
    for (syntax, appended) in
        [(ForwardingSyntax::Addresses, "192.0.2.7"), (ForwardingSyntax::Forwarded, "for=\"192.0.2.7:80\"")]
    {
        let last = syntax.addresses(&format!("{text}, {appended}")).next();
        assert_eq!(last, Some(ClientAddress::parse("192.0.2.7")));
        syntax.addresses(text).for_each(|address| assert_eq!(ClientAddress::parse(&address.to_string()), address));
    }
    _ = TrustedProxies::parse(text);
});
