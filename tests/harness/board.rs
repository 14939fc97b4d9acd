//! The message board, read page by page.

use serde_json::Value;

use super::client::Client;

/// Reads one page: its texts, and the cursor of the next page.
#[track_caller]
pub(crate) fn page(app: &Client, query: &str) -> (Vec<String>, Option<String>) {
    let reply = app.get(&format!("/api/messages?{query}"));
    assert_eq!(reply.status, 200, "{query}: {}", reply.said());
    let list = reply.json();
    // The first page of an author says besides who that is.
    let says_author = query.contains("author=") && list["author"].is_object();
    assert_eq!(list.as_object().unwrap().len(), 2 + usize::from(says_author), "{list}");
    let next = match &list["next"] {
        Value::Null => None,
        next => Some(next.as_str().unwrap().to_owned()),
    };
    (list["messages"].as_array().unwrap().iter().map(|m| m["text"].as_str().unwrap().to_owned()).collect(), next)
}

/// Reads all pages of a list, from the newest message to the oldest. Expects every page but the last to be full, and none to
/// be empty unless the whole list is.
#[track_caller]
pub(crate) fn all(app: &Client, limit: usize, filter: &str) -> Vec<String> {
    let (mut texts, mut next) = page(app, &format!("limit={limit}{filter}"));
    let mut last = texts.len();
    while let Some(cursor) = next {
        assert_eq!(last, limit, "a page before the last is full");
        let (more, after) = page(app, &format!("limit={limit}&before={cursor}{filter}"));
        assert!(!more.is_empty(), "an empty page after {cursor}");
        last = more.len();
        texts.extend(more);
        next = after;
    }
    texts
}
