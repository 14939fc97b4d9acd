use std::process::Command;

use anyhow::Result;

use crate::progress::Step;
use crate::project::{Project, cargo};
use crate::spin::Spin;
use crate::targets::SITE_TARGET;
use crate::tools::has;
use crate::wasi::Wasi;
use crate::{
    adapters, audit, browser, build, debian, description, fuzz, interop, openmetrics, portability, reproducible,
    schemathesis, stores, supply_chain,
};

/// The host that the black-box suite runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Host {
    /// The host of this project, in `host/`.
    Latchkey,
    Spin,
}

impl Host {
    /// The name by which the test suite knows the host.
    fn launcher(self) -> &'static str {
        match self {
            Self::Latchkey => "latchkey",
            Self::Spin => "spin",
        }
    }
}

/// The packages that run on WebAssembly besides the components. They are linted for that target.
const WASM_PACKAGES: [&str; 3] = ["edge", "fixture", "fixture-authorizer"];
/// The packages whose tests need neither a built component nor a server.
const NATIVE_PACKAGES: [&str; 9] =
    ["rules", "wire", "domain", "service", "frontend", "keyvalue", "keyvalue-sqlite", "config-environment", "router"];
const BUILDS: [Wasi; 2] = [Wasi::V0_2, Wasi::V0_3];
/// The number of steps after those of building, with and without a filter.
const STEPS: usize = 21 + adapters::STEPS + portability::STEPS;
const FILTERED_STEPS: usize = 3;

/// Runs all checks, the cheapest first. With a filter, it runs only the black-box and browser tests that match, and the
/// filter `openapi` also runs the invented requests, linters and generated clients.
pub(crate) fn test(project: &Project, filter: Option<&str>) -> Result<()> {
    let mut missed = Missed { project, what: Vec::new() };
    let filters_openapi = filter.is_some_and(|filter| filter == "openapi");
    let steps = if filter.is_some() { FILTERED_STEPS + 2 * usize::from(filters_openapi) } else { STEPS };
    project.progress.expect(building_steps(project) + steps);
    if filter.is_none() {
        project.progress.heading("Formatting");
        project.cargo(["fmt", "--all", "--check"])?;
        project.cargo(["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"])?;
        project
            .progress
            .heading("Tests of rules, wire, domain, service, frontend, and of adapters that need no server");
        project.cargo(
            ["test"].into_iter().chain(NATIVE_PACKAGES.into_iter().flat_map(|package| ["--package", package])),
        )?;
    }
    components(project)?;
    build::host(project)?;
    if filter.is_none() {
        adapters::all(project)?;
        lint(project)?;
        project.progress.heading("Tests of xtask: who imports whom, what components reach");
        project.cargo(["test", "--package", "xtask"])?;
        project.progress.heading("A second build of a component, which has to be the same");
        reproducible::test(project)?;
        missed.run("Licences, sources and doubles of crates, and their advisories", supply_chain::test)?;
        missed.run("Fuzzing of what meets the outside", fuzz::briefly)?;
        project.progress.heading("Tests of the host");
        project.cargo(["test", "--release", "--package", "host"])?;
        missed.run("Tests of the adapters for Redis and DynamoDB", stores::test)?;
        project.progress.heading("Tests of what fills stores for the benchmark");
        project.cargo(["test", "--package", "seed"])?;
    }
    install_curl(project);
    for wasi in BUILDS {
        project.progress.heading(&format!("Black-box tests, WASI {}", wasi.version()));
        suite(project, &mut suite_command("blackbox", wasi, filter), Host::Latchkey)?;
    }
    if filter.is_none() {
        missed.run("The app on other hosts and stores", portability::briefly)?;
        missed.run("Interoperability: tokens and keys in Python and in Node.js", interop::test)?;
        missed.run("Metrics, read by the library of Prometheus", openmetrics::test)?;
    }
    if filter.is_none() || filters_openapi {
        missed.run("Linters and generated clients of openapi.yaml", description::test)?;
        missed.run("Requests made up of openapi.yaml", schemathesis::test)?;
    }
    let step = Step { name: "browser", what: "Chromium", estimate: None };
    project.progress.step(&step, || {
        browser::install(project);
        Ok(())
    })?;
    project.progress.heading("Tests in a browser");
    suite(project, &mut suite_command("browser", Wasi::V0_2, filter), Host::Latchkey)?;
    if filter.is_none() {
        missed.run("The main flows in Firefox", in_firefox)?;
        missed.run("Lighthouse", audit::test)?;
    }
    project.progress.end();
    // The list is printed once more at the end, where it is seen.
    said(&missed.what);
    Ok(())
}

/// What did not run, in words, because this machine lacks what it needs.
struct Missed<'a> {
    project: &'a Project,
    what: Vec<String>,
}

impl Missed<'_> {
    /// Runs tests that return what of them did not run.
    fn run(&mut self, heading: &str, tests: impl FnOnce(&Project) -> Result<Vec<String>>) -> Result<()> {
        self.project.progress.heading(heading);
        let missed = tests(self.project)?;
        said(&missed);
        self.what.extend(missed);
        Ok(())
    }
}

/// The black-box suite asks by curl what no client in Rust here speaks.
fn install_curl(project: &Project) {
    if !has("curl") {
        debian::install(project, "curl", &["curl"]);
    }
}

/// Runs the browser tests that Firefox can run. Returns what did not run, in words.
fn in_firefox(project: &Project) -> Result<Vec<String>> {
    let Some(path) = browser::install_firefox(project) else {
        return Ok(vec!["the main flows in Firefox, which can't be had on this machine".to_owned()]);
    };
    let mut command = suite_command("browser", Wasi::V0_2, None);
    suite(project, command.env("PATH", path).env("LATCHKEY_BROWSER", "firefox"), Host::Latchkey)?;
    Ok(Vec::new())
}

/// Runs the black-box suite on Spin, with both builds if that Spin runs both.
pub(crate) fn on_spin(project: &Project, filter: Option<&str>) -> Result<()> {
    let spin = Spin::find()?;
    project.progress.expect(building_steps(project) - 1 + BUILDS.len());
    components(project)?;
    for wasi in BUILDS {
        project.progress.heading(&format!("Black-box tests on {}, WASI {}", spin.program.display(), wasi.version()));
        if wasi == Wasi::V0_3 && !spin.has_wasi_0_3() {
            said(&["Spin runs components of WASI 0.3 since version 4.1".to_owned()]);
            continue;
        }
        suite(project, suite_command("blackbox", wasi, filter).env("SPIN", &spin.program), Host::Spin)?;
    }
    Ok(())
}

/// The steps that build the components of both versions, and the host.
fn building_steps(project: &Project) -> usize {
    // The site is built only once.
    build::steps(project, &[]) + build::steps(project, &["signup".to_owned()]) + 2 * BUILDS.len() + 1
}

fn components(project: &Project) -> Result<()> {
    for wasi in BUILDS {
        build::components(project, wasi, &[])?;
        build::fixture(project, wasi)?;
        build::second_authorizer(project, wasi)?;
    }
    Ok(())
}

fn said(missed: &[String]) {
    for what in missed {
        eprintln!("DID NOT RUN: {what}");
    }
}

fn lint(project: &Project) -> Result<()> {
    project.progress.heading("Lints, native");
    project.cargo(["clippy", "--workspace", "--exclude", "host", "--all-targets", "--", "-D", "warnings"])?;
    // The host is linted in the profile in which it is built.
    project.cargo(["clippy", "--release", "--package", "host", "--all-targets", "--", "-D", "warnings"])?;
    project.progress.heading("Lints, WebAssembly");
    let packages = [&WASM_PACKAGES[..], &build::names()].concat();
    for wasi in BUILDS {
        let arguments = build::arguments("clippy", wasi, &packages);
        project.cargo(arguments.into_iter().chain(["--", "-D", "warnings"]))?;
    }
    adapters::lint(project)?;
    let frontend = ["clippy", "--profile", "site", "--target", SITE_TARGET, "--package", "frontend"];
    project.cargo(frontend.into_iter().chain(["--", "-D", "warnings"]))
}

/// The command for one of the two test binaries of the package `tests`, on one of the two builds.
fn suite_command(name: &str, wasi: Wasi, filter: Option<&str>) -> Command {
    let mut command = Command::new(cargo());
    command.args(["test", "--package", "tests", "--test", name, "--"]).args(filter);
    command.env("LATCHKEY_WASI", wasi.version());
    command
}

fn suite(project: &Project, command: &mut Command, host: Host) -> Result<()> {
    command.env("LATCHKEY_LAUNCHER", host.launcher()).env("LATCHKEY_HOST", project.host());
    project.run(command.current_dir(project.path("")))
}
