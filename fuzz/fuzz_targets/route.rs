//! Routes: each line but the last is a pattern, the last is a path. The order of the patterns does not count, and what a match
//! says of a path makes up that path again.
#![no_main]

#[path = "../../host/src/failure.rs"]
mod failure;
#[path = "../../host/src/route.rs"]
mod route;

use libfuzzer_sys::fuzz_target;
use route::{Match, RESERVED_PREFIX, Router};

fuzz_target!(|text: &str| {
    let Some((patterns, path)) = text.rsplit_once('\n') else { return };
    let pair = |pattern: &str| (pattern.to_owned(), pattern.to_owned());
    let (one, other) = (Router::new(patterns.split('\n').map(pair)), Router::new(patterns.split('\n').rev().map(pair)));
    assert_eq!(one.is_ok(), other.is_ok(), "the order of patterns counts");
    let (Ok(one), Ok(other)) = (one, other) else { return };
    let found = one.find(path);
    assert_eq!(found, other.find(path), "the order of patterns counts");
    let alone = patterns
        .split('\n')
        .filter(|pattern| Router::new([pair(pattern)]).is_ok_and(|router| router.find(path).is_some()));
    let matching: Vec<&str> = alone.collect();
    match found {
        None => assert!(matching.is_empty(), "{matching:?} match"),
        Some(found) => {
            assert!(matching.contains(&found.target.as_str()));
            assert!(!found.target.starts_with(RESERVED_PREFIX));
            check(path, &found);
        }
    }
});

/// The segments of prefix and tail are those of the path.
fn check(path: &str, found: &Match<'_, '_, String>) {
    let segments =
        |text: &str| text.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let mut values = found.parameters.iter();
    let mut whole = segments(found.prefix);
    for segment in whole.iter_mut().filter(|segment| segment.starts_with(':')) {
        let (name, value) = values.next().expect("each parameter has a value");
        assert_eq!(segment.strip_prefix(':'), Some(*name));
        assert!(!value.is_empty() && !value.contains('/'));
        *segment = (*value).to_owned();
    }
    assert!(values.next().is_none());
    whole.extend(segments(&found.tail));
    assert_eq!(whole, segments(path), "{path}");
}
