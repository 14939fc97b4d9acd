//! A host that can't do what its configuration says prints one line and does not start.

use std::net::TcpListener;
use std::path::{Path, PathBuf};

use crate::harness::Wasi;
use crate::harness::host::Setup;

fn write(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// The app's manifest with absolute paths of its components.
fn manifest() -> String {
    let manifest = Wasi::tested().manifest();
    let folder = manifest.parent().unwrap().display();
    std::fs::read_to_string(&manifest).unwrap().replace("source = \"", &format!("source = \"{folder}/"))
}

#[track_caller]
fn names(error: &str, expected: &[&str]) {
    for word in expected {
        assert!(error.contains(word), "{word:?} is not in: {error}");
    }
}

case!(OwnHost, a_manifest_it_does_not_understand_is_refused);
fn a_manifest_it_does_not_understand_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let good = manifest();
    Setup::manifest(&write(&folder, "spin.toml", &good)).start();
    for (manifest, named) in [
        (good.replace("[application]\n", "[application]\nbogus_field = 1\n"), "bogus_field"),
        (good.replace("route = \"/api/login\"\n", "route = \"/api/login\"\nbogus_field = 1\n"), "bogus_field"),
        (good.replace("[component.login]\n", "[component.login]\nbogus_field = 1\n"), "bogus_field"),
        (good.replace("component = \"login\"\n", "component = \"nobody\"\n"), "nobody"),
        (good.replace("spin_manifest_version = 2", "spin_manifest_version = 99"), "spin_manifest_version"),
        (good.replace("login.wasm", "no-such-file.wasm"), "no-such-file.wasm"),
        (good.replace("\"{{ stage }}\"", "\"{{ no_such_variable }}\""), "no_such_variable"),
        ("this is = = not TOML".to_owned(), "bad.toml"),
        (String::new(), "bad.toml"),
    ] {
        assert_ne!(manifest, good);
        println!("a manifest that is wrong about {named}");
        let error = Setup::manifest(&write(&folder, "bad.toml", &manifest)).refused();
        names(&error, &[named]);
    }
    names(&Setup::manifest(Path::new("/no/such/spin.toml")).refused(), &["/no/such/spin.toml"]);
    std::fs::write(folder.path().join("junk.wasm"), b"not WebAssembly").unwrap();
    let junk = good.replace(&format!("{}/login.wasm", Wasi::tested().components()[0].display()), "junk.wasm");
    names(&Setup::manifest(&write(&folder, "bad.toml", &junk)).refused(), &["login", "junk.wasm"]);
}

case!(OwnHost, a_store_that_nothing_defines_is_refused);
/// Spin refuses this as well: "unknown key_value_stores label".
fn a_store_that_nothing_defines_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let text = manifest().replace("key_value_stores = [\"default\"]", "key_value_stores = [\"no-such-store\"]");
    names(&Setup::manifest(&write(&folder, "spin.toml", &text)).refused(), &["no-such-store"]);
}

case!(OwnHost, a_runtime_configuration_it_does_not_understand_is_refused);
fn a_runtime_configuration_it_does_not_understand_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (text, named) in [
        ("bogus_table = 1\n", "bogus_table"),
        ("[key_value_store.default]\ntype = \"etcd\"\n", "etcd"),
        ("[key_value_store.default]\ntype = \"spin\"\nbogus_field = 1\n", "bogus_field"),
        ("[key_value_store.default]\n", "type"),
        ("not TOML", "runtime-config.toml"),
    ] {
        let path = write(&folder, "runtime-config.toml", text);
        let error = Setup::app().flag("--runtime-config-file", path.to_str().unwrap()).refused();
        names(&error, &[named]);
    }
    let error = Setup::app().flag("--runtime-config-file", "/no/such/runtime-config.toml").refused();
    names(&error, &["/no/such/runtime-config.toml"]);
    let other = folder.path().join("elsewhere.db");
    let text = format!("[key_value_store.default]\ntype = \"spin\"\npath = \"{}\"\n", other.display());
    let path = write(&folder, "runtime-config.toml", &text);
    let app = Setup::app().flag("--runtime-config-file", path.to_str().unwrap()).start();
    crate::harness::actors::alice(&app).post(&app, "kept elsewhere");
    assert!(other.is_file(), "a good one is used");
}

case!(OwnHost, an_unknown_variable_is_refused);
fn an_unknown_variable_is_refused() {
    names(&Setup::app().variable("no_such_variable", "secret value").refused(), &["no_such_variable"]);
    let error = Setup::app().variable("no_such_variable", "secret value").refused();
    assert!(!error.contains("secret value"), "{error}");
    names(&Setup::app().variable("signing_key", "@/no/such/file").refused(), &["signing_key"]);
}

case!(OwnHost, an_occupied_port_is_told);
fn an_occupied_port_is_told() {
    let occupied = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = occupied.local_addr().unwrap().to_string();
    names(&Setup::app().flag("--listen", &address).refused(), &[&address]);
    let app = Setup::app().start();
    names(&Setup::app().flag("--listen", &app.authority()).refused(), &[&app.authority()]);
}

case!(OwnHost, a_state_folder_that_is_none_is_told);
/// A file is in the place of the folder, so nobody can write there, not even root.
fn a_state_folder_that_is_none_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(&folder, "state", "a file");
    names(&Setup::app().state(&file).refused(), &[file.to_str().unwrap()]);
    names(&Setup::app().state(&file.join("below")).refused(), &[file.to_str().unwrap()]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "a file");
}

case!(OwnHost, a_folder_where_nothing_can_be_made_is_told);
/// In /sys nobody makes a folder, not even root.
fn a_folder_where_nothing_can_be_made_is_told() {
    names(&Setup::app().state(Path::new("/sys/latchkey")).refused(), &["/sys/latchkey"]);
}

case!(OwnHost, a_damaged_database_is_left_as_it_is);
fn a_damaged_database_is_left_as_it_is() {
    let garbage = b"This is no database. ".repeat(400);
    let mut half = b"SQLite format 3\0".to_vec();
    half.extend(b"and then it broke off");
    for bytes in [&garbage, &half] {
        let state = tempfile::tempdir().unwrap();
        let file = state.path().join("sqlite_key_value.db");
        std::fs::write(&file, bytes).unwrap();
        names(&Setup::app().state(state.path()).refused(), &["sqlite_key_value.db"]);
        assert_eq!(&std::fs::read(&file).unwrap(), bytes, "byte for byte");
        let names: Vec<_> = std::fs::read_dir(state.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(names, ["sqlite_key_value.db"], "and nothing beside it");
    }
}
