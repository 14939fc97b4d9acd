//! The metrics of the host against the parser of Prometheus' own Python library. The script is in `tests/openmetrics`.

use std::net::TcpListener;
use std::process::Command;

use anyhow::Result;

use crate::app::{ANY_PORT, App};
use crate::project::Project;
use crate::python;
use crate::wasi::Wasi;

const REQUIREMENTS: &str = "tests/openmetrics/requirements.txt";

/// Runs the script where there is Python. Returns what did not run, in words.
pub(crate) fn test(project: &Project) -> Result<Vec<String>> {
    let Some(programs) = python::environment(project, REQUIREMENTS)? else {
        return Ok(vec!["Prometheus' parser of metrics, which can't be had on this machine".to_owned()]);
    };
    // The port has to be known before the host starts. It is free again when the listener is dropped.
    let address = TcpListener::bind(ANY_PORT)?.local_addr()?.to_string();
    let app = App::start_with(project, Wasi::V0_2, "target/openmetrics", &["--metrics-listen", &address])?;
    let mut check = Command::new(programs.join("python"));
    check.arg("tests/openmetrics/check.py").args([app.url(""), format!("http://{address}/metrics")]);
    project.run(check.current_dir(project.path("")))?;
    Ok(Vec::new())
}

/// What the test needs besides Rust.
pub(crate) fn install(project: &Project) -> Result<()> {
    python::environment(project, REQUIREMENTS).map(drop)
}
