//! Which component answers a path: exact before `:segment` before `/...`, segment by segment, so the longest
//! prefix wins. As in Spin, empty segments do not count: `/a/`, `//a` and `/a` are one path.

use crate::failure::Failure;
use std::cmp::Ordering;

/// Under this prefix the host answers itself.
pub(crate) const RESERVED_PREFIX: &str = "/.well-known/spin/";

/// The routes of a manifest, the most specific first.
#[derive(Debug)]
pub(crate) struct Router<T>(Vec<Route<T>>);

#[derive(Debug)]
struct Route<T> {
    pattern: String,
    segments: Vec<Segment>,
    has_tail: bool,
    target: T,
}

#[derive(Debug, PartialEq, Eq)]
enum Segment {
    Exact(String),
    Parameter(String),
}

/// Where a path leads.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Match<'router, 'path, T> {
    pub(crate) target: &'router T,
    /// The route without `/...`; Spin's `spin-component-route`.
    pub(crate) prefix: &'router str,
    /// What `/...` stands for, with its slashes; Spin's `spin-path-info`.
    pub(crate) tail: String,
    /// The names and values of `:segment`s.
    pub(crate) parameters: Vec<(&'router str, &'path str)>,
}

impl<T> Router<T> {
    /// Takes patterns and what they lead to.
    ///
    /// # Errors
    ///
    /// A pattern that is reserved, not understood, or matches the same paths as an earlier one.
    pub(crate) fn new(routes: impl IntoIterator<Item = (String, T)>) -> Result<Self, Failure> {
        let mut sorted: Vec<Route<T>> = Vec::new();
        for (pattern, target) in routes {
            let route = Route::parse(pattern, target)?;
            if let Some(other) =
                sorted.iter().find(|other| route.order(other) == Ordering::Equal && route.equals(other))
            {
                let (one, two) = (&other.pattern, &route.pattern);
                return Err(Failure::new(format_args!("routes \"{one}\" and \"{two}\" match the same paths")));
            }
            sorted.push(route);
        }
        sorted.sort_by(|one, two| one.order(two));
        Ok(Self(sorted))
    }

    /// The most specific route that matches; `path` has no query.
    pub(crate) fn find<'router, 'path>(&'router self, path: &'path str) -> Option<Match<'router, 'path, T>> {
        self.0.iter().find_map(|route| route.matches(path))
    }
}

impl<T> Route<T> {
    fn parse(pattern: String, target: T) -> Result<Self, Failure> {
        let refuse = |reason: &str| Err(Failure::new(format_args!("route \"{pattern}\": {reason}")));
        if !pattern.starts_with('/') {
            return refuse("it must begin with \"/\"");
        }
        if format!("{pattern}/").starts_with(RESERVED_PREFIX) {
            return refuse("/.well-known/spin/ is reserved");
        }
        let (path, has_tail) = match pattern.strip_suffix("/...") {
            Some(path) => (path, true),
            None => (pattern.as_str(), false),
        };
        let mut segments = Vec::new();
        for segment in path.split('/').filter(|segment| !segment.is_empty()) {
            segments.push(match segment.strip_prefix(':') {
                Some(name) if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !name.is_empty() => {
                    Segment::Parameter(name.to_owned())
                }
                Some(_) => return refuse("a name after \":\" is letters, digits and underscores"),
                None if segment == "..." || segment.contains('*') => {
                    return refuse("a wildcard is \"/...\" at the end, and there is no other");
                }
                None => Segment::Exact(segment.to_owned()),
            });
        }
        Ok(Self { segments, has_tail, pattern, target })
    }

    /// More specific first.
    fn order(&self, other: &Self) -> Ordering {
        let rank = |route: &Self, at: usize| match route.segments.get(at) {
            Some(Segment::Exact(_)) => 0,
            Some(Segment::Parameter(_)) => 1,
            None if route.has_tail => 3,
            None => 2,
        };
        let length = self.segments.len().max(other.segments.len());
        (0..=length)
            .map(|at| rank(self, at).cmp(&rank(other, at)))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }

    /// For two of equal order: whether they match the same paths.
    fn equals(&self, other: &Self) -> bool {
        self.segments.iter().zip(&other.segments).all(|pair| match pair {
            (Segment::Exact(one), Segment::Exact(two)) => one == two,
            _ => true,
        })
    }

    fn matches<'router, 'path>(&'router self, path: &'path str) -> Option<Match<'router, 'path, T>> {
        let mut rest = path.trim_matches('/');
        let mut parameters = Vec::new();
        for segment in &self.segments {
            let (first, after) = rest.split_once('/').unwrap_or((rest, ""));
            match segment {
                Segment::Exact(text) if text == first => {}
                Segment::Parameter(name) if !first.is_empty() => parameters.push((name.as_str(), first)),
                Segment::Exact(_) | Segment::Parameter(_) => return None,
            }
            rest = after.trim_start_matches('/');
        }
        if !self.has_tail && !rest.is_empty() {
            return None;
        }
        let prefix = self.pattern.strip_suffix("/...").unwrap_or(&self.pattern);
        Some(Match { target: &self.target, prefix, tail: self.tail(path, rest), parameters })
    }

    fn tail(&self, path: &str, rest: &str) -> String {
        if !self.has_tail {
            return String::new();
        }
        let before = if rest.is_empty() { "" } else { "/" };
        let after = if path.ends_with('/') { "/" } else { "" };
        format!("{before}{rest}{after}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn router(patterns: &[&str]) -> Result<Router<String>, Failure> {
        Router::new(patterns.iter().map(|&pattern| (pattern.to_owned(), pattern.to_owned())))
    }

    #[test]
    fn the_most_specific_route_wins_whatever_the_order() {
        let patterns =
            ["/...", "/api/...", "/api/messages", "/api/:kind", "/api/:kind/x", "/a/b/...", "/:one/b/c", "/"];
        let mut reversed = patterns;
        reversed.reverse();
        for router in [router(&patterns).unwrap(), router(&reversed).unwrap()] {
            for (path, pattern) in [
                ("/", "/"),
                ("//", "/"),
                ("/index.html", "/..."),
                ("/api", "/api/..."),
                ("/api/", "/api/..."),
                ("/apis", "/..."),
                ("/api/messages", "/api/messages"),
                ("/api/messages/", "/api/messages"),
                ("//api//messages", "/api/messages"),
                ("/api/messages/1", "/api/..."),
                ("/api/users", "/api/:kind"),
                ("/api/messages/x", "/api/:kind/x"),
                ("/API/messages", "/..."),
                ("/a/b/c", "/a/b/..."),
                ("/z/b/c", "/:one/b/c"),
            ] {
                assert_eq!(router.find(path).map(|found| found.target.as_str()), Some(pattern), "{path}");
            }
        }
    }

    #[test]
    fn a_match_says_what_the_wildcards_stand_for() {
        let router = router(&["/api/:kind/...", "/exact/:id"]).unwrap();
        for (path, tail) in [
            ("/api/x", ""),
            ("/api/x/", "/"),
            ("/api/x/y", "/y"),
            ("/api/x/y//z/", "/y//z/"),
            ("/exact/x", ""),
            ("/exact/x/", ""),
        ] {
            let found = router.find(path).unwrap();
            assert_eq!(found.tail, tail, "{path}");
            assert_eq!(found.parameters[0].1, "x", "{path}");
        }
        assert_eq!(router.find("/api/x").unwrap().prefix, "/api/:kind");
        for path in ["/", "/api", "/exact", "/exact/x/y", "*", ""] {
            assert_eq!(router.find(path), None, "{path}");
        }
    }

    #[test]
    fn refusals() {
        for (patterns, part) in [
            (&["/a", "/a"][..], "routes \"/a\" and \"/a\" match the same paths"),
            (&["/a", "/b", "/a/"], "routes \"/a\" and \"/a/\" match the same paths"),
            (&["/:a/...", "/:b/..."], "match the same paths"),
            (&["a"], "route \"a\": it must begin with \"/\""),
            (&[""], "it must begin with"),
            (&["/.well-known/spin/x"], "is reserved"),
            (&["/.well-known/spin"], "is reserved"),
            (&["/a/.../b"], "a wildcard is \"/...\" at the end"),
            (&["/a/*"], "a wildcard is"),
            (&["/:"], "a name after \":\""),
            (&["/:a.json"], "a name after \":\""),
        ] {
            let failure = router(patterns).unwrap_err().to_string();
            assert!(failure.contains(part), "{failure}");
        }
        assert!(router(&["/a", "/a/...", "/:a"]).is_ok());
    }
}
