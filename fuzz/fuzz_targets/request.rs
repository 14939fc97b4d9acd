//! Any request to the API, written as in HTTP/1.1. It passes through the gateway, the routes, CORS and the headers.
#![no_main]

use fuzz::{People, parse_request};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Some(request) = parse_request(text) else { return };
    let people = People::new();
    let again = request.clone();
    let response = people.send(request);
    // The first request may have done its work or ended the session, so the second answer may differ, but it is well formed
    // too.
    let second = people.send(again.clone());
    if again.method() == http::Method::GET {
        assert_eq!((response.status(), response.body()), (second.status(), second.body()), "a GET changes nothing");
    }
});
