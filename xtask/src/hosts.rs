//! Hosts of others that the tests run the app on: `wasmtime serve`, and wasmCloud by its `wash`. Both come as wheels.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::project::Project;
use crate::{python, tools};

const REQUIREMENTS: &str = "tests/hosts/requirements.txt";

/// What the tests need besides Rust.
pub(crate) fn install(project: &Project) -> Result<()> {
    wasmtime(project)?;
    wash(project).map(drop)
}

/// The program `wasmtime`, compiled here when there is no wheel for this machine. `None` when it can't be had; the reason is on
/// standard error.
///
/// # Errors
/// A fault of the project itself.
pub(crate) fn wasmtime(project: &Project) -> Result<Option<PathBuf>> {
    if let Some(program) = from_wheel(project, "wasmtime_cli/wasmtime")? {
        return Ok(Some(program));
    }
    let compiled = tools::install_wasmtime(project);
    Ok(compiled.inspect_err(|error| project.progress.note(format_args!("No wasmtime: {error:#}"))).ok())
}

/// The program `wash`, or `None` when it can't be had; the reason is on standard error.
///
/// # Errors
/// A fault of the project itself.
pub(crate) fn wash(project: &Project) -> Result<Option<PathBuf>> {
    from_wheel(project, "wash_cli/wash")
}

/// A binary in a wheel. What the wheel installs as a program is a script in Python that starts it, and that a signal would
/// reach in its place.
fn from_wheel(project: &Project, binary: &str) -> Result<Option<PathBuf>> {
    let Some(programs) = python::environment(project, REQUIREMENTS)? else { return Ok(None) };
    let libraries = programs.with_file_name("lib");
    for python in fs::read_dir(libraries)? {
        let program = python?.path().join("site-packages").join(binary);
        if program.is_file() {
            // One of the wheels forgets that its file is a program.
            fs::set_permissions(&program, Permissions::from_mode(0o755))?;
            return Ok(runs(&program).then_some(program));
        }
    }
    Ok(None)
}

fn runs(program: &PathBuf) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}
