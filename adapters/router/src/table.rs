//! The table of routes, which `build.rs` makes of `spin.toml`.

include!(concat!(env!("OUT_DIR"), "/table.rs"));

struct Route {
    segments: &'static [Segment],
    /// Whether any number of segments may follow.
    is_open: bool,
    component: Component,
}

enum Segment {
    /// This text.
    Exact(&'static str),
    /// Any text but none.
    Parameter,
}

impl Component {
    /// The component for a path, as Spin decides it: slashes at both ends do not count, and within a path each one does.
    pub(crate) fn at(path: &str) -> Self {
        let path = path.trim_matches('/');
        ROUTES.iter().find(|route| route.matches(path)).map_or(REST, |route| route.component)
    }
}

impl Route {
    fn matches(&self, path: &str) -> bool {
        let mut texts = path.split('/').filter(|_| !path.is_empty());
        self.segments.iter().all(|segment| texts.next().is_some_and(|text| segment.matches(text)))
            && (self.is_open || texts.next().is_none())
    }
}

impl Segment {
    fn matches(&self, text: &str) -> bool {
        match self {
            Self::Exact(expected) => text == *expected,
            Self::Parameter => !text.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Paths that are similar to those of the app.
    const NEIGHBOURS: [&str; 34] = [
        "",
        "/",
        "//",
        "/index.html",
        "/a/b/c/",
        "/api",
        "/api/",
        "/apis",
        "/api/nothing",
        "/API/login",
        "/api/log",
        "/api/loginx",
        "/api/login/",
        "/api/login//",
        "/api/login/x",
        "/api//login",
        "//api/login",
        "///api/messages",
        "api/login",
        "/api/./login",
        "/api/../login",
        "/api%2flogin",
        "/api/messages/",
        "/api/messages//",
        "/api/messages/1/",
        "/api/messages/1/2",
        "/api/messages/%2e",
        "/api/messages//1",
        "/api/sessions//",
        "/api/openapi.yaml/",
        "/.well-known",
        "/.well-known/other",
        "/.well-known/jwks.json/",
        "/.WELL-KNOWN/jwks.json",
    ];

    /// Route and component, in the order of the manifest.
    fn routes() -> Vec<(String, String)> {
        let manifest: toml::Table = include_str!("../../../spin.toml").parse().unwrap();
        let text = |value: &toml::Value| value.as_str().unwrap().to_owned();
        let triggers = manifest["trigger"]["http"].as_array().unwrap().iter();
        triggers.map(|trigger| (text(&trigger["route"]), text(&trigger["component"]))).collect()
    }

    fn at(path: &str) -> String {
        format!("{:?}", Component::at(path)).to_lowercase()
    }

    #[test]
    fn every_route_of_the_manifest_leads_to_its_component() {
        for (route, component) in routes() {
            let path = route.replace(":id", "1").replace(":username", "ada").replace("...", "any/thing");
            assert_eq!(at(&path), component, "{path}");
        }
    }

    #[test]
    fn what_is_exact_comes_before_what_is_not() {
        for (path, component) in [
            ("/api/sessions", "account"),
            ("/api/sessions/1", "account"),
            ("/api/sessions/1/2", "openapi"),
            ("/api/account", "account"),
            ("/api/account/other", "openapi"),
            ("/api/messages/1", "messages"),
            ("/api/messages/1/report", "moderation"),
            ("/api/messages/1/2", "openapi"),
            ("/api/admin/accounts/ada/role", "moderation"),
            ("/api", "openapi"),
            ("/apis", "site"),
            ("/", "site"),
            ("/.well-known/jwks.json", "login"),
            ("/.well-known/other", "site"),
        ] {
            assert_eq!(at(path), component, "{path}");
        }
    }

    #[test]
    fn it_decides_as_the_router_of_spin() {
        let routes = routes();
        let mut router = routefinder::Router::new();
        for (route, component) in &routes {
            // As Spin does (`crates/routes/src/lib.rs`).
            let pattern = route.strip_suffix("/...").map_or_else(|| route.clone(), |path| format!("{path}/*"));
            router.add(pattern, component.as_str()).unwrap();
        }
        let ours = routes.iter().map(|(route, _)| route.replace(":id", "1").replace("...", "any/thing"));
        for path in ours.chain(NEIGHBOURS.map(str::to_owned)) {
            assert_eq!(at(&path), *router.best_match(&path).unwrap().handler(), "{path}");
        }
    }
}
