//! What the browser tests need of the machine. Where it can't be had they say that they did not run.

use std::process::Command;

use crate::project::{Project, run};
use crate::tools::has;

/// The npm package whose rules the views are checked by.
const AXE_CORE: &str = "4.14.1";

/// Installs Chromium, as root on Debian, and axe-core, into `target/tools`, unless they are there.
pub(crate) fn install(project: &Project) {
    let chromium = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"].into_iter().any(has);
    if !(chromium && has("chromedriver")) {
        if rustix::process::geteuid().is_root() && has("apt-get") {
            eprintln!("Installing Chromium by apt-get: once, about 100 MB");
            let packages = ["install", "--yes", "--no-install-recommends", "chromium", "chromium-driver"];
            let _ = run(Command::new("apt-get").arg("update"))
                .and_then(|()| run(Command::new("apt-get").args(packages).env("DEBIAN_FRONTEND", "noninteractive")))
                .inspect_err(|error| eprintln!("{error:#}"));
        } else {
            eprintln!("No Chromium with chromedriver on PATH, and it is not for us to install: no test in a browser");
        }
    }
    let folder = project.path("target/tools/npm");
    if !folder.join("node_modules/axe-core/axe.min.js").is_file() && has("npm") {
        eprintln!("Installing axe-core {AXE_CORE} into target/tools");
        let mut command = Command::new("npm");
        command.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--prefix"]);
        let _ =
            run(command.arg(folder).arg(format!("axe-core@{AXE_CORE}"))).inspect_err(|error| eprintln!("{error:#}"));
    }
}
