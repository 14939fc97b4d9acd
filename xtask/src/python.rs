//! Python packages for tests. There is one virtual environment in `target/tools/python` for each requirements file, so that
//! nothing is installed outside the project, and two uses need not agree on versions.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::debian;
use crate::project::Project;
use crate::tools::has;

/// The folder of the programs in a virtual environment that has the packages of a requirements file: `python`, and the
/// programs of those packages. The environment is made when it is missing, and again when the file has changed.
///
/// `None` when there is no Python or no package registry; the reason is on standard error. The caller then reports what it
/// does not do.
///
/// # Errors
/// Only faults of the project itself, such as a missing requirements file.
pub(crate) fn environment(project: &Project, requirements: &str) -> Result<Option<PathBuf>> {
    let file = project.path(requirements);
    let wanted = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    let name = file.parent().and_then(Path::file_name).context("a file of requirements lies in a folder")?;
    let folder = project.path("target/tools/python").join(name);
    // This file is written last, so a folder that contains it is complete.
    let stamp = folder.join("installed.txt");
    // An environment can't be moved, because its programs contain the path of its folder.
    let wanted = format!("{}\n{wanted}", folder.display());
    let installed = fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted);
    // An environment does not run either when its Python was removed from the machine.
    if installed && has(folder.join("bin/python")) {
        return Ok(Some(folder.join("bin")));
    }
    let made = make(project, &folder, &file).and_then(|()| Ok(fs::write(&stamp, &wanted)?));
    Ok(match made {
        Ok(()) => Some(folder.join("bin")),
        Err(error) => {
            project.progress.note(format_args!("No Python environment for {requirements}: {error:#}"));
            None
        }
    })
}

fn make(project: &Project, folder: &Path, requirements: &Path) -> Result<()> {
    let create = || {
        let _ = fs::remove_dir_all(folder);
        project.run(Command::new("python3").args(["-m", "venv"]).arg(folder))
    };
    if !has("python3") || create().is_err() {
        // Debian's Python lacks the part that makes virtual environments, which is in a package of its own.
        debian::install(project, "Python with venv", &["python3", "python3-venv"]);
        create()?;
    }
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(requirements);
    project.run(&mut pip)
}
