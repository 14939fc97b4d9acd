//! npm packages for tests and tools, all in one folder in `target/tools`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::project::Project;
use crate::tools::has;

/// A package and its version.
pub(crate) type Package = (&'static str, &'static str);

/// The folder with the packages, which then contains these packages in these versions.
///
/// # Errors
/// Node.js with npm is missing, or the package registry can't be reached.
pub(crate) fn packages(project: &Project, wanted: &[Package]) -> Result<PathBuf> {
    let folder = project.path("target/tools/npm");
    ensure!(has("node") && has("npm"), "there is no Node.js with npm on PATH");
    let is_missing = |(name, version): &&Package| {
        let manifest = fs::read_to_string(folder.join("node_modules").join(name).join("package.json"));
        let installed = manifest.ok().and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
        installed.is_none_or(|manifest| manifest.get("version").and_then(|found| found.as_str()) != Some(version))
    };
    let missing: Vec<_> = wanted.iter().filter(is_missing).map(|(name, version)| format!("{name}@{version}")).collect();
    if !missing.is_empty() {
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--prefix"]);
        project.run(npm.arg(&folder).args(missing))?;
    }
    Ok(folder)
}
