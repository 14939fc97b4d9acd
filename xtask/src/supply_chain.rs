//! The crates that the project is built of: their licences and sources, versions that come twice, and known vulnerabilities.

use std::process::Command;

use anyhow::Result;

use crate::project::{Project, cargo};
use crate::tools;

/// Runs cargo-deny, whose rules are in `deny.toml`. Returns in words what did not run: advisories need a database, which cargo-deny
/// gets by git.
pub(crate) fn test(project: &Project) -> Result<Vec<String>> {
    let path = tools::install_cargo_deny(project)?;
    let deny = |arguments: &[&str]| {
        let mut command = Command::new(cargo());
        command.arg("deny").args(arguments).env("PATH", &path).current_dir(project.path(""));
        command
    };
    project.run(&mut deny(&["--locked", "check", "bans", "licenses", "sources"]))?;
    if !deny(&["fetch", "db"]).output()?.status.success() {
        return Ok(vec!["advisories of RustSec, whose database can't be had on this machine".to_owned()]);
    }
    project.run(&mut deny(&["--locked", "check", "--disable-fetch", "advisories"]))?;
    Ok(Vec::new())
}
