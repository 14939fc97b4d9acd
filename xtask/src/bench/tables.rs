//! The tables of a run, in Markdown.

use std::collections::BTreeSet;

use super::bars::{Bar, Bound, cell};
use super::number::{millis, rate, thousands};
use super::results::{Cell, Figure, Results, median};
use super::scenario::{COMPARED, CONNECTIONS, SCENARIOS, SIZES, Scenario};
use super::subject::{BUILDS, Subject};

/// Rows under a head; no table at all when there are no rows.
fn table(head: &[String], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let rule = vec!["---".to_owned(); head.len()];
    [line(head), line(&rule)].into_iter().chain(rows.iter().map(|row| line(row))).collect()
}

fn head(first: &[&str], subjects: &[Subject]) -> Vec<String> {
    let names = subjects.iter().map(|subject| subject.name());
    first.iter().copied().chain(names).map(str::to_owned).collect()
}

/// Requests/s, and the median and the 99th percentile of the latency in milliseconds.
fn shown(results: &Results, cell: Cell) -> String {
    let Some(measure) = results.median(cell) else { return String::new() };
    let failed = if measure.failed > 0 { format!("; {} failed", measure.failed) } else { String::new() };
    format!("{} ({}, {}{failed})", rate(measure.per_second), millis(measure.p50_ms), millis(measure.p99_ms))
}

/// A row for each of these, without those that have no figures.
fn rows<T>(of: impl IntoIterator<Item = T>, row: impl Fn(&T) -> (Vec<String>, Vec<String>)) -> Vec<Vec<String>> {
    let rows = of.into_iter().map(|of| row(&of)).filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()));
    rows.map(|(first, cells)| [first, cells].concat()).collect()
}

/// All that was measured with 16 connections on the smallest boards.
pub(super) fn compared(results: &Results) -> String {
    let subjects: BTreeSet<Subject> = results.cells().map(|cell| cell.subject).collect();
    let subjects: Vec<Subject> = subjects.into_iter().collect();
    let rows = rows(SCENARIOS, |scenario: &Scenario| {
        let connections = if scenario.connections.contains(&COMPARED) { COMPARED } else { 1 };
        let cells = subjects.iter().map(|subject| shown(results, cell(scenario.name, *subject, connections)));
        (vec![scenario.title.to_owned()], cells.collect())
    });
    table(&head(&["requests/s (p50, p99 in ms)"], &subjects), &rows)
}

/// The app on its own host by the number of connections.
pub(super) fn by_connections(results: &Results) -> String {
    let of = SCENARIOS.iter().flat_map(|scenario| CONNECTIONS.map(|connections| (scenario, connections)));
    let rows = rows(of, |(scenario, connections)| {
        let cells = BUILDS.map(|build| shown(results, cell(scenario.name, build, *connections)));
        (vec![scenario.title.to_owned(), connections.to_string()], cells.to_vec())
    });
    table(&head(&["requests/s (p50, p99 in ms)", "connections"], &BUILDS), &rows)
}

/// The app on its own host by the number of messages on the board.
pub(super) fn by_size(results: &Results) -> String {
    let of = SCENARIOS.iter().filter(|scenario| scenario.by_size);
    let of = of.flat_map(|scenario| SIZES.map(|messages| (scenario, messages)));
    let rows = rows(of, |(scenario, messages)| {
        let connections = if scenario.connections.contains(&COMPARED) { COMPARED } else { 1 };
        let of_size = |build| Cell { messages: *messages, ..cell(scenario.name, build, connections) };
        let cells = BUILDS.map(|build| shown(results, of_size(build)));
        (vec![scenario.title.to_owned(), thousands(*messages as f64)], cells.to_vec())
    });
    table(&head(&["requests/s (p50, p99 in ms)", "messages"], &BUILDS), &rows)
}

/// Start and memory of the app on its own host.
pub(super) fn resources(results: &Results) -> String {
    let figure = |figure: Figure| (figure.title(), BUILDS.map(|build| results.figure(figure, build)));
    let memory = |what: &'static str, name, connections| {
        let of = |build| results.median(cell(name, build, connections)).map(|measure| measure.resident_mib);
        (what, BUILDS.map(of))
    };
    let figures = [
        figure(Figure::StartMs),
        figure(Figure::CachedStartMs),
        figure(Figure::IdleMib),
        memory("memory, newest 20 over 16 connections, MiB resident", "newest", COMPARED),
        memory("memory, newest 20 over 256 connections, MiB resident", "newest", 256),
        memory("memory, logins over 16 connections, MiB resident", "login", COMPARED),
    ];
    let rows = rows(figures, |(what, values)| {
        let cells = values.map(|value| value.map_or(String::new(), thousands));
        (vec![(*what).to_owned()], cells.to_vec())
    });
    table(&head(&["start and memory"], &BUILDS), &rows)
}

/// Password hashes a second on all cores.
pub(super) fn hashes(results: &Results) -> String {
    let [native, openssl] = results.hashes.each_ref().map(|all| median(all.iter().copied()));
    let rate_of = |hashes: Option<f64>| hashes.map_or("not measured".to_owned(), rate);
    format!(
        "Password hashes a second on all cores, which logins can't exceed: {} by the crate `pbkdf2`, {} by OpenSSL.\n",
        rate_of(native),
        rate_of(openssl)
    )
}

/// The sizes of the components, in KiB.
pub(super) fn sizes(sizes: &[(&str, [u64; 2])]) -> String {
    let kib = |bytes: &u64| thousands(*bytes as f64 / 1024.0);
    let row =
        |(name, bytes): &(&str, [u64; 2])| [vec![format!("{name}.wasm")], bytes.iter().map(kib).collect()].concat();
    table(&head(&["size in KiB"], &BUILDS), &sizes.iter().map(row).collect::<Vec<_>>())
}

/// The bars.
pub(super) fn bars(bars: &[Bar]) -> String {
    let value = |bar: &Bar, value: f64| match bar.unit {
        "" => format!("{value:.2}"),
        unit => format!("{} {unit}", thousands(value)),
    };
    let row = |bar: &Bar| {
        let (word, bound) = match bar.bound {
            Bound::AtLeast(bound) => ("at least", bound),
            Bound::AtMost(bound) => ("at most", bound),
        };
        let failures = if bar.failed > 0 { format!(" ({} failed)", bar.failed) } else { String::new() };
        let met = if bar.is_met() { "met" } else { "**not met**" };
        vec![
            bar.what.clone(),
            value(bar, bar.measured) + &failures,
            format!("{word} {}", value(bar, bound)),
            met.to_owned(),
        ]
    };
    let head = ["ratio", "measured", "bar", ""].map(str::to_owned);
    table(&head, &bars.iter().map(row).collect::<Vec<_>>())
}
