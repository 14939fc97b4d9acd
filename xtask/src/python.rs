//! Python packages for tests: one virtual environment in `target/tools/python` for each file of requirements, so that
//! nothing is installed outside the project, and no two uses have to agree on versions.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::debian;
use crate::project::Project;
use crate::tools::has;

/// The folder of the programs of a virtual environment that has what the file of requirements names: `python`, and those
/// of the packages. It is made when it is not there, and again when the file has changed.
///
/// `None`, and why on standard error, where there is no Python or no package registry: then the caller says what it does
/// not do.
///
/// # Errors
/// Only what is wrong with the project itself: a file of requirements that is not there.
pub(crate) fn environment(project: &Project, requirements: &str) -> Result<Option<PathBuf>> {
    let file = project.path(requirements);
    let wanted = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    let name = file.parent().and_then(Path::file_name).context("a file of requirements lies in a folder")?;
    let folder = project.path("target/tools/python").join(name);
    // Written last, so a folder with it is whole.
    let stamp = folder.join("installed.txt");
    // An environment can't be moved: its programs name its folder.
    let wanted = format!("{}\n{wanted}", folder.display());
    let installed = fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted);
    // Nor does one run whose Python has left the machine.
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
        // Debian's Python comes without the half of it that makes environments.
        debian::install(project, "Python with venv", &["python3", "python3-venv"]);
        create()?;
    }
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(requirements);
    project.run(&mut pip)
}
