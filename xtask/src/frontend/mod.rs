//! The site: how `frontend/` is built before the component `site` includes it.
//!
//! Trunk builds each of its pages to a folder in `target/site/trunk`, and `target/site/dist` has the files of all. Each file is then
//! encoded to `target/site/files`, and `target/site/table.rs` lists them for the component. An unchanged file is not written again,
//! so that the component is not built again.

mod cut;
mod encode;
mod files;
mod names;
mod strip;
mod table;
mod translations;

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

/// A page of the site, which is an app of its own.
struct Page {
    /// Its file in `frontend/`.
    file: &'static str,
    /// The binary of the package `frontend` that runs in it.
    binary: &'static str,
    what: &'static str,
    /// The largest number of bytes, compressed by Brotli, that it may load: the page itself, style, script and WebAssembly.
    limit: usize,
}

const PAGES: [Page; 4] = [
    Page { file: "index.html", binary: "frontend", what: "A first visit", limit: 140_000 },
    Page { file: "entry.html", binary: "frontend-entry", what: "A visit of sign-up or login", limit: 140_000 },
    Page { file: "account.html", binary: "frontend-account", what: "A visit of the account", limit: 160_000 },
    Page { file: "moderation.html", binary: "frontend-moderation", what: "A visit of moderation", limit: 160_000 },
];

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
    let step = Step { name: "site", what: "The site", estimate: (!stamp.exists()).then_some("6 min") };
    project.progress.step(&step, || {
        let dist = project.path("target/site/dist");
        compile(project)?;
        files::remove(&dist)?;
        for page in &PAGES {
            let folder = project.path("target/site/trunk").join(page.binary);
            trunk(project, &tools, page, &folder)?;
            translations::shorten(
                &folder,
                page.file,
                &project.built(&format!("{SITE_TARGET}/site/{}.wasm", page.binary)),
            )?;
            strip::all(&folder, page.file)?;
            files::copy(&folder, &dist)?;
        }
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
fn compile(project: &Project) -> Result<()> {
    project.cargo(["build", "--locked", "--profile", "site", "--target", SITE_TARGET, "--package", "frontend"])?;
    for page in &PAGES {
        let built = project.built(&format!("{SITE_TARGET}/site/{}.wasm", page.binary));
        let mut wasm = cut::unused(&fs::read(&built)?)?;
        names::number(&mut wasm);
        fs::write(&built, wasm)?;
    }
    Ok(())
}

fn trunk(project: &Project, tools: &Tools, page: &Page, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let mut command = Command::new("trunk");
    command.args(["build", "--release", "--offline", "--skip-version-check", "--locked"]);
    command.args(["--html-output", page.file, "--dist"]).arg(folder).arg(page.file);
    // Trunk accepts only `true` and `false` as the value of this variable.
    project.run(command.env("PATH", &tools.path).current_dir(project.path("frontend")).env_remove("NO_COLOR"))
}

/// Prints the sizes, and fails when a page is too large.
fn report(project: &Project, files: &[File], enforce: bool) -> Result<()> {
    let progress = &project.progress;
    progress.detail(format_args!("{:>9} {:>9} {:>9}  file", "bytes", "gzip", "brotli"));
    for file in files {
        progress.detail(format_args!(
            "{:>9} {:>9} {:>9}  {}",
            file.bytes.len(),
            length(file, file.gzip.as_deref())?,
            length(file, file.brotli.as_deref())?,
            file.path
        ));
    }
    for Page { file, what, limit, .. } in &PAGES {
        let path = format!("/{file}");
        let page = files.iter().find(|file| file.path == path).context("Trunk built no page")?;
        let html = std::str::from_utf8(&page.bytes)?;
        let mut loaded = 0;
        for file in files.iter().filter(|file| file.path == path || is_loaded(html, &file.path)) {
            loaded += length(file, file.brotli.as_deref())?;
        }
        progress.note(format_args!("{what} loads {loaded} bytes by Brotli; {limit} are the limit"));
        if enforce && loaded > *limit {
            bail!("{file} loads {} bytes too many", loaded - limit);
        }
    }
    Ok(())
}

/// Whether a page loads a file before its app runs.
fn is_loaded(html: &str, path: &str) -> bool {
    [".css", ".js", ".wasm"].iter().any(|ending| path.ends_with(ending)) && html.contains(path)
}

/// The length of an encoding of a file, or of the file if it has none.
fn length(file: &File, encoded: Option<&Path>) -> Result<usize> {
    let Some(path) = encoded else { return Ok(file.bytes.len()) };
    Ok(fs::metadata(path).with_context(|| path.display().to_string())?.len().try_into()?)
}
