use anyhow::Result;

use crate::progress::Step;
use crate::project::Project;
use crate::targets::targets;
use crate::{browser, description, hosts, interop, openmetrics, schemathesis, stores, tools};

/// Installs everything that building and testing need besides Rust.
pub(crate) fn all(project: &Project) -> Result<()> {
    project.progress.expect(3);
    let step = Step { name: "targets", what: "Rust's targets for WebAssembly", estimate: None };
    project.progress.step(&step, || targets(project))?;
    tools::install(project)?;
    let step = Step {
        name: "test-tools",
        what: "What tests need: Chromium, Firefox, Redis, Python's and npm's packages",
        estimate: None,
    };
    project.progress.step(&step, || {
        browser::install(project);
        browser::install_firefox(project);
        interop::install(project)?;
        openmetrics::install(project)?;
        description::install(project);
        stores::install(project)?;
        hosts::install(project)?;
        schemathesis::install(project)
    })
}
