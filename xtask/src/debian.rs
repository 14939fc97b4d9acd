//! Packages of Debian: what a test needs of the machine, and no Rust build brings.

use std::process::Command;

use crate::project::run;
use crate::tools::has;

/// Installs packages where that is for us to do: as root, with apt-get. Otherwise, and when it fails, says so: whether
/// what is needed is there now is for the caller to see.
pub(crate) fn install(what: &str, packages: &[&str]) {
    if !(rustix::process::geteuid().is_root() && has("apt-get")) {
        return eprintln!("No {what} on this machine, and it is not for us to install");
    }
    eprintln!("Installing {what} by apt-get, once: {}", packages.join(", "));
    let arguments = ["install", "--yes", "--no-install-recommends"];
    let _ = run(Command::new("apt-get").arg("update"))
        .and_then(|()| {
            run(Command::new("apt-get").args(arguments).args(packages).env("DEBIAN_FRONTEND", "noninteractive"))
        })
        .inspect_err(|error| eprintln!("{error:#}"));
}
