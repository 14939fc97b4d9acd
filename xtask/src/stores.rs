//! Stores that the tests of adapters run against, where the machine has them or may install them: a Redis server, and
//! dynalite, which answers as DynamoDB does. Signatures are tested against the library of AWS for Python.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::project::{Project, cargo};
use crate::tools::has;
use crate::{debian, npm, python};

/// The npm package. Its updates are atomic, as those of DynamoDB are; those of moto, an emulator in Python, get lost.
const DYNALITE: npm::Package = ("dynalite", "4.0.0");

const BOTOCORE: &str = "tests/signatures/requirements.txt";

/// Runs the tests of the adapters whose stores are servers, and those that need a program where it can be had. Returns what did
/// not run, in words.
pub(crate) fn test(project: &Project) -> Result<Vec<String>> {
    project.cargo(["test", "--package", "keyvalue-redis", "--package", "keyvalue-dynamodb"])?;
    let botocore = python::environment(project, BOTOCORE)?.map(|programs| programs.join("python"));
    let mut missed = Vec::new();
    for (what, package, test, variable, program) in [
        ("keyvalue-redis on a Redis server", "keyvalue-redis", "server", "LATCHKEY_TEST_REDIS", redis_server(project)?),
        (
            "keyvalue-dynamodb on dynalite",
            "keyvalue-dynamodb",
            "dynalite",
            "LATCHKEY_TEST_DYNALITE",
            dynalite(project)?,
        ),
        ("signatures against botocore", "keyvalue-dynamodb", "signatures", "LATCHKEY_TEST_BOTOCORE", botocore),
    ] {
        let Some(program) = program else {
            missed.push(format!("{what}, which can't be had on this machine"));
            continue;
        };
        let mut command = Command::new(cargo());
        command.args(["test", "--package", package, "--test", test, "--", "--ignored"]).env(variable, program);
        project.run(command.current_dir(project.path("")))?;
    }
    Ok(missed)
}

/// What the tests need besides Rust.
pub(crate) fn install(project: &Project) -> Result<()> {
    redis_server(project)?;
    dynalite(project)?;
    python::environment(project, BOTOCORE).map(drop)
}

/// The program `redis-server`, or `None` when it can't be had; the reason is on standard error.
///
/// # Errors
/// Files in `target/tools` can't be written.
pub(crate) fn redis_server(project: &Project) -> Result<Option<PathBuf>> {
    if has("redis-server") {
        return Ok(Some("redis-server".into()));
    }
    // Debian's package of the server begins a service on this machine. The program itself is in the package of its tools,
    // where it has another name, and goes by the name that it is called by.
    let program = PathBuf::from("/usr/bin/redis-check-rdb");
    if !program.exists() {
        debian::install(project, "Redis", &["redis-tools"]);
    }
    let link = project.path("target/tools/bin/redis-server");
    if program.exists() && !has(&link) {
        fs::create_dir_all(project.path("target/tools/bin"))?;
        let _ = fs::remove_file(&link);
        symlink(program, &link)?;
    }
    Ok(has(&link).then_some(link))
}

/// The program `dynalite`, or `None` when it can't be had; the reason is on standard error.
pub(crate) fn dynalite(project: &Project) -> Result<Option<PathBuf>> {
    let folder = npm::packages(project, &[DYNALITE])
        .inspect_err(|error| project.progress.note(format_args!("No dynalite: {error:#}")));
    Ok(folder.ok().map(|folder| folder.join("node_modules/.bin/dynalite")))
}
