//! The bars: what the app has to reach, as ratios within one run.

use super::results::{Cell, Figure, Measure, Results, median};
use super::scenario::{COMPARED, FEW, SCENARIOS, SIZES, Scenario};
use super::subject::Subject::{Axum, FastApi, Node, V0_2, V0_3};
use super::subject::{BUILDS, Subject};

/// A bar with what was measured.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bar {
    /// What was measured, and what it is compared with.
    pub(super) what: String,
    pub(super) measured: f64,
    /// The unit of both numbers; empty for a ratio.
    pub(super) unit: &'static str,
    pub(super) bound: Bound,
    /// Requests that failed meanwhile, which no bar allows.
    pub(super) failed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

impl Bar {
    pub(super) fn is_met(&self) -> bool {
        let reaches = match self.bound {
            Bound::AtLeast(bound) => self.measured >= bound,
            Bound::AtMost(bound) => self.measured <= bound,
        };
        reaches && self.failed == 0
    }
}

/// Requests/s of a scenario on the app, compared with those of a scenario on something else.
struct Share {
    scenario: &'static str,
    build: Subject,
    /// What it is compared with: a scenario and where it runs.
    of: (&'static str, Subject),
    at_least: f64,
}

const fn share(scenario: &'static str, build: Subject, of: (&'static str, Subject), at_least: f64) -> Share {
    Share { scenario, build, of, at_least }
}

const SHARES: [Share; 23] = [
    share("newest", V0_2, ("empty", V0_2), 0.75),
    share("newest", V0_2, ("newest", Node), 1.4),
    share("newest", V0_2, ("newest", FastApi), 1.7),
    share("newest", V0_2, ("newest", Axum), 0.45),
    share("newest", V0_3, ("empty", V0_3), 0.8),
    share("newest", V0_3, ("newest", Axum), 0.8),
    share("etag", V0_2, ("empty", V0_2), 0.75),
    share("etag", V0_3, ("empty", V0_3), 0.85),
    share("etag", V0_3, ("etag", Axum), 1.0),
    share("middle", V0_2, ("empty", V0_2), 0.5),
    share("middle", V0_3, ("empty", V0_3), 0.5),
    share("author", V0_2, ("empty", V0_2), 0.5),
    share("author", V0_3, ("empty", V0_3), 0.5),
    share("post", V0_2, ("post", Axum), 0.7),
    share("post", V0_2, ("post", Node), 1.2),
    share("post", V0_2, ("post", FastApi), 2.0),
    share("post", V0_3, ("post", Axum), 0.7),
    share("post", V0_3, ("post", Node), 1.2),
    share("post", V0_3, ("post", FastApi), 2.0),
    share("account", V0_2, ("empty", V0_2), 0.4),
    share("account", V0_3, ("empty", V0_3), 0.4),
    share("login", V0_2, ("login", Axum), 0.9),
    share("login", V0_3, ("login", Axum), 0.9),
];
/// Logins, as a share of the password hashes that all cores make by the crate `pbkdf2`.
const HASHES: f64 = 0.9;
/// The p99 of the newest page while others log in, as a multiple of the p99 without them.
const BESIDE_LOGINS: f64 = 5.0;
/// How far requests/s and p99 with a million messages may be from those with the fewest.
const BY_SIZE: f64 = 0.1;
const CACHED_START_MS: f64 = 150.0;
const IDLE_MIB: f64 = 60.0;
const MANY_CONNECTIONS: u32 = 256;
/// What they ask. Of as many logins, some have to be refused.
const AT_MANY_CONNECTIONS: [&str; 2] = ["newest", "post"];
const MANY_CONNECTIONS_MIB: f64 = 200.0;
/// The bytes that a first visit of the site loads, by Brotli.
const FIRST_LOAD: f64 = 140_000.0;

fn per_second(measure: &Measure) -> f64 {
    measure.per_second
}

fn p99(measure: &Measure) -> f64 {
    measure.p99_ms
}

fn title(name: &str) -> &'static str {
    Scenario::named(name).map_or("", |scenario| scenario.title)
}

/// The cell of a scenario on its smallest board.
pub(super) fn cell(name: &'static str, subject: Subject, connections: u32) -> Cell {
    let messages = Scenario::named(name).map_or(FEW, |scenario| scenario.messages);
    Cell { scenario: name, subject, messages, connections }
}

/// The bars for which there are figures.
pub(super) fn bars(results: &Results) -> Vec<Bar> {
    let mut bars: Vec<Bar> = SHARES.iter().filter_map(|share| of_share(results, share)).collect();
    for build in BUILDS {
        bars.extend(of_logins(results, build));
        bars.extend(SCENARIOS.iter().flat_map(|scenario| of_sizes(results, scenario, build)));
        bars.extend(of_resources(results, build));
    }
    let first_load = results.first_load.map(|bytes| Bar {
        what: "first load of the site, by Brotli".to_owned(),
        measured: bytes as f64 / 1000.0,
        unit: "KB",
        bound: Bound::AtMost(FIRST_LOAD / 1000.0),
        failed: 0,
    });
    bars.extend(first_load);
    bars
}

fn failed(results: &Results, cells: &[Cell]) -> u64 {
    cells.iter().filter_map(|cell| results.median(*cell)).map(|measure| measure.failed).sum()
}

fn of_share(results: &Results, share: &Share) -> Option<Bar> {
    let (other, subject) = share.of;
    let cells = [cell(share.scenario, share.build, COMPARED), cell(other, subject, COMPARED)];
    let [own, of] = cells;
    let than = if other == share.scenario { subject.name().to_owned() } else { title(other).to_owned() };
    Some(Bar {
        what: format!("{}, {}, of {than}", title(share.scenario), share.build.name()),
        measured: results.ratio(own, of, per_second)?,
        unit: "",
        bound: Bound::AtLeast(share.at_least),
        failed: failed(results, &cells),
    })
}

fn of_logins(results: &Results, build: Subject) -> Vec<Bar> {
    let login = cell("login", build, COMPARED);
    let [native, _] = &results.hashes;
    let logins = results.of(login).iter().map(per_second).zip(native);
    let of_hashes = median(logins.map(|(logins, hashes)| logins / hashes)).map(|measured| Bar {
        what: format!("a login, {}, of native hashes on all cores", build.name()),
        measured,
        unit: "",
        bound: Bound::AtLeast(HASHES),
        failed: failed(results, &[login]),
    });
    let (beside, alone) = (cell("beside", build, 1), cell("newest", build, 1));
    let slower = results.ratio(beside, alone, p99).map(|measured| Bar {
        what: format!("p99 of the newest 20 while 16 connections log in, {}, of that without", build.name()),
        measured,
        unit: "",
        bound: Bound::AtMost(BESIDE_LOGINS),
        failed: failed(results, &[beside, alone]),
    });
    of_hashes.into_iter().chain(slower).collect()
}

fn of_sizes(results: &Results, scenario: &Scenario, build: Subject) -> Vec<Bar> {
    let connections = if scenario.connections.contains(&COMPARED) { COMPARED } else { 1 };
    let few = cell(scenario.name, build, connections);
    let many = Cell { messages: SIZES[2], ..few };
    let bar = |name: &str, value: fn(&Measure) -> f64, bound: Bound| {
        Some(Bar {
            what: format!("{name} of {}, {}, 10^6 messages of {}", scenario.title, build.name(), few.messages),
            measured: results.ratio(many, few, value)?,
            unit: "",
            bound,
            failed: failed(results, &[few, many]),
        })
    };
    [bar("requests/s", per_second, Bound::AtLeast(1.0 - BY_SIZE)), bar("p99", p99, Bound::AtMost(1.0 + BY_SIZE))]
        .into_iter()
        .flatten()
        .collect()
}

fn of_resources(results: &Results, build: Subject) -> Vec<Bar> {
    let bar = |what: &str, measured: Option<f64>, unit: &'static str, at_most: f64, failed: u64| {
        let what = format!("{what}, {}", build.name());
        measured.map(|measured| Bar { what, measured, unit, bound: Bound::AtMost(at_most), failed })
    };
    let cells = AT_MANY_CONNECTIONS.map(|name| cell(name, build, MANY_CONNECTIONS));
    let most = cells.iter().filter_map(|cell| results.median(*cell)).map(|measure| measure.resident_mib);
    let most = most.max_by(f64::total_cmp);
    [
        bar("start, code cached", results.figure(Figure::CachedStartMs, build), "ms", CACHED_START_MS, 0),
        bar("idle memory", results.figure(Figure::IdleMib, build), "MB", IDLE_MIB, 0),
        bar("memory at 256 connections (newest 20, posts)", most, "MB", MANY_CONNECTIONS_MIB, failed(results, &cells)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results(newest: f64, empty: f64, failed: u64) -> Results {
        let mut results = Results::default();
        for (name, per_second) in [("newest", newest), ("empty", empty)] {
            results.add(cell(name, V0_2, COMPARED), Measure { per_second, failed, ..Measure::default() });
        }
        results
    }

    #[test]
    fn a_bar_is_met_when_it_is_reached_without_a_failure() {
        let met = |newest, failed| {
            let bars = bars(&results(newest, 1000.0, failed));
            assert_eq!(bars.len(), 1, "{bars:?}");
            assert_eq!(bars[0].what, "the newest 20, WASI 0.2, of an empty answer");
            bars[0].is_met()
        };
        assert_eq!([met(749.0, 0), met(750.0, 0), met(900.0, 1)], [false, true, false]);
    }

    #[test]
    fn every_bar_names_a_scenario() {
        for Share { scenario, of: (other, _), .. } in &SHARES {
            assert!(Scenario::named(scenario).is_some() && Scenario::named(other).is_some(), "{scenario}, {other}");
        }
    }

    #[test]
    fn a_bar_of_size_compares_both_ways() {
        let mut results = results(1000.0, 1000.0, 0);
        let many = Cell { messages: SIZES[2], ..cell("newest", V0_2, COMPARED) };
        results.add(many, Measure { per_second: 880.0, p99_ms: 1.0, ..Measure::default() });
        let of_size: Vec<_> = bars(&results).into_iter().filter(|bar| bar.what.contains("10^6")).collect();
        assert_eq!(of_size.len(), 2);
        assert!(of_size.iter().all(|bar| !bar.is_met()), "{of_size:?}");
    }
}
