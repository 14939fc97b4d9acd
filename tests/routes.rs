//! Which component answers which address. The tests compare Spin's own router crate, with the routes of `spin.toml` in their
//! order, with the running host: for every address of the API, every file of the site, and similar addresses.

use std::fmt::Write as _;
use std::path::Path;

use routefinder::{Match, Router};

use crate::harness::client::{Client, get};
use crate::harness::contract::document;
use crate::harness::host::{Host, Setup};
use crate::harness::raw::exchange;
use crate::harness::{Wasi, workspace};

/// Addresses that are similar to those of the app; some of them exist.
const NEIGHBOURS: [&str; 38] = [
    "/",
    "//",
    "/index.html",
    "/login",
    "/a/b/c/",
    "/api",
    "/api/",
    "/apis",
    "/api/nothing",
    "/API/login",
    "/Api/messages",
    "/api/Login",
    "/api/log",
    "/api/loginx",
    "/api/login/",
    "/api/login//",
    "/api/login/x",
    "/api//login",
    "//api/login",
    "///api/messages",
    "/api/./login",
    "/api/../login",
    "/api/%2e%2e/login",
    "/api%2flogin",
    "/api/login%2f",
    "/api/login.",
    "/api/messages/",
    "/api/messages/1/",
    "/api/messages/1/2",
    "/api/messages/%2e",
    "/api/openapi.yaml/",
    "/.well-known",
    "/.well-known/other",
    "/.well-known/jwks.json/",
    "/.well-known/jwks.json.",
    "/.WELL-KNOWN/jwks.json",
    "/.well-known/openid-configuration/",
    "/.well-known/oauth-authorization-server/x",
];

/// Route and component, in the order of the manifest.
fn routes() -> Vec<(String, String)> {
    let manifest: toml::Table = std::fs::read_to_string(Wasi::tested().manifest()).unwrap().parse().unwrap();
    let triggers = manifest["trigger"]["http"].as_array().unwrap().iter();
    let text = |value: &toml::Value| value.as_str().unwrap().to_owned();
    triggers.map(|http| (text(&http["route"]), text(&http["component"]))).collect()
}

/// Builds the router as Spin does (`crates/routes/src/lib.rs`).
fn router(routes: &[(String, String)]) -> Router<&(String, String)> {
    let mut router = Router::new();
    for route in routes {
        let pattern = route.0.strip_suffix("/...").map_or_else(|| route.0.clone(), |path| format!("{path}/*"));
        router.add(pattern, route).unwrap();
    }
    router
}

case!(OwnHost, every_route_leads_to_its_component);
fn every_route_leads_to_its_component() {
    let routes = routes();
    let router = router(&routes);
    for route in &routes {
        let path = route.0.replace(":id", "1").replace("...", "anything");
        assert_eq!(router.best_match(&path).map(|found| *found.handler()), Some(route), "{path}");
    }
}

/// Starts a host on a manifest with these routes. Each component answers with its name and the headers that it received.
fn start(folder: &Path, routes: &[(String, String)], more: &str) -> Host {
    let fixture = Wasi::tested().components()[1].join("fixture.wasm");
    let mut text = String::from("spin_manifest_version = 2\n[application]\nname = \"routes\"\n");
    for (route, component) in routes {
        write!(text, "[[trigger.http]]\nroute = \"{route}\"\ncomponent = \"{component}\"\n").unwrap();
    }
    text += more;
    let mut components: Vec<_> = routes.iter().map(|(_, component)| component).collect();
    components.sort();
    components.dedup();
    for component in components {
        write!(text, "[component.{component}]\nsource = \"{}\"\n", fixture.display()).unwrap();
        writeln!(text, "environment = {{ NAME = \"{component}\" }}").unwrap();
    }
    let file = folder.join("spin.toml");
    std::fs::write(&file, text).unwrap();
    Setup::manifest(&file).start()
}

/// The answer of the fixture for a component that this route leads to: the headers are those that Spin sets
/// (`crates/trigger-http/src/headers.rs`).
fn expected(found: &Match<'_, '_, &(String, String)>, path: &str) -> Vec<String> {
    let (route, component) = *found.handler();
    let captures = found.captures();
    let tail = captures.wildcard().map(|rest| {
        let before = if rest.is_empty() { "" } else { "/" };
        format!("{before}{rest}{}", if path.ends_with('/') { "/" } else { "" })
    });
    let mut lines = vec![
        format!("NAME: {component}"),
        "spin-base-path: /".to_owned(),
        format!("spin-component-route: {}", route.strip_suffix("/...").unwrap_or(route)),
        format!("spin-matched-route: {route}"),
        format!("spin-path-info: {}", tail.unwrap_or_default()),
        format!("spin-raw-component-route: {route}"),
    ];
    lines.extend(captures.params().iter().map(|one| format!("spin-path-match-{}: {}", one.name(), one.value())));
    lines.sort();
    lines
}

/// Sends raw bytes, because an HTTP client would normalise some of the paths.
fn answer(app: &Client, path: &str) -> Vec<String> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", app.authority());
    let reply = exchange(app, request.as_bytes()).unwrap();
    assert_eq!(reply.status, 200, "{path}: {}", reply.body);
    let of_peer = |line: &str| line.starts_with("spin-client-addr: ") || line.starts_with("spin-full-url: ");
    let is_told = |line: &&str| (line.starts_with("NAME: ") || line.starts_with("spin-")) && !of_peer(line);
    let mut lines: Vec<_> = reply.body.lines().filter(is_told).map(str::to_owned).collect();
    lines.sort();
    lines
}

fn files(folder: &Path, prefix: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let of_entry = |entry: std::fs::DirEntry| {
        let address = format!("{prefix}/{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() { files(&entry.path(), &address) } else { vec![address] }
    };
    entries.map(Result::unwrap).flat_map(of_entry).collect()
}

case!(OwnHost, the_host_decides_as_the_router_of_spin);
fn the_host_decides_as_the_router_of_spin() {
    let routes = routes();
    let router = router(&routes);
    let folder = tempfile::tempdir().unwrap();
    let app = start(folder.path(), &routes, "");
    let files = files(&workspace().join("target/site/dist"), "");
    assert!(files.len() > 3, "the site is built: {files:?}");
    let of_api = document()["paths"].as_object().unwrap().keys().map(|path| path.replace("{id}", "1"));
    for path in of_api.chain(files).chain(NEIGHBOURS.map(str::to_owned)) {
        let found = router.best_match(&path).unwrap();
        assert_eq!(answer(&app, &path), expected(&found, &path), "{path}");
    }
}

case!(OwnHost, of_two_equal_routes_the_later_counts_and_private_ones_are_none);
fn of_two_equal_routes_the_later_counts_and_private_ones_are_none() {
    let folder = tempfile::tempdir().unwrap();
    let pairs = [("/one", "first"), ("/two", "two"), ("/one", "second"), ("no-slash", "two")];
    let routes = pairs.map(|(route, component)| (route.to_owned(), component.to_owned()));
    let private = "[[trigger.http]]\nroute = { private = true }\ncomponent = \"two\"\n";
    let app = start(folder.path(), &routes, private);
    assert_eq!(answer(&app, "/one")[0], "NAME: second");
    assert_eq!(answer(&app, "/no-slash")[0], "NAME: two");
    assert_eq!(app.send(get("/elsewhere")).status, 404);
}
