//! Two builds of the same sources give the same component, byte for byte, whoever makes them and in which folder. So somebody
//! who does not trust a published component can build it and compare.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::build;
use crate::project::{Project, cargo};
use crate::wasi::Wasi;

/// A component that is not composed, and is built of nearly all crates that the others are built of.
const COMPONENT: &str = "signup";

/// Builds a component from a copy of the sources in another folder, with nothing built before, and compares it with the one that
/// is there.
pub(crate) fn test(project: &Project) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let copy = folder.path().join("copy");
    for file in sources(project)? {
        let (from, to) = (project.path(&file), copy.join(&file));
        fs::create_dir_all(to.parent().context("a file in no folder")?)?;
        fs::copy(&from, &to).with_context(|| from.display().to_string())?;
    }
    let target = folder.path().join("target");
    let mut command = Command::new(cargo());
    command
        .args(build::arguments("build", Wasi::V0_2, &[COMPONENT]))
        .current_dir(&copy)
        .env("CARGO_TARGET_DIR", &target);
    project.run(&mut command)?;
    let second = fs::read(target.join(build::file(Wasi::V0_2, COMPONENT)))?;
    let first = fs::read(build::compiled(project, Wasi::V0_2, COMPONENT))?;
    ensure!(
        first == second,
        "a second build of {COMPONENT} is another file: {} and {} bytes",
        first.len(),
        second.len()
    );
    let home = std::env::var("HOME").unwrap_or_default();
    let tells = !home.is_empty() && first.windows(home.len()).any(|part| part == home.as_bytes());
    ensure!(!tells, "{COMPONENT} says in which folder it was built: {home}");
    Ok(())
}

/// The files of the project that are in git, or would be.
fn sources(project: &Project) -> Result<Vec<String>> {
    let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git").args(arguments).current_dir(project.path("")).output()?;
    ensure!(output.status.success(), "git ls-files: {}", String::from_utf8_lossy(&output.stderr));
    let names = String::from_utf8(output.stdout)?;
    let there = names.split('\0').filter(|name| !name.is_empty() && project.path(name).is_file());
    Ok(there.map(str::to_owned).collect())
}
