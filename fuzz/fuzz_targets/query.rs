//! The query of `GET /api/messages`: each accepted parameter is known, occurs once and has the right form, and following
//! `next` always reaches the last page.
#![no_main]

use bytes::Bytes;
use domain::{Cursor, Username};
use fuzz::People;
use http::{Request, Response};
use libfuzzer_sys::fuzz_target;
use wire::MessagesResponse;

fuzz_target!(|query: &str| {
    let people = People::new();
    let Some(response) = get(&people, query) else { return };
    let uri: http::Uri = format!("/?{query}").parse().expect("it was sent");
    let is_ignored = |name: &str| ["_", "gclid", "fbclid"].contains(&name) || name.starts_with("utm_");
    let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned();
    let pairs: Vec<(String, String)> = pairs.filter(|(name, _)| !is_ignored(name)).collect();
    let named = |name: &str| pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value).collect::<Vec<_>>();
    let (limits, cursors, authors) = (named("limit"), named("before"), named("author"));
    let known = limits.len() + cursors.len() + authors.len();
    let author = authors.first().map(|author| Username::parse(author));
    let limit = limits
        .first()
        .map(|limit| limit.parse::<usize>().ok().filter(|n| (1..=100).contains(n) && !limit.starts_with('+')));
    let cursor_fits = cursors.first().is_none_or(|cursor| match Cursor::parse(cursor) {
        Ok(Cursor::Board(_)) => author.is_none(),
        Ok(Cursor::Author(_)) => author.is_some(),
        Ok(Cursor::Report(_)) | Err(_) => false,
    });
    let good = known == pairs.len()
        && [&limits, &cursors, &authors].iter().all(|values| values.len() <= 1)
        && cursor_fits
        && !matches!(author, Some(Err(_)))
        && limit != Some(None);
    assert_eq!(response.status().as_u16(), if good { 200 } else { 400 }, "{query}");
    if !good {
        return;
    }
    let mut page: MessagesResponse = serde_json::from_slice(response.body()).expect("it is a page");
    let limit = limit.flatten();
    let mut last = u64::MAX;
    for _ in 0..=7 {
        assert!(page.messages.len() <= limit.unwrap_or(20));
        for message in &page.messages {
            let id = message.id.parse().expect("an id is a number");
            assert!(id < last, "newest first, and none twice");
            last = id;
            let wanted = author.as_ref().and_then(|author| author.as_ref().ok()).map(Username::as_str);
            assert!(wanted.is_none() || message.author.username.as_deref() == wanted);
        }
        let Some(next) = page.next else { return };
        let author = authors.first().map(|author| format!("&author={author}")).unwrap_or_default();
        let response =
            get(&people, &format!("limit={}&before={next}{author}", limit.unwrap_or(20))).expect("a good one");
        assert_eq!(response.status().as_u16(), 200);
        page = serde_json::from_slice(response.body()).expect("it is a page");
    }
    panic!("pages have no end");
});

fn get(people: &People, query: &str) -> Option<Response<Bytes>> {
    Some(people.send(Request::get(format!("/api/messages?{query}")).body(Bytes::new()).ok()?))
}
