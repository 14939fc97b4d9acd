use wasmparser::{Parser, Payload};

use super::*;

fn root() -> PathBuf {
    Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").unwrap()).parent().unwrap().to_owned()
}

fn built(file: &str) -> Vec<u8> {
    let path = root().join("target/components").join(file);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The components within a component, at any depth.
fn nested(component: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    for payload in Parser::new(0).parse_all(component) {
        if let Payload::ComponentSection { unchecked_range, .. } = payload.unwrap() {
            let [start, end] = [unchecked_range.start, unchecked_range.end].map(|at| usize::try_from(at).unwrap());
            found.push(&component[start..end]);
        }
    }
    found
}

#[test]
fn the_endpoints_are_the_same_bytes_with_every_store_and_in_every_single_file() {
    for store in STORES {
        let single = built(&format!("latchkey-{}.wasm", store.name()));
        let in_single = nested(&single);
        for name in build::names() {
            let own = built(&format!("{name}.wasm"));
            let with_store = built(&format!("{}/{name}.wasm", store.name()));
            assert!(with_store == own || nested(&with_store).contains(&&own[..]), "{name} with {store:?}");
            assert!(in_single.contains(&&own[..]), "{name} in the single file with {store:?}");
        }
    }
}

#[test]
fn an_interface_that_a_platform_does_not_have_is_named() {
    let wit = root().join("wit");
    for (file, platform, missing) in [
        ("signup.wasm", "fermyon-cloud", "wasi:keyvalue/atomics@0.2.0-draft2"),
        ("sqlite/signup.wasm", "akamai-functions", "fermyon:spin/sqlite@2.0.0"),
        ("latchkey-sqlite.wasm", "wasmtime-serve", "fermyon:spin/sqlite@2.0.0"),
        ("redis/signup.wasm", "wasmcloud", "wasi:config/store@0.2.0-draft-2024-09-27"),
    ] {
        let error = format!("{:#}", check(&wit, platform, Wasi::V0_2, &built(file)).unwrap_err());
        assert!(error.contains(platform) && error.contains(missing), "{file} on {platform}: {error}");
    }
}

#[test]
fn what_has_no_store_stays_without_one_and_what_has_one_needs_none_of_the_host() {
    for store in STORES {
        for name in ["openapi", "site"] {
            assert_eq!(built(&format!("{}/{name}.wasm", store.name())), built(&format!("{name}.wasm")), "{name}");
        }
        assert!(stores(&built(&format!("{}/messages.wasm", store.name()))).unwrap().is_empty());
    }
    assert!(!stores(&built("messages.wasm")).unwrap().is_empty());
}
