use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::project::{Project, run};

/// The target of the components.
pub(crate) const WASM_TARGET: &str = "wasm32-wasip2";

/// Adds the compilation targets unless they are there.
pub(crate) fn targets(project: &Project) -> Result<()> {
    let output = Command::new("rustc").args(["--print", "target-libdir", "--target", WASM_TARGET]).output();
    let output = output.context("rustc does not run: install Rust from https://rustup.rs")?;
    let libraries = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() && std::path::Path::new(&libraries).is_dir() {
        return Ok(());
    }
    eprintln!("Adding the target {WASM_TARGET} to the Rust toolchain");
    let added = run(Command::new("rustup").args(["target", "add", WASM_TARGET]).current_dir(project.path("")));
    ensure!(
        added.is_ok(),
        "the Rust toolchain lacks the target {WASM_TARGET} and rustup could not add it: {}",
        added.err().map(|error| error.to_string()).unwrap_or_default()
    );
    Ok(())
}
