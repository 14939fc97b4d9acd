//! `If-None-Match` on a page of messages, with one header per line. The result is compared with the grammar of RFC 9110,
//! section 8.8.3. `{ETAG}` stands for the tag of the page.
#![no_main]

use bytes::Bytes;
use fuzz::People;
use http::{Request, Response};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let people = People::new();
    let plain = get(&people, &[]).expect("a request without it");
    let tag = plain.headers().get("etag").expect("a page has a tag").to_str().expect("it was made here");
    let text = text.replace("{ETAG}", tag);
    let lines: Vec<&str> = text.split('\n').collect();
    let Some(response) = get(&people, &lines) else { return };
    let status = response.status().as_u16();
    assert!(status == 200 || status == 304, "{status}");
    assert_eq!(response.headers().get("etag").map(http::HeaderValue::as_bytes), Some(tag.as_bytes()));
    assert!(status == 200 || text.contains(tag) || text.contains('*'));
    // A header that breaks the grammar may be read in any way, for example a tag that continues in the next line.
    if let Some(tags) = lines.iter().map(|line| tags(line)).collect::<Option<Vec<_>>>() {
        let known = tags.iter().flatten().any(|candidate| *candidate == "*" || *candidate == tag);
        assert_eq!(status == 304, known, "{text}");
    }
});

/// The opaque tags of a list, or `*` alone.
fn tags(list: &str) -> Option<Vec<&str>> {
    let blank = |text: &str| text.bytes().all(|b| b == b' ' || b == b'\t');
    if list.trim_matches([' ', '\t']) == "*" {
        return Some(vec!["*"]);
    }
    let (mut rest, mut tags) = (list, Vec::new());
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return Some(tags);
        }
        let opaque = rest.strip_prefix("W/").unwrap_or(rest);
        let (inner, after) = opaque.strip_prefix('"')?.split_once('"')?;
        if inner.bytes().any(|b| b <= b' ' || b == 0x7f) {
            return None;
        }
        tags.push(&opaque[..inner.len() + 2]);
        let (between, next) = after.split_once(',').unwrap_or((after, ""));
        if !blank(between) {
            return None;
        }
        rest = next;
    }
}

fn get(people: &People, headers: &[&str]) -> Option<Response<Bytes>> {
    let mut request = Request::get("/api/messages");
    for value in headers {
        request = request.header("if-none-match", *value);
    }
    Some(people.send(request.body(Bytes::new()).ok()?))
}
