//! The rounds of a run.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::load;
use super::results::{Cell, Measure, Results};
use super::scenario::{COMPARED, Loads, Scenario};
use super::server::Server;
use super::subject::{BUILDS, Subject};

/// How often the memory of a server is looked at.
const SAMPLE: Duration = Duration::from_millis(50);

/// What is measured in each round, and for how long.
pub(super) struct Plan {
    pub(super) scenarios: Vec<Scenario>,
    /// The connections to measure with, of those that a scenario has.
    pub(super) connections: Vec<u32>,
    /// The numbers of messages on boards of the app.
    pub(super) sizes: Vec<u64>,
    pub(super) seconds: u64,
    pub(super) rounds: u32,
}

impl Plan {
    /// The loads of a round: a scenario, its connections, and the place of the server in the list.
    fn loads(&self, servers: &[Server]) -> Vec<(Scenario, u32, usize)> {
        let mut loads = Vec::new();
        for scenario in &self.scenarios {
            for connections in scenario.connections.iter().filter(|number| self.connections.contains(number)) {
                let is_on = |server: &Server| is_measured(*scenario, *connections, server.subject, server.messages);
                let places = servers.iter().enumerate().filter(|(_, server)| is_on(server));
                loads.extend(places.map(|(place, _)| (*scenario, *connections, place)));
            }
        }
        loads
    }

    /// How long the loads of a round take.
    pub(super) fn seconds_of_loads(&self, servers: &[Server]) -> u64 {
        self.loads(servers).iter().map(|(scenario, ..)| self.seconds * scenario.times).sum()
    }
}

/// The app on its own host is measured with all connections on the smallest board, and compared with other boards and with
/// others at 16 connections.
fn is_measured(scenario: Scenario, connections: u32, subject: Subject, messages: u64) -> bool {
    let is_compared = connections == COMPARED || !scenario.connections.contains(&COMPARED);
    if !BUILDS.contains(&subject) {
        return is_compared && scenario.on_peers;
    }
    messages == scenario.messages || (scenario.by_size && is_compared && messages > scenario.messages)
}

/// How far the run is.
#[derive(Default)]
pub(super) struct Clock {
    /// How long the loads took so far, with what each needs before and after it.
    spent: Duration,
    /// How long they were to take.
    done_seconds: u64,
    /// How long all loads of the run are to take.
    pub(super) total_seconds: u64,
}

impl Clock {
    fn add(&mut self, seconds: u64, spent: Duration) {
        self.done_seconds += seconds;
        self.spent += spent;
    }

    fn left(&self) -> String {
        let slower = self.spent.as_secs_f64() / self.done_seconds.max(1) as f64;
        let seconds = slower * self.total_seconds.saturating_sub(self.done_seconds) as f64;
        format!("about {:.0} min left", (seconds / 60.0).ceil())
    }
}

/// Measures each load once.
pub(super) fn round(plan: &Plan, servers: &[Server], results: &mut Results, clock: &mut Clock) -> Result<()> {
    let loads = plan.loads(servers);
    for (scenario, connections, place) in loads {
        let Some(server) = servers.get(place) else { continue };
        let seconds = plan.seconds * scenario.times;
        let start = Instant::now();
        let measure = measure(scenario, server, connections, seconds)?;
        clock.add(seconds, start.elapsed());
        let Server { subject, messages, .. } = *server;
        results.add(Cell { scenario: scenario.name, subject, messages, connections }, measure);
        let Measure { per_second, p99_ms, failed, .. } = measure;
        let (name, title) = (subject.name(), scenario.title);
        let failures = if failed > 0 { format!(", {failed} FAILED") } else { String::new() };
        let what = format!("{title}, {connections} connections, {name}, {messages} messages");
        eprintln!("{what}: {per_second:.0}/s, p99 {p99_ms:.2} ms{failures}; {}", clock.left());
    }
    Ok(())
}

fn measure(scenario: Scenario, server: &Server, connections: u32, seconds: u64) -> Result<Measure> {
    server.settle()?;
    let Loads { measured, beside, posts } = scenario.loads(server, connections)?;
    let file = |name: &str| server.folder.join(name);
    fs::create_dir_all(&server.folder)?;
    let before = if posts { server.client.newest_id()? } else { 0 };
    // It begins before and ends after what is measured.
    let beside = beside.map(|load| load::start(&file("beside.lua"), &server.address, &load, COMPARED, seconds + 2));
    let beside = beside.transpose()?;
    if beside.is_some() {
        std::thread::sleep(Duration::from_secs(1));
    }
    let mut running = load::start(&file("load.lua"), &server.address, &measured, connections, seconds)?;
    let mut resident_mib: f64 = 0.0;
    while running.is_running() {
        resident_mib = resident_mib.max(server.resident_mib()?);
        std::thread::sleep(SAMPLE);
    }
    let seen = running.seen()?;
    let beside_failed = beside.map(load::Running::seen).transpose()?.map_or(0, |seen| seen.failed);
    let lost = if posts { (before + seen.requests).saturating_sub(server.client.newest_id()?) } else { 0 };
    Ok(Measure {
        // An answer that refuses is quick, and no work done.
        per_second: seen.requests.saturating_sub(seen.failed) as f64 / seen.seconds,
        p50_ms: seen.p50_ms,
        p99_ms: seen.p99_ms,
        failed: seen.failed + beside_failed + lost,
        resident_mib,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn not_everything_is_measured_with_everything() {
        let is = |name: &str, connections, subject, messages| {
            is_measured(Scenario::named(name).unwrap(), connections, subject, messages)
        };
        let (app, peer, spin) = (Subject::V0_2, Subject::Axum, Subject::SpinV0_3);
        assert!(is("newest", 256, app, 20) && is("newest", 16, app, 1_000_000) && !is("newest", 64, app, 1_000_000));
        assert!(is("newest", 16, peer, 20) && !is("newest", 1, peer, 20) && is("post", 16, spin, 20));
        // Only on larger boards is such a page full.
        assert!(!is("author", 16, app, 20) && is("author", 64, app, 10_000) && !is("author", 16, peer, 20));
        // It has one number of connections.
        assert!(is("beside", 1, peer, 20) && is("beside", 1, app, 1_000_000));
    }
}
