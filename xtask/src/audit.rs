//! `cargo xtask audit`: the report of Lighthouse about the site, in its mobile profile.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::app::App;
use crate::browser;
use crate::build;
use crate::npm;
use crate::project::Project;
use crate::tools::has;
use crate::wasi::Wasi;

/// The version of the npm package.
const LIGHTHOUSE: npm::Package = ("lighthouse", "13.5.0");
const CHROME_FLAGS: &str = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
                            --disable-background-networking --disable-component-update --disable-sync";
const CATEGORIES: [&str; 4] = ["performance", "accessibility", "best-practices", "seo"];

/// Prints the four scores, and the findings that keep a score below 100. The full reports are in `target/audit`.
pub(crate) fn audit(project: &Project) -> Result<()> {
    project.progress.expect(build::steps(project, &[]) + 2);
    build::components(project, Wasi::V0_2, &[])?;
    build::host(project)?;
    build::fixture(project, Wasi::V0_2)?;
    browser::install(project);
    let lighthouse = npm::packages(project, &[LIGHTHOUSE])?.join("node_modules/.bin/lighthouse");
    let app = App::start(project, Wasi::V0_2, "target/audit")?;
    app.fill(20)?;
    let browser = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|name| has(name));
    let mut head = String::from("| view |");
    head.extend(CATEGORIES.map(|category| format!(" {category} |")));
    println!("{head}\n|{}", " --- |".repeat(CATEGORIES.len() + 1));
    for (name, path) in [("messages", "/"), ("signup", "/signup"), ("login", "/login")] {
        let output = project.path(&format!("target/audit/{name}"));
        let mut command = Command::new(&lighthouse);
        command
            .arg(app.url(path))
            .args(["--quiet", "--output=json", "--output=html", &format!("--chrome-flags={CHROME_FLAGS}")])
            .arg(format!("--only-categories={}", CATEGORIES.join(",")))
            .arg(format!("--output-path={}", output.display()));
        if let Some(browser) = browser {
            command.env("CHROME_PATH", which(browser)?);
        }
        project.run(&mut command)?;
        let report = fs::read_to_string(output.with_extension("report.json"))?;
        print(name, &serde_json::from_str(&report)?);
    }
    Ok(())
}

fn print(name: &str, report: &Value) {
    let score = |category: &str| report.pointer(&format!("/categories/{category}/score")).and_then(Value::as_f64);
    let scores = CATEGORIES.map(|category| score(category).map_or("none".to_owned(), |s| format!("{:.0}", s * 100.0)));
    println!("| {name} | {} |", scores.join(" | "));
    let audits = report.get("audits").and_then(Value::as_object);
    for (id, audit) in audits.into_iter().flatten() {
        let below = audit.get("score").and_then(Value::as_f64).is_some_and(|score| score < 0.9);
        if below && audit.get("scoreDisplayMode").is_some_and(|mode| mode == "binary" || mode == "numeric") {
            eprintln!("  {name}: {id}: {}", audit.get("displayValue").and_then(Value::as_str).unwrap_or("not passed"));
        }
    }
}

fn which(program: &str) -> Result<std::path::PathBuf> {
    let path = std::env::var_os("PATH").context("no PATH")?;
    let found = std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file());
    found.with_context(|| format!("{program} is not on PATH"))
}
