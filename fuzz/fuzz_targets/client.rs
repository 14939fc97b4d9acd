//! Client names and addresses: the words for a `User-Agent` contain nothing that a client invents, the network of an
//! address contains that address, and nothing that a client sends hides the address that a proxy appends to it.
#![no_main]

use domain::{ClientAddress, ForwardingSyntax, TrustedProxies, client_in_words};
use libfuzzer_sys::fuzz_target;

const BROWSERS: [&str; 8] = ["Edge", "Opera", "Samsung Internet", "Firefox", "Chrome", "Safari", "curl", "Python"];
const SYSTEMS: [&str; 7] = ["iOS", "iPadOS", "Android", "Windows", "ChromeOS", "macOS", "Linux"];

fuzz_target!(|text: &str| {
    let words = client_in_words(text);
    let (browser, system) = words.split_once(" on ").map_or((words.as_str(), None), |(one, two)| (one, Some(two)));
    assert!(browser == "Unknown browser" || BROWSERS.contains(&browser), "{words}");
    assert!(system.is_none_or(|system| SYSTEMS.contains(&system)), "{words}");
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
