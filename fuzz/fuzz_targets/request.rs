//! Any request to the API, written as in HTTP/1.1: the gateway, the routes, CORS, the headers, all of it.
#![no_main]

use fuzz::{People, parse_request};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Some(request) = parse_request(text) else { return };
    let people = People::new();
    let again = request.clone();
    let response = people.send(request);
    // What was asked for may have been done, or the session ended: the second answer is another, and as well made.
    let second = people.send(again.clone());
    if again.method() == http::Method::GET {
        assert_eq!((response.status(), response.body()), (second.status(), second.body()), "a GET changes nothing");
    }
});
