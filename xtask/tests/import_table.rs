//! The packages that may import each other: the table of ARCHITECTURE.md, compared with `cargo metadata`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that can not go on fails")]

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

/// Each package of the workspace, with the packages of the workspace on which it may depend.
const TABLE: &[(&str, &[&str])] = &[
    ("signup", &["edge"]),
    ("login", &["edge"]),
    ("session", &["edge"]),
    ("account", &["edge"]),
    ("passkeys", &["edge"]),
    ("messages", &["edge"]),
    ("moderation", &["edge"]),
    ("authorizer", &["edge"]),
    ("openapi", &["edge"]),
    ("site", &["edge"]),
    ("edge", &["service"]),
    ("keyvalue", &[]),
    ("keyvalue-dynamodb", &["keyvalue"]),
    ("keyvalue-redis", &["keyvalue"]),
    ("keyvalue-sqlite", &["keyvalue"]),
    ("config-environment", &[]),
    ("router", &[]),
    ("service", &["domain", "rules", "wire"]),
    ("domain", &["rules"]),
    ("wire", &["rules"]),
    ("rules", &[]),
    ("frontend", &["rules", "wire"]),
    ("wasm-streams", &[]),
    ("host", &[]),
    ("tests", &[]),
    ("fixture", &[]),
    ("fixture-authorizer", &[]),
    ("seed", &["domain", "service"]),
    ("xtask", &[]),
];

/// Crates that only the named packages may depend on.
const RESERVED: &[(&str, &[&str])] = &[
    ("wasip2", &["edge", "fixture", "keyvalue-dynamodb"]),
    ("spin-sdk", &["edge", "fixture"]),
    (
        "wit-bindgen",
        &[
            "edge",
            "fixture",
            "fixture-authorizer",
            "keyvalue",
            "keyvalue-dynamodb",
            "keyvalue-redis",
            "keyvalue-sqlite",
            "config-environment",
            "router",
        ],
    ),
    ("jwt-simple", &["domain"]),
    ("passki", &["domain"]),
    ("pbkdf2", &["domain"]),
    ("http", &["edge", "service", "host", "seed", "tests", "xtask"]),
    ("aws-sigv4", &["keyvalue-dynamodb"]),
    ("redis", &["keyvalue-redis"]),
    ("leptos", &["frontend"]),
    ("wasmtime", &["host"]),
    ("rusqlite", &["host", "seed", "tests", "keyvalue-sqlite"]),
];

fn packages() -> BTreeMap<String, Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(std::env::var_os("CARGO_MANIFEST_DIR").unwrap())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let list = |value: &Value| value.as_array().unwrap().clone();
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    let package = |package: &Value| (name(package), list(&package["dependencies"]).iter().map(name).collect());
    list(&metadata["packages"]).iter().map(package).collect()
}

#[test]
fn packages_depend_on_what_the_table_lets_them() {
    let packages = packages();
    let table: BTreeMap<&str, &[&str]> = TABLE.iter().copied().collect();
    let known: Vec<&String> = packages.keys().collect();
    assert_eq!(known, table.keys().collect::<Vec<_>>(), "the table names each package of the workspace");
    for (package, dependencies) in &packages {
        let mut inside: Vec<&str> =
            dependencies.iter().map(String::as_str).filter(|name| table.contains_key(name)).collect();
        inside.sort_unstable();
        // A package may be named for tests too, with other features.
        inside.dedup();
        assert_eq!(inside, table[package.as_str()], "{package}");
    }
}

#[test]
fn reserved_crates_are_named_where_they_belong() {
    for (package, dependencies) in packages() {
        for (name, rooms) in RESERVED {
            let named = dependencies.iter().any(|dependency| dependency == name);
            assert!(!named || rooms.contains(&package.as_str()), "{package} names {name}");
        }
    }
}
