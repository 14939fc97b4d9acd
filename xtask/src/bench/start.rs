//! How long the app takes from the start of its process to the first answer, and how much memory it then has.

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Result, ensure};

use super::client::{Client, MESSAGES};
use super::results::{Figure, Results};
use super::server::{copy, resident_mib, start_app};
use super::subject::Subject;
use crate::project::Project;

/// Starts a build twice on copies of a store: when nothing is compiled, and when compiled code is in the cache.
pub(super) fn measure(project: &Project, build: Subject, store: &Path, results: &mut Results) -> Result<()> {
    let Some(wasi) = build.wasi() else { return Ok(()) };
    let [name, state, cache] =
        ["", "-state", "-cache"].map(|end| format!("target/bench/run/start-{}{end}", build.folder()));
    let [state, cache] = [project.path(&state), project.path(&cache)];
    let _ = fs::remove_dir_all(&cache);
    for figure in [Figure::StartMs, Figure::CachedStartMs] {
        copy(store, &state)?;
        let start = Instant::now();
        let app = start_app(project, wasi, &name, &state, &cache)?;
        let answer = Client::new(&app.url("")).get(MESSAGES, &[])?;
        let millis = start.elapsed().as_secs_f64() * 1000.0;
        ensure!(answer.status == 200, "the first answer is {}", answer.status);
        results.add_figure(figure, build, millis);
        eprintln!("{}, {}: {millis:.0} ms", figure.title(), build.name());
        if figure == Figure::CachedStartMs {
            results.add_figure(Figure::IdleMib, build, resident_mib(app.id())?);
        }
    }
    Ok(())
}
