//! The refresh cookie. The first line says where the request comes from (an `Origin`, or nothing), and each other line is a
//! `Cookie` header.
#![no_main]

use bytes::Bytes;
use fuzz::People;
use http::{Request, Response};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let text = People::fill(text);
    let (origin, cookies) = text.split_once('\n').unwrap_or(("", &text));
    let cookies: Vec<&str> = cookies.split('\n').collect();
    let Some(response) = refresh(origin, &cookies) else { return };
    let set = response.headers().get("set-cookie").map(|value| value.to_str().expect("it was checked"));
    match response.status().as_u16() {
        200 => {
            assert!(text.contains(People::refresh_token()));
            let by_https = origin.to_ascii_lowercase().starts_with("https://");
            let name = if by_https { "__Secure-latchkey-refresh=" } else { "latchkey-refresh=" };
            assert!(set.is_some_and(|set| set.starts_with(name)), "{set:?}");
            // Another cookie beside it changes nothing, even one of the same name that somebody else has set.
            for other in ["theme=dark", &format!("{name}x")] {
                let more: Vec<&str> = cookies.iter().copied().chain([other]).collect();
                assert_eq!(refresh(origin, &more).map(|response| response.status().as_u16()), Some(200));
            }
        }
        // A cookie of no session may be of another app on this host, and is left to it.
        status => assert!(matches!(status, 401 | 403) && set.is_none(), "{status} {set:?}"),
    }
});

fn refresh(origin: &str, cookies: &[&str]) -> Option<Response<Bytes>> {
    let mut request = Request::post("/api/session/refresh").header("host", "app.example");
    if !origin.is_empty() {
        request = request.header("origin", origin);
    }
    for cookie in cookies {
        request = request.header("cookie", *cookie);
    }
    Some(People::new().send(request.body(Bytes::new()).ok()?))
}
