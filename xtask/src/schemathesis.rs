//! Schemathesis invents requests, valid and invalid ones, from `openapi.yaml`, and checks the answers against it. Its
//! settings are in `tests/openapi`.

use std::process::Command;

use anyhow::{Context, Result};

use crate::app::{App, TESTING};
use crate::project::Project;
use crate::python;
use crate::wasi::Wasi;

/// The requirements file of Schemathesis, and of the generator of a client.
pub(crate) const REQUIREMENTS: &str = "tests/openapi/requirements.txt";

/// Sends all requests with a valid token where one is needed, and then without any token, each time to a host with a fresh
/// store. Returns the names of what did not run, in words.
pub(crate) fn test(project: &Project) -> Result<Vec<String>> {
    let Some(programs) = python::environment(project, REQUIREMENTS)? else {
        return Ok(vec!["requests made up of openapi.yaml: there is no Schemathesis on this machine".to_owned()]);
    };
    let tests = project.path("tests/openapi");
    for (anonymous, more) in
        [("0", &[][..]), ("1", &["--phases", "examples,coverage,fuzzing", "--max-examples", "10", "--warnings", "off"])]
    {
        let app = App::start_as_issuer(project, Wasi::V0_2, "target/openapi", &TESTING)?;
        let mut command = Command::new(programs.join("schemathesis"));
        command.arg("--config-file").arg(tests.join("schemathesis.toml"));
        command.arg("run").arg(project.path("openapi.yaml")).args(["--url", &app.url("")]).args(more);
        command.env("LATCHKEY_URL", app.url("")).env("LATCHKEY_ANONYMOUS", anonymous);
        // hooks.py is in `tests`, and files that Schemathesis leaves behind stay in `target`.
        command.env("PYTHONPATH", &tests).env("PYTHONDONTWRITEBYTECODE", "1").current_dir(app.folder());
        project.run(&mut command).context("the answers are not those of openapi.yaml, or a request did harm")?;
    }
    Ok(Vec::new())
}

/// What the step needs in addition to Rust.
pub(crate) fn install(project: &Project) -> Result<()> {
    python::environment(project, REQUIREMENTS).map(|_| ())
}
