use std::process::Command;

use anyhow::Result;

use crate::project::{Project, run};
use crate::setup::SITE_TARGET;
use crate::wasi::Wasi;
use crate::{browser, build, fuzz, interop, schemathesis};

/// What runs on WebAssembly, and is linted for it.
const WASM_PACKAGES: [&str; 10] =
    ["edge", "signup", "login", "session", "account", "messages", "authorizer", "openapi", "site", "fixture"];

/// Everything that has to hold, cheapest first. With a filter, only the black-box and browser tests that match;
/// `openapi` makes requests up besides.
pub(crate) fn test(project: &Project, filter: Option<&str>) -> Result<()> {
    let mut missed = Vec::new();
    if filter.is_none() {
        step("Formatting");
        project.cargo(["fmt", "--all", "--check"])?;
        project.cargo(["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"])?;
        step("Tests of wire, domain, service, frontend");
        let packages = ["wire", "domain", "service", "frontend"];
        project.cargo(["test"].into_iter().chain(packages.into_iter().flat_map(|package| ["--package", package])))?;
    }
    step("Building the components and the host");
    for wasi in [Wasi::V0_2, Wasi::V0_3] {
        build::components(project, wasi, &[])?;
        build::wasm(project, wasi, &["fixture"])?;
    }
    build::host(project)?;
    if filter.is_none() {
        lint(project)?;
        step("Tests of xtask: who imports whom, what components reach");
        project.cargo(["test", "--package", "xtask"])?;
        step("Fuzzing of what meets the outside");
        missed = fuzz::briefly(project)?;
        said(&missed);
        step("Tests of the host");
        project.cargo(["test", "--release", "--package", "host"])?;
    }
    step("Black-box tests, WASI 0.2");
    suite(project, Wasi::V0_2, "blackbox", filter)?;
    step("Black-box tests, WASI 0.3");
    suite(project, Wasi::V0_3, "blackbox", filter)?;
    if filter.is_none() {
        step("Interoperability: the JOSE libraries of Python and of Node.js");
        let here = interop::test(project)?;
        said(&here);
        missed.extend(here);
    }
    if filter.is_none_or(|filter| filter == "openapi") {
        step("Requests made up of openapi.yaml");
        let here = schemathesis::test(project)?;
        said(&here);
        missed.extend(here);
    }
    step("Tests in a browser");
    browser::install(project);
    suite(project, Wasi::V0_2, "browser", filter)?;
    // Once more where it is seen.
    said(&missed);
    Ok(())
}

fn said(missed: &[String]) {
    for what in missed {
        eprintln!("DID NOT RUN: {what}");
    }
}

fn lint(project: &Project) -> Result<()> {
    step("Lints, native");
    project.cargo(["clippy", "--workspace", "--exclude", "host", "--all-targets", "--", "-D", "warnings"])?;
    // In the profile that it is built in.
    project.cargo(["clippy", "--release", "--package", "host", "--all-targets", "--", "-D", "warnings"])?;
    step("Lints, WebAssembly");
    for wasi in [Wasi::V0_2, Wasi::V0_3] {
        let arguments = build::arguments("clippy", wasi, &WASM_PACKAGES);
        project.cargo(arguments.into_iter().chain(["--", "-D", "warnings"]))?;
    }
    let frontend = ["clippy", "--profile", "site", "--target", SITE_TARGET, "--package", "frontend"];
    project.cargo(frontend.into_iter().chain(["--", "-D", "warnings"]))
}

/// One of the two binaries of the package `tests`.
fn suite(project: &Project, wasi: Wasi, name: &str, filter: Option<&str>) -> Result<()> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new(cargo);
    command.args(["test", "--package", "tests", "--test", name, "--"]).args(filter).current_dir(project.path(""));
    command.env("LATCHKEY_HOST", project.host()).env("LATCHKEY_WASI", wasi.version());
    run(&mut command)
}

fn step(name: &str) {
    eprintln!("\n== {name}");
}
