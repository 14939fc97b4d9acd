//! What Lighthouse says of the site: in its mobile profile, a phone whose processor is four times slower than this one, and how
//! long a first visit takes on such a phone with a slow connection.

mod lighthouse;
mod slow;

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use self::lighthouse::{chromium, number, report};
use crate::app::App;
use crate::browser::LIGHTHOUSE;
use crate::project::Project;
use crate::wasi::Wasi;
use crate::{browser, build, npm};

/// The first one depends on the machine and on what else it does, so it is printed. The others have to be 100.
const CATEGORIES: [&str; 4] = ["performance", "accessibility", "best-practices", "seo"];
/// What depends on the machine, in milliseconds.
const TIMES: [(&str, &str); 3] = [
    ("first-contentful-paint", "first content"),
    ("largest-contentful-paint", "largest content"),
    ("total-blocking-time", "blocked"),
];
/// A name, the address, and how many addresses a first visit loads: page, style, script, WebAssembly, icon. Besides, the board loads
/// the messages, and ahead page, script and WebAssembly of the ways in; the account has a second style.
const VIEWS: [(&str, &str, usize); 4] =
    [("messages", "/", 9), ("signup", "/signup", 5), ("login", "/login", 5), ("account", "/account", 6)];

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Writes how long a first visit takes into docs/performance.md.
    #[arg(long)]
    write: bool,
}

/// Builds what is needed, and prints and checks the report.
pub(crate) fn audit(project: &Project, arguments: &Arguments) -> Result<()> {
    project.progress.expect(build::steps(project, &[]) + 2);
    build::components(project, Wasi::V0_2, &[])?;
    build::host(project)?;
    build::fixture(project, Wasi::V0_2)?;
    browser::install(project);
    check(project)?;
    let table = slow::measure(project)?;
    println!("\n{table}");
    if arguments.write {
        slow::write(project, &table)?;
    }
    Ok(())
}

/// Checks what is built, as [`audit`] does. Returns in words what did not run for want of a tool.
pub(crate) fn test(project: &Project) -> Result<Vec<String>> {
    if chromium().is_none() || npm::packages(project, &[LIGHTHOUSE]).is_err() {
        return Ok(vec!["Lighthouse, which needs Chromium, and Node.js with npm".to_owned()]);
    }
    check(project)?;
    Ok(Vec::new())
}

/// Prints the scores and times of each view, and fails if one lacks what it has on every machine. The full reports are in
/// `target/audit`.
fn check(project: &Project) -> Result<()> {
    let app = App::start(project, Wasi::V0_2, "target/audit")?;
    app.fill(20)?;
    let columns = CATEGORIES.into_iter().map(str::to_owned).chain(TIMES.map(|(_, name)| format!("{name}, ms")));
    let columns: Vec<String> = columns.collect();
    println!("| view | {} |\n|{}", columns.join(" | "), " --- |".repeat(columns.len() + 1));
    for (name, path, addresses) in VIEWS {
        let output = project.path(&format!("target/audit/{name}"));
        let report =
            report(project, &app.url(path), &output, &[&format!("--only-categories={}", CATEGORIES.join(","))])?;
        print(name, &report);
        judge(&report, addresses).with_context(|| format!("the view {name}; see target/audit/{name}.report.html"))?;
    }
    Ok(())
}

/// Fails if the report says something bad that does not depend on how fast the machine is.
fn judge(report: &Value, addresses: usize) -> Result<()> {
    for category in CATEGORIES.into_iter().skip(1) {
        ensure!(score(report, category) == Some(1.0), "Lighthouse does not give {category} 100");
    }
    let shift = number(report, "cumulative-layout-shift").context("no layout shift")?;
    ensure!(shift == 0.0, "what is shown moves while the view is loaded, by {shift}");
    let requests = report.pointer("/audits/network-requests/details/items").and_then(Value::as_array);
    let urls = requests.into_iter().flatten().filter_map(|request| request.get("url")?.as_str());
    let loaded: BTreeSet<&str> = urls.collect();
    ensure!((1..=addresses).contains(&loaded.len()), "a first visit loads {} addresses: {loaded:?}", loaded.len());
    Ok(())
}

fn score(report: &Value, category: &str) -> Option<f64> {
    report.pointer(&format!("/categories/{category}/score")).and_then(Value::as_f64)
}

fn print(name: &str, report: &Value) {
    let scores = CATEGORIES.map(|category| score(report, category).map(|score| score * 100.0));
    let times = TIMES.map(|(audit, _)| number(report, audit));
    let cells = scores.into_iter().chain(times).map(|cell| cell.map_or("none".to_owned(), |cell| format!("{cell:.0}")));
    println!("| {name} | {} |", cells.collect::<Vec<_>>().join(" | "));
    let audits = report.get("audits").and_then(Value::as_object);
    for (id, audit) in audits.into_iter().flatten() {
        let below = audit.get("score").and_then(Value::as_f64).is_some_and(|score| score < 0.9);
        if below && audit.get("scoreDisplayMode").is_some_and(|mode| mode == "binary" || mode == "numeric") {
            eprintln!("  {name}: {id}: {}", audit.get("displayValue").and_then(Value::as_str).unwrap_or("not passed"));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn report(accessibility: f64, shift: f64, urls: &[&str]) -> Value {
        let requests: Vec<Value> = urls.iter().map(|url| json!({ "url": url })).collect();
        json!({
            "categories": {
                "performance": { "score": 0.4 },
                "accessibility": { "score": accessibility },
                "best-practices": { "score": 1 },
                "seo": { "score": 1 },
            },
            "audits": {
                "cumulative-layout-shift": { "numericValue": shift },
                "network-requests": { "details": { "items": requests } },
            },
        })
    }

    #[test]
    fn what_every_machine_sees_is_judged_and_speed_is_not() {
        // The messages are asked for again every few seconds.
        let urls = ["/", "/style.css", "/api/messages", "/api/messages"];
        judge(&report(1.0, 0.0, &urls), 3).unwrap();
        for (bad, addresses) in [
            (report(0.99, 0.0, &urls), 3),
            (report(1.0, 0.02, &urls), 3),
            (report(1.0, 0.0, &urls), 2),
            (report(1.0, 0.0, &[]), 3),
            (json!({}), 3),
        ] {
            assert!(judge(&bad, addresses).is_err(), "{bad}");
        }
    }
}
