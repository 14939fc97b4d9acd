//! Our tokens, keys, metadata and passkeys against the libraries of other languages, and their tokens, keys and passkeys against the app. The
//! scripts are in `tests/interop`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::app::{App, TESTING};
use crate::project::Project;
use crate::tools::has;
use crate::wasi::Wasi;
use crate::{npm, python};

/// The libraries of Python.
const REQUIREMENTS: &str = "tests/interop/requirements.txt";
/// The libraries of Node.js.
const PACKAGES: [npm::Package; 3] =
    [("jose", "6.2.17"), ("openid-client", "6.9.0"), ("@simplewebauthn/server", "14.0.3")];

/// Runs all scripts, each where its language, and for one a browser, is available. Returns the names of those that did not run, in words.
pub(crate) fn test(project: &Project) -> Result<Vec<String>> {
    let runners = [
        ("Python (PyJWT, joserfc, Authlib, python-fido2)", python(project)?, 103),
        ("Node.js (jose, openid-client)", node(project), 51),
    ];
    let (mut own, mut missed) = (None, Vec::new());
    for (name, runner, at_least) in runners {
        let Some(runner) = runner else {
            missed.push(format!("interoperability with {name}, which can't be had on this machine"));
            continue;
        };
        let own = match &own {
            Some(own) => own,
            None => own.insert(App::start_as_issuer(project, Wasi::V0_2, "target/interop/own", &TESTING)?),
        };
        check(project, own, &runner, at_least).with_context(|| format!("interoperability with {name}"))?;
    }
    match (&own, packages(project).filter(|_| has("chromedriver"))) {
        (Some(own), Some(packages)) => {
            passkeys(project, own, &packages).context("interoperability with SimpleWebAuthn")?;
        }
        _ => missed.push("interoperability with SimpleWebAuthn, which takes Node.js and Chromium".to_owned()),
    }
    Ok(missed)
}

/// What the tests need besides Rust.
pub(crate) fn install(project: &Project) -> Result<()> {
    python(project)?;
    node(project);
    Ok(())
}

/// Lets a script make a key, and check two apps: one with a key of its own and its URL as the issuer, and one that is given the
/// script's key.
fn check(project: &Project, own: &App, runner: &Runner, at_least: usize) -> Result<()> {
    let folder = project.path("target/interop").join(runner.language);
    fs::create_dir_all(&folder)?;
    let key = folder.join("key.pem").display().to_string();
    project.run(runner.command(project).args(["key", &key]))?;
    let variable = format!("signing_key=@{key}");
    let flags: Vec<&str> = TESTING.into_iter().chain(["--variable", &variable]).collect();
    let given = App::start_with(project, Wasi::V0_2, &format!("target/interop/{}/app", runner.language), &flags)?;
    judge(runner.command(project).args(["check", &own.url(""), &given.url(""), &key]), runner.language, at_least)
}

/// Has a browser make a passkey for the app, which the app and a library verify.
fn passkeys(project: &Project, own: &App, packages: &Path) -> Result<()> {
    let mut script = Command::new("node");
    script.arg("tests/interop/passkeys.mjs").arg(packages).arg(own.url("")).current_dir(project.path(""));
    judge(&mut script, "browser", 10)
}

/// Runs a script, each line of whose output is a case.
fn judge(script: &mut Command, name: &str, at_least: usize) -> Result<()> {
    let output = script.output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let (passed, failed): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with("ok "));
    for line in &failed {
        eprintln!("{line}");
    }
    eprintln!("{name}: {} passed, {} failed", passed.len(), failed.len());
    ensure!(output.status.success(), "its script broke off:\n{}", String::from_utf8_lossy(&output.stderr));
    ensure!(failed.is_empty(), "{} cases failed", failed.len());
    ensure!(passed.len() >= at_least, "only {} cases ran, and there are {at_least} at least", passed.len());
    Ok(())
}

/// How a script is called.
struct Runner {
    language: &'static str,
    words: Vec<String>,
}

impl Runner {
    fn command(&self, project: &Project) -> Command {
        let mut words = self.words.iter();
        let mut command = Command::new(words.next().map_or("", String::as_str));
        command.args(words).current_dir(project.path(""));
        command
    }
}

fn python(project: &Project) -> Result<Option<Runner>> {
    let words =
        |programs: &Path| vec![programs.join("python").display().to_string(), "tests/interop/interop.py".to_owned()];
    let environment = python::environment(project, REQUIREMENTS)?;
    Ok(environment.map(|programs| Runner { language: "python", words: words(&programs) }))
}

fn node(project: &Project) -> Option<Runner> {
    let packages = packages(project)?;
    let words = ["node".to_owned(), "tests/interop/interop.mjs".to_owned(), packages.display().to_string()];
    Some(Runner { language: "node", words: words.to_vec() })
}

/// The folder with the libraries of Node.js.
fn packages(project: &Project) -> Option<PathBuf> {
    npm::packages(project, &PACKAGES)
        .inspect_err(|error| project.progress.note(format_args!("No libraries of Node.js: {error:#}")))
        .ok()
}
