//! One host with one store.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::adapters::Store;
use crate::project::{Project, cargo};
use crate::spin::Spin;
use crate::wasi::Wasi;
use crate::{hosts, stores};

/// What runs the app.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Host {
    Latchkey,
    Spin,
    Wasmtime,
    Wash,
}

/// A host with a store.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) host: Host,
    pub(super) wasi: Wasi,
    /// `None` is the key-value store of the host.
    pub(super) store: Option<Store>,
    /// Whether the tests in a browser run there too.
    pub(super) in_browser: bool,
}

/// Which tests run.
#[derive(Clone, Copy)]
pub(super) enum Part {
    All,
    /// Those of some modules of the suite, as a list with commas.
    Subjects(&'static str),
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) host: String,
    pub(super) version: String,
    pub(super) wasi: String,
    pub(super) store: String,
    pub(super) passed: u64,
    pub(super) failed: u64,
    /// How many tests did not run, by reason.
    pub(super) not_run: BTreeMap<String, u64>,
    /// What this machine lacks, if nothing ran.
    pub(super) missing: Option<String>,
}

impl Row {
    /// Whether it tells of this place.
    pub(super) fn is_of(&self, place: &Place) -> bool {
        self.host == place.host.name() && self.wasi == place.wasi.version() && self.store == names(place.store).0
    }
}

/// Programs by the environment variables through which the suite finds them.
type Programs = Vec<(&'static str, PathBuf)>;

impl Host {
    fn name(self) -> &'static str {
        match self {
            Self::Latchkey => "our host",
            Self::Spin => "Spin",
            Self::Wasmtime => "wasmtime serve",
            Self::Wash => "wasmCloud (wash)",
        }
    }

    /// The name by which the suite knows the host.
    fn launcher(self) -> &'static str {
        match self {
            Self::Latchkey => "latchkey",
            Self::Spin => "spin",
            Self::Wasmtime => "wasmtime",
            Self::Wash => "wash",
        }
    }

    /// The program, with the variable that names it; `Err` holds what is missing.
    fn program(self, project: &Project) -> Result<std::result::Result<(&'static str, PathBuf), String>> {
        let had = |variable, name: &str, program: Option<PathBuf>| {
            program.map(|program| (variable, program)).ok_or_else(|| format!("{name} can't be had on this machine"))
        };
        Ok(match self {
            Self::Latchkey => Ok(("LATCHKEY_HOST", project.host())),
            Self::Spin => Spin::find().map(|spin| ("SPIN", spin.program)).map_err(|_| "SPIN names no Spin".to_owned()),
            Self::Wasmtime => had("WASMTIME", "wasmtime", hosts::wasmtime(project)?),
            Self::Wash => had("WASH", "wash", hosts::wash(project)?),
        })
    }
}

/// The name of a store in the table, and that by which the suite knows it.
fn names(store: Option<Store>) -> (&'static str, &'static str) {
    match store {
        None => ("its own", "default"),
        Some(Store::Sqlite) => ("SQLite", "sqlite"),
        Some(Store::Redis) => ("Redis", "redis"),
        Some(Store::Dynamodb) => ("DynamoDB (dynalite)", "dynamodb"),
    }
}

/// Runs the suite at a place. Tests that fail are counted; they are no error here.
///
/// # Errors
/// The suite does not compile or does not end, or a fault of the project itself.
pub(super) fn run(project: &Project, place: &Place, part: Part) -> Result<Row> {
    let (store, store_key) = names(place.store);
    let mut row = Row {
        host: place.host.name().to_owned(),
        version: String::new(),
        wasi: place.wasi.version().to_owned(),
        store: store.to_owned(),
        passed: 0,
        failed: 0,
        not_run: BTreeMap::new(),
        missing: None,
    };
    project.progress.heading(&format!("Black-box tests on {}, WASI {}, store: {store}", row.host, row.wasi));
    let programs = match programs(project, place)? {
        Ok(programs) => programs,
        Err(missing) => {
            row.missing = Some(missing);
            return Ok(row);
        }
    };
    if let Some((_, program)) = programs.first() {
        row.version = version(program)?;
    }
    let suites: &[&str] = if place.in_browser { &["blackbox", "browser"] } else { &["blackbox"] };
    for suite in suites {
        let mut command = Command::new(cargo());
        command
            .args(["test", "--package", "tests", "--test", suite])
            .current_dir(project.path(""))
            .envs(programs.clone());
        command.env("LATCHKEY_LAUNCHER", place.host.launcher()).env("LATCHKEY_STORE", store_key);
        command.env("LATCHKEY_WASI", place.wasi.version());
        if let Part::Subjects(subjects) = part {
            command.env("LATCHKEY_SUBJECTS", subjects);
        }
        add(project, command, &mut row)?;
    }
    Ok(row)
}

/// Runs one of the two suites, and adds its counts.
fn add(project: &Project, mut command: Command, row: &mut Row) -> Result<()> {
    let report = project.path("target/xtask/portability.json");
    fs::create_dir_all(project.path("target/xtask"))?;
    let _ = fs::remove_file(&report);
    let ended = project.run(command.env("LATCHKEY_REPORT", &report));
    // A suite that did not write its report did not come to its end, so the counts would be wrong.
    let Ok(text) = fs::read_to_string(&report) else {
        return ended.and_then(|()| anyhow::bail!("the suite has written no report"));
    };
    let report: Value = serde_json::from_str(&text)?;
    let count = |name: &str| report.get(name).and_then(Value::as_u64).with_context(|| format!("no {name} in {report}"));
    row.passed += count("passed")?;
    row.failed += count("failed")?;
    for (reason, count) in report.get("not_run").and_then(Value::as_object).into_iter().flatten() {
        let reason = reason.trim_start_matches("not run: ").to_owned();
        *row.not_run.entry(reason).or_default() += count.as_u64().unwrap_or_default();
    }
    Ok(())
}

/// The host's program first, and what the store needs; `Err` holds what is missing.
fn programs(project: &Project, place: &Place) -> Result<std::result::Result<Programs, String>> {
    let mut programs = match place.host.program(project)? {
        Ok(program) => vec![program],
        Err(missing) => return Ok(Err(missing)),
    };
    let (variable, server, name) = match place.store {
        Some(Store::Redis) => ("LATCHKEY_REDIS_SERVER", stores::redis_server(project)?, "redis-server"),
        Some(Store::Dynamodb) => ("LATCHKEY_DYNALITE", stores::dynalite(project)?, "dynalite"),
        None | Some(Store::Sqlite) => return Ok(Ok(programs)),
    };
    let Some(server) = server else { return Ok(Err(format!("{name} can't be had on this machine"))) };
    programs.push((variable, server));
    Ok(Ok(programs))
}

/// What a program says of its version, without its name.
fn version(program: &Path) -> Result<String> {
    let output = Command::new(program).arg("--version").output()?;
    let said = String::from_utf8(output.stdout)?;
    Ok(said.split_whitespace().nth(1).unwrap_or_default().to_owned())
}
