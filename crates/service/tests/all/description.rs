//! Compares the table of endpoints with the other lists of endpoints: `spin.toml`, `openapi.yaml` and the README.

use std::collections::BTreeSet;
use std::path::Path;

use service::table::{self, Access, Component, Resource};

/// Component, method, path, and whether the endpoint takes a token.
pub(crate) type Row = (&'static str, String, String, bool);

fn rows<E>(component: &Component<E>) -> Vec<Row> {
    let of_resource = |resource: &Resource<E>| {
        let row = |(method, access, _): &(http::Method, Access, E)| {
            // The authorizer's own endpoint is public in the table, but reads the token itself.
            let takes_token = *access != Access::Public || component.name == "authorizer";
            (component.name, method.to_string(), resource.path.to_owned(), takes_token)
        };
        resource.methods.iter().map(row).collect::<Vec<_>>()
    };
    component.resources.iter().flat_map(of_resource).collect()
}

/// Members of a path item that are no endpoints in the table: every address has these methods.
const BESIDES: [&str; 3] = ["parameters", "head", "options"];

/// Every endpoint that there is.
pub(crate) fn table() -> Vec<Row> {
    [
        rows(&table::SIGNUP),
        rows(&table::LOGIN),
        rows(&table::SESSION),
        rows(&table::ACCOUNT),
        rows(&table::PASSKEYS),
        rows(&table::MESSAGES),
        rows(&table::MODERATION),
        rows(&table::AUTHORIZER),
        rows(&table::OPENAPI),
    ]
    .concat()
}

fn read(file: &str) -> String {
    let root = Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").unwrap()).join("../..");
    std::fs::read_to_string(root.join(file)).unwrap()
}

#[test]
fn each_address_and_method_is_there_once() {
    let all: Vec<_> = table().into_iter().map(|(_, method, path, _)| (method, path)).collect();
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{all:?}");
}

#[test]
fn the_routes_of_spin_lead_to_the_components_of_the_table() {
    let manifest: toml::Table = read("spin.toml").parse().unwrap();
    let text = |value: &toml::Value| value.as_str().unwrap().to_owned();
    let routes = manifest["trigger"]["http"].as_array().unwrap();
    let routes: BTreeSet<_> = routes.iter().map(|http| (text(&http["route"]), text(&http["component"]))).collect();
    let rest = [("/api/...", "openapi"), ("/...", "site")].map(|(route, name)| (route.to_owned(), name.to_owned()));
    let of_table = table().into_iter().map(|(component, _, path, _)| (path, component.to_owned()));
    assert_eq!(routes, of_table.chain(rest).collect());
}

/// `openapi.yaml`.
pub(crate) fn document() -> serde_json::Value {
    serde_saphyr::from_str(&read("openapi.yaml")).unwrap()
}

/// Every operation of the description: method, path, and whether it takes a token.
pub(crate) fn operations() -> BTreeSet<(String, String, bool)> {
    let mut operations = BTreeSet::new();
    for (path, item) in document()["paths"].as_object().unwrap() {
        let methods = item.as_object().unwrap().iter().filter(|(name, _)| !BESIDES.contains(&name.as_str()));
        operations.extend(methods.map(|(method, operation)| {
            let takes_token = operation["security"].as_array().is_some_and(|all| !all[0]["accessToken"].is_null());
            (method.to_uppercase(), path.replace('{', ":").replace('}', ""), takes_token)
        }));
    }
    operations
}

#[test]
fn the_operations_of_openapi_are_those_of_the_table() {
    let of_table = table().into_iter().map(|(_, method, path, takes_token)| (method, path, takes_token));
    assert_eq!(operations(), of_table.collect());
    let manifest: toml::Table = read("spin.toml").parse().unwrap();
    assert_eq!(document()["info"]["version"].as_str(), manifest["application"]["version"].as_str());
}

#[test]
fn the_readme_names_every_endpoint_and_who_may_call_it() {
    let readme = read("README.md");
    let (_, api) = readme.split_once("## The API").unwrap();
    let lines = api.lines().skip_while(|line| !line.starts_with("| ---")).skip(1);
    let mut named = BTreeSet::new();
    for line in lines.take_while(|line| line.starts_with('|')) {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let (methods, path) = cells[1].rsplit_once(' ').unwrap();
        for method in methods.split(", ") {
            named.insert((
                method.to_owned(),
                path.replace("/ID", "/:id").replace("/USERNAME", "/:username"),
                cells[2] == "bearer",
            ));
        }
    }
    let of_table = table().into_iter().map(|(_, method, path, takes_token)| (method, path, takes_token));
    assert_eq!(named, of_table.collect());
}
