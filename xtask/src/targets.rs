use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::project::Project;

/// The compilation target of the components.
pub(crate) const WASM_TARGET: &str = "wasm32-wasip2";
/// The compilation target of the frontend, which runs in a browser.
pub(crate) const SITE_TARGET: &str = "wasm32-unknown-unknown";

/// Adds the compilation targets unless they are installed.
pub(crate) fn targets(project: &Project) -> Result<()> {
    [WASM_TARGET, SITE_TARGET].into_iter().try_for_each(|target| add(project, target))
}

fn add(project: &Project, target: &str) -> Result<()> {
    let output = Command::new("rustc").args(["--print", "target-libdir", "--target", target]).output();
    let output = output.context("rustc does not run: install Rust from https://rustup.rs")?;
    let libraries = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() && Path::new(&libraries).is_dir() {
        return Ok(());
    }
    let added = project.run(Command::new("rustup").args(["target", "add", target]).current_dir(project.path("")));
    ensure!(
        added.is_ok(),
        "the Rust toolchain lacks the target {target} and rustup could not add it: {}",
        added.err().map(|error| error.to_string()).unwrap_or_default()
    );
    Ok(())
}
