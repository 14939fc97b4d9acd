//! Tests a clone that was moved or copied together with its compiled files. The commands have to work on the folder in which
//! cargo runs them, and not on the folder in which they were compiled.

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn the_project_is_where_cargo_runs_and_not_where_it_compiled() {
    let moved = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = moved.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("Cargo.toml", "[workspace]\nmembers = [\"xtask\"]\nresolver = \"3\"\n");
    write("xtask/Cargo.toml", "[package]\nname = \"xtask\"\nedition = \"2024\"\n");
    write("xtask/src/main.rs", "fn main() {}\n");
    write("fuzz/fuzz_targets/only_here.rs", "");
    // This call prints the names of the fuzz targets in the project that it found.
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["fuzz", "no-such-target"])
        .env("CARGO_MANIFEST_DIR", moved.path().join("xtask"))
        .current_dir(Path::new("/"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("no fuzz target no-such-target; there are only_here"), "{said}");
}
