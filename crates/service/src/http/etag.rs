//! Entity tags (RFC 9110, section 8.8.3) of answers that clients may revalidate.

use domain::digest;
use http::HeaderMap;
use http::header::IF_NONE_MATCH;

/// A strong entity tag of a body.
pub(crate) fn of(body: &[u8]) -> String {
    of_digest(&digest(body), false)
}

/// The same, from the [`digest`] of the body, for the body as it is or compressed: strong tags of both have to differ.
pub(crate) fn of_digest(digest: &str, is_compressed: bool) -> String {
    let suffix = if is_compressed { "-gz" } else { "" };
    format!("\"{digest}{suffix}\"")
}

/// Whether `If-None-Match` (RFC 9110, section 13.1.2) says that the client has the current body: `*` alone, or a list of
/// tags, which are compared weakly. A tag of another origin may contain a comma, so a `*` between commas does not count.
pub(crate) fn is_known(request: &HeaderMap, tag: &str) -> bool {
    let mut values = request.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let listed = |value: &str| {
        let candidates = value.split(',').map(str::trim);
        candidates.map(|candidate| candidate.strip_prefix("W/").unwrap_or(candidate)).any(|candidate| candidate == tag)
    };
    values.any(|value| value.trim() == "*" || listed(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_weakly_over_lists() {
        let tag = of(b"body");
        for (value, known) in [
            (tag.clone(), true),
            (format!("W/{tag}"), true),
            (format!("\"other\", {tag}"), true),
            ("*".to_owned(), true),
            (" * ".to_owned(), true),
            ("\"a,*,b\"".to_owned(), false),
            ("\"other\", *".to_owned(), false),
            ("\"other\"".to_owned(), false),
            (tag.trim_matches('"').to_owned(), false),
            (String::new(), false),
        ] {
            let headers = HeaderMap::from_iter([(IF_NONE_MATCH, value.parse().unwrap())]);
            assert_eq!(is_known(&headers, &tag), known, "{value}");
        }
        assert_ne!(of(b"body"), of(b"bodies"));
    }
}
