//! A clone that was moved or copied, with what was compiled in it: the commands work on the folder that cargo runs them in, and
//! not on the one that they were compiled in.

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
    // Names the fuzz targets of the project that it found.
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["fuzz", "no-such-target"])
        .env("CARGO_MANIFEST_DIR", moved.path().join("xtask"))
        .current_dir(Path::new("/"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("no fuzz target no-such-target; there are only_here"), "{said}");
}
