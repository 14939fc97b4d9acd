//! The site: how `frontend/` is built before the component `site` includes it.
//!
//! Trunk builds it to `target/site/dist`. Each file is then encoded to `target/site/files`, and `target/site/table.rs` lists
//! them for the component. An unchanged file is not written again, so that the component is not built again.

mod cut;
mod encode;
mod files;
mod names;
mod strip;
mod table;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use self::encode::File;
use self::files::write_if_changed;
use crate::progress::Step;
use crate::project::Project;
use crate::targets::SITE_TARGET;
use crate::tools::{self, Tools};

/// What the site is built from. A change in any of these makes it out of date.
const SOURCES: [&str; 6] =
    ["frontend", "crates/wire", "crates/rules", "Cargo.lock", "Cargo.toml", "xtask/src/frontend"];
/// The largest number of bytes, compressed by Brotli, that the first visit may load: page, style, script and WebAssembly.
const FIRST_LOAD_BYTES: usize = 140_000;

/// The number of steps to build the site.
pub(crate) fn steps(project: &Project) -> usize {
    if is_built(project) { 0 } else { 2 }
}

fn stamp(project: &Project) -> PathBuf {
    project.path("target/site/stamp")
}

fn is_built(project: &Project) -> bool {
    modified(&stamp(project)).is_some_and(|built| newest(project).is_some_and(|newest| newest < built))
}

/// Builds the site unless it is newer than its sources.
pub(crate) fn build(project: &Project) -> Result<()> {
    let (stamp, started) = (stamp(project), SystemTime::now());
    if is_built(project) {
        return Ok(());
    }
    let tools = tools::install(project)?;
    let step = Step { name: "site", what: "The site", estimate: (!stamp.exists()).then_some("3 min") };
    project.progress.step(&step, || {
        let dist = project.path("target/site/dist");
        trunk(project, &tools, &dist)?;
        strip::all(&dist)?;
        let files = encode::all(&dist, &project.path("target/site/files"))?;
        report(project, &files, tools.optimise)?;
        write_if_changed(&project.path("target/site/table.rs"), table::source(&files)?.as_bytes())?;
        // Sources that changed during the build are then newer than this stamp.
        Ok(fs::File::create(&stamp)?.set_modified(started)?)
    })
}

/// The time of the last change of the sources.
pub(crate) fn newest(project: &Project) -> Option<SystemTime> {
    SOURCES.iter().filter_map(|source| newest_in(&project.path(source))).max()
}

/// The newest change of a file, or of a folder and everything in it. The folder itself counts, because it shows removals.
fn newest_in(path: &Path) -> Option<SystemTime> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let inside = entries.filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'));
    inside.filter_map(|entry| newest_in(&entry.path())).chain(modified(path)).max()
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

/// Runs Cargo on its own first: it shows its progress, and it may download crates, which Trunk may not do. What it has built is
/// not built again by Trunk, and so keeps the shorter names.
fn trunk(project: &Project, tools: &Tools, dist: &Path) -> Result<()> {
    project.cargo(["build", "--locked", "--profile", "site", "--target", SITE_TARGET, "--package", "frontend"])?;
    let built = project.built(&format!("{SITE_TARGET}/site/frontend.wasm"));
    let mut wasm = cut::unused(&fs::read(&built)?)?;
    names::number(&mut wasm);
    fs::write(&built, wasm)?;
    fs::create_dir_all(dist)?;
    let mut command = Command::new("trunk");
    command.args(["build", "--release", "--offline", "--skip-version-check", "--locked", "--dist"]);
    command.arg(dist).env("PATH", &tools.path).current_dir(project.path("frontend"));
    // Trunk accepts only `true` and `false` as the value of this variable.
    project.run(command.env_remove("NO_COLOR"))
}

/// Prints the sizes, and fails when the site is too large.
fn report(project: &Project, files: &[File], enforce: bool) -> Result<()> {
    let progress = &project.progress;
    progress.detail(format_args!("{:>9} {:>9} {:>9}  file", "bytes", "gzip", "brotli"));
    let mut first_load = 0;
    for file in files {
        let size = |encoded: &Option<PathBuf>| encoded.as_deref().map_or(Ok(file.bytes.len()), length);
        let (gzip, brotli) = (size(&file.gzip)?, size(&file.brotli)?);
        progress.detail(format_args!("{:>9} {gzip:>9} {brotli:>9}  {}", file.bytes.len(), file.path));
        if is_loaded_first(&file.path) {
            first_load += brotli;
        }
    }
    progress.note(format_args!("A first visit loads {first_load} bytes by Brotli; {FIRST_LOAD_BYTES} are the limit"));
    if enforce && first_load > FIRST_LOAD_BYTES {
        bail!("the site's first load is {} bytes too large", first_load - FIRST_LOAD_BYTES);
    }
    Ok(())
}

fn is_loaded_first(path: &str) -> bool {
    [".html", ".css", ".js", ".wasm"].iter().any(|ending| path.ends_with(ending))
}

fn length(path: &Path) -> Result<usize> {
    Ok(fs::metadata(path).with_context(|| path.display().to_string())?.len().try_into()?)
}
