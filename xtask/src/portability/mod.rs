//! The black-box suite on each host with each store, and the table of what came of it.

mod run;
mod table;

use std::fs;

use anyhow::{Result, ensure};
use run::{Host, Part, Place};

use crate::adapters::{self, Store};
use crate::project::Project;
use crate::wasi::Wasi;
use crate::{browser, build};

/// The options of the command.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Writes the table into README.md and docs/portability.md.
    #[arg(long)]
    write: bool,
    /// Runs the suite on this host only; may be repeated. The other rows of the table stay as they are in README.md.
    #[arg(long, value_enum)]
    only: Vec<Host>,
}

/// Where the documents have the table.
const DOCUMENTS: [&str; 2] = ["README.md", "docs/portability.md"];

/// All places, in the order of the table.
const MATRIX: [Place; 9] = [
    Place { host: Host::Latchkey, wasi: Wasi::V0_2, store: None, in_browser: true },
    Place { host: Host::Latchkey, wasi: Wasi::V0_3, store: None, in_browser: false },
    Place { host: Host::Latchkey, wasi: Wasi::V0_2, store: Some(Store::Sqlite), in_browser: false },
    Place { host: Host::Wasmtime, wasi: Wasi::V0_2, store: Some(Store::Redis), in_browser: true },
    Place { host: Host::Wasmtime, wasi: Wasi::V0_2, store: Some(Store::Dynamodb), in_browser: false },
    Place { host: Host::Wash, wasi: Wasi::V0_2, store: Some(Store::Redis), in_browser: false },
    Place { host: Host::Spin, wasi: Wasi::V0_2, store: None, in_browser: false },
    Place { host: Host::Spin, wasi: Wasi::V0_2, store: Some(Store::Sqlite), in_browser: false },
    Place { host: Host::Spin, wasi: Wasi::V0_2, store: Some(Store::Redis), in_browser: false },
];

/// What `cargo xtask test` runs: all tests where that takes a minute, and elsewhere those that tell most of a store and a host.
const BRIEFLY: [(Place, Part); 4] = [
    (
        MATRIX[2],
        Part::Subjects("account,backup,crash,limits,login,messages,persistence,races,session,signup,sqlite,story"),
    ),
    (MATRIX[3], Part::All),
    (MATRIX[4], Part::Subjects("account,limits,login,messages,races,session,signup,story")),
    (
        MATRIX[5],
        Part::Subjects(
            "authorization_header,login,messages,methods,openapi,request_bodies,signup,site,smuggling,story",
        ),
    ),
];

/// Runs the whole matrix, and prints the table or writes it.
///
/// # Errors
/// A test fails that `tests/our_host_only.rs` does not name for its host and store.
pub(crate) fn portability(project: &Project, arguments: &Arguments) -> Result<()> {
    let building = build::steps(project, &[]) + build::steps(project, &["signup".to_owned()]) + 4 + 1;
    project.progress.expect(building + adapters::STEPS + MATRIX.len());
    for wasi in [Wasi::V0_2, Wasi::V0_3] {
        build::components(project, wasi, &[])?;
        build::fixture(project, wasi)?;
        build::second_authorizer(project, wasi)?;
    }
    build::host(project)?;
    adapters::all(project)?;
    browser::install(project);
    let before = table::rows(&fs::read_to_string(project.path(DOCUMENTS[0]))?);
    let mut rows = Vec::new();
    for place in &MATRIX {
        let kept = before.iter().find(|row| row.is_of(place));
        match kept.filter(|_| !arguments.only.is_empty() && !arguments.only.contains(&place.host)) {
            Some(row) => rows.push(row.clone()),
            None => rows.push(run::run(project, place, Part::All)?),
        }
    }
    let section = table::table(&rows);
    println!("{section}");
    if arguments.write {
        for document in DOCUMENTS {
            let path = project.path(document);
            fs::write(&path, table::rewrite(&fs::read_to_string(&path)?, &section)?)?;
        }
    }
    let failed: u64 = rows.iter().map(|row| row.failed).sum();
    ensure!(failed == 0, "{failed} tests failed, and tests/our_host_only.rs names none of them");
    Ok(())
}

/// The number of steps of [`briefly`], besides its own.
pub(crate) const STEPS: usize = 1 + BRIEFLY.len();

/// Runs a part of the matrix on what is built. Returns what did not run, in words.
pub(crate) fn briefly(project: &Project) -> Result<Vec<String>> {
    let mut missed = Vec::new();
    for (place, part) in &BRIEFLY {
        let place = Place { in_browser: false, ..*place };
        let row = run::run(project, &place, *part)?;
        ensure!(row.failed == 0, "{} tests failed on {}", row.failed, row.host);
        missed.extend(row.missing.map(|missing| format!("the app on {} with {}: {missing}", row.host, row.store)));
    }
    Ok(missed)
}
