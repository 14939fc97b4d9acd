//! `openapi.yaml` as others use it: linters report nothing, and generators make clients of it without a warning, by which an
//! account lives from its sign-up to its deletion. What the clients do is in `tests/openapi`.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::app::{App, TESTING};
use crate::project::Project;
use crate::schemathesis::REQUIREMENTS;
use crate::wasi::Wasi;
use crate::{npm, python};

/// The linters, the generator for TypeScript, and what its client needs.
const PACKAGES: [npm::Package; 5] = [
    ("@redocly/cli", "2.77.0"),
    ("@stoplight/spectral-cli", "6.16.3"),
    ("openapi-typescript", "7.13.0"),
    ("openapi-fetch", "0.17.0"),
    // The generator does not run with version 7.
    ("typescript", "5.9.3"),
];
/// The last word is the file to compile.
const COMPILE: [&str; 9] =
    ["--strict", "--skipLibCheck", "--target", "es2022", "--module", "nodenext", "--outDir", "out", "client.mts"];

/// Runs the linters, and makes and runs both clients. Returns the names of what did not run, in words.
pub(crate) fn test(project: &Project) -> Result<Vec<String>> {
    let app = App::start_with(project, Wasi::V0_2, "target/description", &TESTING)?;
    let mut missed = Vec::new();
    match npm::packages(project, &PACKAGES) {
        Ok(packages) => {
            lint(project, &packages).context("a linter has something to say about openapi.yaml")?;
            typescript(project, &packages, &app).context("the client that openapi-typescript makes")?;
        }
        Err(error) => missed.push(format!("linters of openapi.yaml, and a client in TypeScript: {error:#}")),
    }
    match python::environment(project, REQUIREMENTS)? {
        Some(programs) => {
            python_client(project, &programs, &app).context("the client that openapi-python-client makes")?;
        }
        None => missed.push("a client of openapi.yaml in Python, which can't be had on this machine".to_owned()),
    }
    Ok(missed)
}

/// What the step needs in addition to Rust and to what Schemathesis needs.
pub(crate) fn install(project: &Project) {
    let _ = npm::packages(project, &PACKAGES)
        .inspect_err(|error| project.progress.note(format_args!("No linters of openapi.yaml: {error:#}")));
}

fn lint(project: &Project, packages: &Path) -> Result<()> {
    let mut redocly = program(packages, "redocly");
    redocly.arg("lint").arg(project.path("openapi.yaml")).args(["--extends", "recommended-strict"]);
    redocly.env("REDOCLY_TELEMETRY", "off").env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
    project.run(&mut redocly)?;
    let mut spectral = program(packages, "spectral");
    spectral.arg("lint").arg(project.path("openapi.yaml")).args(["--fail-severity", "hint", "--ruleset"]);
    project.run(spectral.arg(project.path("tests/openapi/spectral.yaml")))
}

fn typescript(project: &Project, packages: &Path, app: &App) -> Result<()> {
    let types = app.file("api.d.ts");
    let mut generate = program(packages, "openapi-typescript");
    let made = generate.arg(project.path("openapi.yaml")).arg("--output").arg(&types).output()?;
    let said = String::from_utf8_lossy(&made.stderr) + String::from_utf8_lossy(&made.stdout);
    ensure!(made.status.success() && !said.contains('⚠'), "it is not made without a warning:\n{said}");
    // The compiler and Node.js look for packages beside the file that imports them.
    fs::copy(project.path("tests/openapi/client.mts"), app.file("client.mts"))?;
    symlink(packages.join("node_modules"), app.file("node_modules"))?;
    project.run(program(packages, "tsc").args(COMPILE).current_dir(app.folder()))?;
    project.run(Command::new("node").arg(app.file("out/client.mjs")).arg(app.url("")))
}

fn python_client(project: &Project, programs: &Path, app: &App) -> Result<()> {
    let client = app.file("python");
    let mut generate = Command::new(programs.join("openapi-python-client"));
    generate.args(["generate", "--fail-on-warning", "--meta", "none", "--path"]).arg(project.path("openapi.yaml"));
    generate.arg("--output-path").arg(client.join("latchkey_client"));
    // It formats the client by ruff, which is beside it.
    let path = std::env::join_paths(
        [programs.to_owned()].into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    )?;
    fs::create_dir(&client)?;
    project.run(generate.env("PATH", path))?;
    let mut run = Command::new(programs.join("python"));
    run.arg(project.path("tests/openapi/client.py")).arg(app.url(""));
    project.run(run.env("PYTHONPATH", client).env("PYTHONDONTWRITEBYTECODE", "1"))
}

/// A program of an npm package.
fn program(packages: &Path, name: &str) -> Command {
    Command::new(packages.join("node_modules/.bin").join(name))
}
