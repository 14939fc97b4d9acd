//! A first visit on a slow connection and a slow phone.

use std::fs;

use anyhow::{Context, Result};
use serde_json::Value;

use super::lighthouse::{number, report};
use crate::app::App;
use crate::project::Project;
use crate::wasi::Wasi;

/// What is known as slow 3G, with a processor that is four times slower than this one.
const SLOW: [&str; 6] = [
    "--throttling-method=devtools",
    "--throttling.requestLatencyMs=400",
    "--throttling.downloadThroughputKbps=400",
    "--throttling.uploadThroughputKbps=400",
    "--throttling.cpuSlowdownMultiplier=4",
    "--only-audits=user-timings,total-blocking-time",
];
/// An odd number of runs has one in the middle.
const RUNS: usize = 3;
const PATHS: [&str; 3] = ["/", "/signup", "/account"];
/// What is measured, and the most milliseconds that it may take.
const BARS: [(&str, Figure, f64); 3] = [
    ("first message, ms", Figure::Mark("messages"), 2500.0),
    ("app ready, ms", Figure::Mark("started"), 4000.0),
    ("blocked, ms", Figure::Blocked, 150.0),
];
const DOCUMENT: &str = "docs/performance.md";
const BEGIN: &str = "<!-- From here on, `cargo xtask audit --write` writes. -->\n";
const END: &str = "<!-- Here ends what `cargo xtask audit --write` writes. -->\n";

/// Where a report has a figure.
#[derive(Clone, Copy)]
enum Figure {
    /// The time since the navigation of a mark that the page makes (User Timing, `performance.mark`).
    Mark(&'static str),
    Blocked,
}

impl Figure {
    fn of(self, report: &Value) -> Option<f64> {
        match self {
            Self::Blocked => number(report, "total-blocking-time"),
            Self::Mark(name) => {
                let marks = report.pointer("/audits/user-timings/details/items")?.as_array()?;
                marks.iter().find(|mark| mark.get("name").is_some_and(|it| it == name))?.get("startTime")?.as_f64()
            }
        }
    }
}

/// Returns a table of the medians. How fast the machine is and what else it does decides whether a bar is met, so nothing fails.
pub(super) fn measure(project: &Project) -> Result<String> {
    let app = App::start(project, Wasi::V0_2, "target/audit/slow")?;
    app.fill(20)?;
    let names: String = BARS.iter().map(|(name, _, bar)| format!(" {name} (at most {bar:.0}) |")).collect();
    let mut table = format!("| page |{names}\n|{}\n", " --- |".repeat(BARS.len() + 1));
    for path in PATHS {
        let name = path.replace('/', "slow-");
        let run = |number| {
            let output = project.path(&format!("target/audit/{name}-{number}"));
            report(project, &app.url(path), &output, &SLOW)
        };
        let reports = (1..=RUNS).map(run).collect::<Result<Vec<_>>>()?;
        table.push_str(&row(path, &reports));
    }
    Ok(table)
}

fn row(path: &str, reports: &[Value]) -> String {
    let cell = |(_, figure, bar): &(&str, Figure, f64)| {
        let mut found: Vec<f64> = reports.iter().filter_map(|report| figure.of(report)).collect();
        found.sort_by(f64::total_cmp);
        // Only the board has messages.
        let Some(median) = found.get(found.len() / 2) else { return "  |".to_owned() };
        format!(" {median:.0}{} |", if median > bar { ", **not met**" } else { "" })
    };
    format!("| `{path}` |{}\n", BARS.iter().map(cell).collect::<String>())
}

/// Writes the table into the document.
pub(super) fn write(project: &Project, table: &str) -> Result<()> {
    let path = project.path(DOCUMENT);
    let commit = project.commit()?;
    let section = format!("At commit {commit}, medians of {RUNS} runs:\n\n{table}");
    Ok(fs::write(&path, rewrite(&fs::read_to_string(&path)?, &section)?)?)
}

fn rewrite(old: &str, section: &str) -> Result<String> {
    let (before, rest) = old.split_once(BEGIN).context("the mark is missing where the section begins")?;
    let (_, after) = rest.split_once(END).context("the mark is missing where the section ends")?;
    Ok(format!("{before}{BEGIN}\n{section}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn report(messages: f64, started: f64, blocked: f64) -> Value {
        let marks = json!([{ "name": "messages", "startTime": messages }, { "name": "started", "startTime": started }]);
        json!({ "audits": {
            "user-timings": { "details": { "items": marks } },
            "total-blocking-time": { "numericValue": blocked },
        } })
    }

    #[test]
    fn a_row_has_medians_and_says_what_is_not_met() {
        let reports = [report(2000.0, 4100.0, 10.0), report(9000.0, 4200.0, 10.0), report(1900.0, 3000.0, 150.0)];
        assert_eq!(row("/", &reports), "| `/` | 2000 | 4100, **not met** | 10 |\n");
        assert_eq!(row("/signup", &[json!({})]), "| `/signup` |  |  |  |\n");
    }

    #[test]
    fn the_document_has_its_marks() {
        let document = include_str!("../../../docs/performance.md");
        let written = rewrite(document, "| a table |").unwrap();
        assert!(written.contains("| a table |"));
        assert_eq!(rewrite(&written, "| a table |").unwrap(), written);
        assert!(rewrite("# Performance\n", "").is_err());
    }
}
