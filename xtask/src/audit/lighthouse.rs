//! Runs Lighthouse, and reads its reports.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use serde_json::Value;

use crate::browser::LIGHTHOUSE;
use crate::npm;
use crate::project::Project;

const CHROME_FLAGS: &str = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
                            --disable-background-networking --disable-component-update --disable-sync";

/// Runs Lighthouse on an address. Its reports are `OUTPUT.report.json`, which this returns, and `OUTPUT.report.html`.
pub(super) fn report(project: &Project, url: &str, output: &Path, flags: &[&str]) -> Result<Value> {
    let mut command = Command::new(npm::packages(project, &[LIGHTHOUSE])?.join("node_modules/.bin/lighthouse"));
    command.args([url, "--quiet", "--output=json", "--output=html", &format!("--chrome-flags={CHROME_FLAGS}")]);
    command.arg(format!("--output-path={}", output.display())).args(flags);
    if let Some(browser) = chromium() {
        command.env("CHROME_PATH", browser);
    }
    project.run(&mut command)?;
    Ok(serde_json::from_str(&fs::read_to_string(output.with_extension("report.json"))?)?)
}

/// The number that an audit has found.
pub(super) fn number(report: &Value, audit: &str) -> Option<f64> {
    report.pointer(&format!("/audits/{audit}/numericValue")).and_then(Value::as_f64)
}

pub(super) fn chromium() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let programs = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
    programs
        .iter()
        .flat_map(|program| folders.iter().map(move |folder| folder.join(program)))
        .find(|file| file.is_file())
}
