//! `cargo xtask mutants`: whether the tests notice changes of the code that a promise rests on.

mod document;
mod outcomes;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail, ensure};
use document::Document;
use serde_json::Value;

use crate::progress::Step;
use crate::project::Project;
use crate::tools;

/// The files to test.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A file, or a folder, by its path in the project: crates/domain/src/delay.rs. When none is named, all that
    /// .cargo/mutants.toml names are tested, which takes some hours.
    file: Vec<String>,
}

const CONFIGURATION: &str = ".cargo/mutants.toml";
const DOCUMENT: &str = "docs/mutants.md";
/// cargo-mutants puts its files into `mutants.out` in this folder.
const FOLDER: &str = "target/mutants";
/// The packages whose code can be changed.
const PACKAGES: [&str; 4] = ["--package", "domain", "--package", "service"];

/// Tests the mutants, and writes `docs/mutants.md`. The command fails when too few are detected, or when the document has no
/// reason for one that is not.
pub(crate) fn mutants(project: &Project, arguments: &Arguments) -> Result<ExitCode> {
    let configuration = configuration(project, &arguments.file)?;
    // It is read now, so that an error in it does not come after hours.
    let mut document = match fs::read_to_string(project.path(DOCUMENT)) {
        Ok(text) => Document::parse(&text).context(DOCUMENT)?,
        Err(_) => Document::default(),
    };
    project.progress.expect(2);
    let step = Step { name: "cargo-mutants", what: "cargo-mutants", estimate: None };
    let path = project.progress.step(&step, || tools::install_cargo_mutants(project))?;
    let planned = planned(project, &path)?;
    let command = format!("cargo xtask mutants {}", arguments.file.join(" "));
    project.progress.heading(&format!("Mutants, each a few seconds: {}", command.trim()));
    let commit = project.commit()?;
    let run = run(project, &path, &configuration)?;
    ensure!(!run.outcomes.is_empty(), "there are no mutants");
    let when = format!("{}, at {commit}", run.day);
    document.update(&run.outcomes, &when, |file, line| {
        let text = fs::read_to_string(project.path(file)).unwrap_or_default();
        text.lines().nth(line.saturating_sub(1)).unwrap_or_default().to_owned()
    });
    document.keep(|file| project.path(file).exists());
    let last_run = format!("The last run was `{}`, {when}, with cargo-mutants {}.", command.trim(), run.version);
    fs::write(project.path(DOCUMENT), document.text(&planned, &last_run)?)?;
    eprintln!("\n{}: see {DOCUMENT}", document.share());
    let complaints = document.complaints();
    complaints.iter().for_each(|complaint| eprintln!("error: {complaint}"));
    Ok(if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Writes the configuration for a run: that of the project, with these files and folders in place of its own. The flag
/// `--file` would add them to those, and `--re` does not apply to all kinds of mutants.
fn configuration(project: &Project, files: &[String]) -> Result<PathBuf> {
    let mut configuration: toml::Table = fs::read_to_string(project.path(CONFIGURATION))?.parse()?;
    if !files.is_empty() {
        let globs = files.iter().map(|file| glob(project, file)).collect::<Result<Vec<_>>>()?;
        configuration.insert("examine_globs".to_owned(), globs.into());
    }
    let written = project.path(FOLDER).join("mutants.toml");
    let _ = fs::remove_dir_all(project.path(FOLDER));
    fs::create_dir_all(project.path(FOLDER))?;
    fs::write(&written, configuration.to_string())?;
    Ok(written)
}

fn glob(project: &Project, file: &str) -> Result<String> {
    let file = file.trim_end_matches('/');
    let path = project.path(file);
    ensure!(path.exists(), "{file}: no file or folder has this path in the project");
    Ok(if path.is_dir() { format!("{file}/**/*.rs") } else { file.to_owned() })
}

fn cargo_mutants(project: &Project, path: &OsStr) -> Command {
    // Through cargo it could be another version, from the folder where cargo installs.
    let mut command = Command::new("cargo-mutants");
    command.arg("mutants").args(PACKAGES).env("PATH", path).current_dir(project.path(""));
    // Without optimisation the tests take five times as long, because some of them simulate thousands of clients.
    command.env("CARGO_PROFILE_DEV_OPT_LEVEL", "1");
    command
}

/// The files with mutants among those that `.cargo/mutants.toml` names.
fn planned(project: &Project, path: &OsStr) -> Result<BTreeSet<String>> {
    let output = cargo_mutants(project, path).args(["--list", "--json"]).output()?;
    ensure!(output.status.success(), "cargo mutants --list: {}", String::from_utf8_lossy(&output.stderr));
    let all: Vec<Value> = serde_json::from_slice(&output.stdout)?;
    Ok(all.iter().filter_map(|mutant| mutant.get("file")?.as_str().map(str::to_owned)).collect())
}

/// Runs cargo-mutants, which shows its progress itself.
fn run(project: &Project, path: &OsStr, configuration: &Path) -> Result<outcomes::Run> {
    let folder = project.path(FOLDER);
    let mut command = cargo_mutants(project, path);
    let status = command.arg("--config").arg(configuration).arg("--output").arg(&folder).status()?;
    match status.code() {
        // All were detected; some were missed; some timed out.
        Some(0 | 2 | 3) => {}
        Some(4) => bail!("the tests fail without any mutant: see {FOLDER}/mutants.out/log/baseline.log"),
        _ => bail!("cargo mutants ended with {status}"),
    }
    let file = folder.join("mutants.out/outcomes.json");
    let json = fs::read_to_string(&file).context("cargo mutants found no mutants there")?;
    outcomes::read(&json).with_context(|| file.display().to_string())
}
