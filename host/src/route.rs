//! Decides which component answers a path, exactly as Spin does (`crates/routes/src/lib.rs` of Spin 4.1): by the crate
//! `routefinder`, in the version that Spin uses, with the routes in the order of the manifest. The order matters, because
//! the comparison by which the crate sorts routes is inconsistent once a first segment begins with a dot.

use routefinder::{Captures, RouteSpec, Segment};

use crate::failure::Failure;

/// The host itself answers every path with this prefix.
pub(crate) const RESERVED_PREFIX: &str = "/.well-known/spin/";

/// The routes of a manifest.
#[derive(Debug)]
pub(crate) struct Router(routefinder::Router<Route>);

/// A route and what it leads to.
#[derive(Debug)]
pub(crate) struct Route {
    /// The pattern as it is in the manifest. Sent as Spin's `spin-raw-component-route`.
    pub(crate) pattern: String,
    /// The pattern with a slash before it and without one slash after it. Sent as Spin's `spin-matched-route`.
    pub(crate) matched: String,
    /// The component's ID.
    pub(crate) component: String,
}

impl Route {
    /// The pattern without its final `/...`. Sent as Spin's `spin-component-route`.
    pub(crate) fn prefix(&self) -> &str {
        self.pattern.strip_suffix("/...").unwrap_or(&self.pattern)
    }
}

/// Where a path leads.
#[derive(Debug)]
pub(crate) struct Match<'router, 'path> {
    pub(crate) route: &'router Route,
    path: &'path str,
    captures: Captures<'router, 'path>,
}

impl Match<'_, '_> {
    /// The part of the path that the `/...` of the route stands for, with its slashes. Sent as Spin's `spin-path-info`.
    /// The crate leaves a slash at the end out, and Spin adds it again, as this function does.
    pub(crate) fn tail(&self) -> String {
        let Some(rest) = self.captures.wildcard() else { return String::new() };
        let before = if rest.is_empty() { "" } else { "/" };
        let after = if self.path.ends_with('/') { "/" } else { "" };
        format!("{before}{rest}{after}")
    }

    /// The names and values of the route's `:segment`s. If two segments have the same name, only the last one counts.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        let later =
            |at: usize, name: &str| self.captures.params().iter().skip(at + 1).any(|other| other.name() == name);
        let pairs = self.captures.params().iter().map(|capture| (capture.name(), capture.value()));
        pairs.enumerate().filter(move |(at, (name, _))| !later(*at, name)).map(|(_, pair)| pair)
    }
}

impl Router {
    /// Takes patterns and the components that they lead to, in the order of the manifest. If a pattern is there twice, it
    /// leads to the later component, as in Spin, and the log gets an error.
    ///
    /// # Errors
    ///
    /// A pattern that the crate does not understand, or one that would make Spin's router panic when a path matches it.
    pub(crate) fn new(routes: impl IntoIterator<Item = (String, String)>) -> Result<Self, Failure> {
        let mut unique: Vec<Route> = Vec::new();
        for (pattern, component) in routes {
            let route = Route { matched: matched(&pattern), pattern, component };
            if route.matched.starts_with(RESERVED_PREFIX) {
                tracing::error!(route = route.pattern.as_str(), "route_is_reserved_and_never_reached");
            }
            match unique.iter_mut().find(|other| other.pattern == route.pattern) {
                None => unique.push(route),
                Some(other) => {
                    let (route_text, unused, used) = (route.pattern.as_str(), &other.component, &route.component);
                    tracing::error!(route = route_text, unused, used, "route_is_there_twice");
                    *other = route;
                }
            }
        }
        let mut router = routefinder::Router::new();
        for route in unique {
            let spec = spec(&route.matched)
                .map_err(|problem| Failure::new(format_args!("route \"{}\": {problem}", route.pattern)))?;
            // The crate fails only when a pattern cannot be converted, and this one is converted already.
            _ = router.add::<RouteSpec>(spec, route);
        }
        Ok(Self(router))
    }

    /// Returns the route that matches. `path` must not contain a query.
    pub(crate) fn find<'router, 'path>(&'router self, path: &'path str) -> Option<Match<'router, 'path>> {
        let found = self.0.best_match(path)?;
        Some(Match { route: found.handler(), path, captures: found.captures() })
    }
}

/// Adds a slash before the pattern if there is none, and removes one slash after it.
fn matched(pattern: &str) -> String {
    let slash = if pattern.starts_with('/') { "" } else { "/" };
    let whole = format!("{slash}{pattern}");
    whole.strip_suffix('/').unwrap_or(&whole).to_owned()
}

/// Parses a pattern by the crate. The crate's wildcard is `*`; it is refused anywhere but at the end.
fn spec(matched: &str) -> Result<RouteSpec, String> {
    let pattern = matched.strip_suffix("/...").map_or_else(|| matched.to_owned(), |path| format!("{path}/*"));
    let spec: RouteSpec = pattern.parse()?;
    match spec.segments().split_last() {
        Some((_, before)) if before.contains(&Segment::Wildcard) => Err("a wildcard can only be at its end".to_owned()),
        _ => Ok(spec),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn router(patterns: &[&str]) -> Result<Router, Failure> {
        Router::new(patterns.iter().map(|&pattern| (pattern.to_owned(), format!("of {pattern}"))))
    }

    fn component(router: &Router, path: &str) -> Option<String> {
        router.find(path).map(|found| found.route.component.clone())
    }

    #[test]
    fn the_most_specific_route_wins() {
        let patterns =
            ["/...", "/api/...", "/api/messages", "/api/:kind", "/api/:kind/x", "/a/b/...", "/:one/b/c", "/"];
        let router = router(&patterns).unwrap();
        for (path, pattern) in [
            ("/", "/"),
            ("//", "/"),
            ("/index.html", "/..."),
            ("/api", "/api/..."),
            ("/api/", "/api/..."),
            ("/apis", "/..."),
            ("/api/messages", "/api/messages"),
            ("/api/messages/", "/api/messages"),
            ("//api/messages", "/api/messages"),
            // The crate does not merge several slashes within a path.
            ("/api//messages", "/api/..."),
            ("/api/messages/1", "/api/..."),
            ("/api/users", "/api/:kind"),
            ("/api/messages/x", "/api/:kind/x"),
            ("/API/messages", "/..."),
            ("/a/b/c", "/a/b/..."),
            ("/z/b/c", "/:one/b/c"),
        ] {
            assert_eq!(component(&router, path), Some(format!("of {pattern}")), "{path}");
        }
    }

    /// Shows the fault of the crate that the order of the manifest has to avoid. Once the crate sorts routes correctly,
    /// this test fails, and the routes in spin.toml may have any order.
    #[test]
    fn what_follows_a_segment_that_begins_with_a_dot_lands_before_it_and_wildcards_before_what_they_cover() {
        let wrong = router(&["/api/signup", "/.well-known/jwks.json", "/api/logout", "/api/...", "/..."]).unwrap();
        assert_eq!(component(&wrong, "/api/signup").unwrap(), "of /api/...");
        assert_eq!(component(&wrong, "/.well-known/jwks.json").unwrap(), "of /...");
        let right = router(&["/api/signup", "/api/logout", "/api/...", "/...", "/.well-known/jwks.json"]).unwrap();
        for path in ["/api/signup", "/api/logout", "/.well-known/jwks.json"] {
            assert_eq!(component(&right, path), Some(format!("of {path}")));
        }
    }

    #[test]
    fn a_match_says_what_the_wildcards_stand_for() {
        let router = router(&["/api/:kind/...", "/exact/:id", "/no/:a/:a"]).unwrap();
        for (path, tail) in [
            ("/api/x", ""),
            ("/api/x/", "/"),
            ("/api/x/y", "/y"),
            ("/api/x/y//z/", "/y//z/"),
            ("/exact/x", ""),
            ("/exact/x/", ""),
        ] {
            let found = router.find(path).unwrap();
            assert_eq!(found.tail(), tail, "{path}");
            assert!(found.parameters().map(|(_, value)| value).eq(["x"]), "{path}");
        }
        assert_eq!(router.find("/api/x").unwrap().route.prefix(), "/api/:kind");
        assert!(router.find("/no/1/2").unwrap().parameters().eq([("a", "2")]));
        for path in ["/", "/api", "/exact", "/exact/x/y", "*", ""] {
            assert!(router.find(path).is_none(), "{path}");
        }
    }

    /// Spin does the same in `sanitize_with_base` with the base "/".
    #[test]
    fn patterns_get_one_slash_before_and_lose_one_after() {
        for (pattern, expected) in
            [("/", ""), ("/a/", "/a"), ("/a//", "/a/"), ("a", "/a"), ("", ""), ("/...", "/..."), ("/a/...", "/a/...")]
        {
            assert_eq!(matched(pattern), expected, "{pattern}");
        }
    }

    #[test]
    fn of_two_equal_patterns_the_later_component_answers() {
        let routes =
            [("/a", "first"), ("/b", "b"), ("/a", "second")].map(|(one, two)| (one.to_owned(), two.to_owned()));
        assert_eq!(component(&Router::new(routes).unwrap(), "/a").unwrap(), "second");
    }

    #[test]
    fn refusals() {
        for (pattern, part) in [
            ("/a/*/b", "route \"/a/*/b\": a wildcard can only be at its end"),
            ("/a/*b", "it doesn't need a name"),
            ("/:", "params must be named"),
        ] {
            let failure = router(&[pattern]).unwrap_err().to_string();
            assert!(failure.contains(part), "{failure}");
        }
        for pattern in ["/a/*", "/.well-known/spin/x", "a", ""] {
            assert!(router(&[pattern]).is_ok(), "{pattern}");
        }
    }
}
