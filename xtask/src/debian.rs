//! Debian packages, which tests need on the machine and no Rust build provides.

use std::process::Command;

use crate::project::Project;
use crate::tools::has;

/// Installs packages where that is allowed: as root, with apt-get. Otherwise, and when it fails, it prints a message. The
/// caller then has to check whether what it needs is there.
pub(crate) fn install(project: &Project, what: &str, packages: &[&str]) {
    if !(rustix::process::geteuid().is_root() && has("apt-get")) {
        return project.progress.note(format_args!("No {what} on this machine, and it is not for us to install"));
    }
    let arguments = ["install", "--yes", "--no-install-recommends"];
    let _ = project
        .run(Command::new("apt-get").arg("update"))
        .and_then(|()| {
            project.run(Command::new("apt-get").args(arguments).args(packages).env("DEBIAN_FRONTEND", "noninteractive"))
        })
        .inspect_err(|error| project.progress.note(format_args!("{error:#}")));
}
