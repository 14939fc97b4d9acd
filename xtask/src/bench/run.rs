//! The rounds of a run.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::load;
use super::results::{Cell, Measure, Results};
use super::scenario::{COMPARED, Loads, Scenario};
use super::server::Server;
use super::subject::BUILDS;

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
                let is_on = |server: &Server| is_measured(*scenario, *connections, server);
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
fn is_measured(scenario: Scenario, connections: u32, server: &Server) -> bool {
    let is_compared = connections == COMPARED || !scenario.connections.contains(&COMPARED);
    if !BUILDS.contains(&server.subject) {
        return is_compared && (scenario.on_peers || server.subject.wasi().is_some());
    }
    server.messages == scenario.messages || (scenario.by_size && is_compared && server.messages > scenario.messages)
}

/// How far the run is.
pub(super) struct Clock {
    start: Instant,
    /// Seconds of loads so far, and in all.
    done: u64,
    pub(super) total: u64,
}

impl Clock {
    pub(super) fn new() -> Self {
        Self { start: Instant::now(), done: 0, total: 0 }
    }

    /// What is left, by how long the loads took so far.
    fn left(&self) -> String {
        let passed = self.start.elapsed().as_secs_f64();
        let minutes = passed / self.done.max(1) as f64 * self.total.saturating_sub(self.done) as f64 / 60.0;
        format!("about {} min left", minutes.ceil())
    }
}

/// Measures each load once.
pub(super) fn round(plan: &Plan, servers: &[Server], results: &mut Results, clock: &mut Clock) -> Result<()> {
    let loads = plan.loads(servers);
    for (scenario, connections, place) in loads {
        let Some(server) = servers.get(place) else { continue };
        let seconds = plan.seconds * scenario.times;
        let measure = measure(scenario, server, connections, seconds)?;
        let Server { subject, messages, .. } = *server;
        results.add(Cell { scenario: scenario.name, subject, messages, connections }, measure);
        clock.done += seconds;
        let Measure { per_second, p99_ms, failed, .. } = measure;
        let (name, title) = (subject.name(), scenario.title);
        let failures = if failed > 0 { format!(", {failed} FAILED") } else { String::new() };
        let what = format!("{title}, {connections} connections, {name}, {messages} messages");
        eprintln!("{what}: {per_second:.0}/s, p99 {p99_ms:.2} ms{failures}; {}", clock.left());
    }
    Ok(())
}

fn measure(scenario: Scenario, server: &Server, connections: u32, seconds: u64) -> Result<Measure> {
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
        per_second: seen.requests as f64 / seen.seconds,
        p50_ms: seen.p50_ms,
        p99_ms: seen.p99_ms,
        failed: seen.failed + beside_failed + lost,
        resident_mib,
    })
}
