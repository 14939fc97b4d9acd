//! `cargo xtask bench`: the speed of the app on this machine. Results of different runs can't be compared, because the load
//! on a machine varies. So each run measures both builds of the components beside an empty component on the same host, and
//! beside the same API on other stacks.

mod bars;
mod client;
mod document;
mod load;
mod machine;
mod number;
mod peers;
mod results;
mod run;
mod scenario;
mod server;
mod start;
mod stores;
mod subject;
mod tables;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::builder::PossibleValuesParser;
use peers::Peers;
use results::Results;
use run::{Clock, Plan};
use scenario::{COMPARED, CONNECTIONS, FEW, MANY, SCENARIOS, SIZES, Scenario};
use server::Server;
use subject::{BUILDS, ON_SPIN, PEERS, Subject};

use crate::build;
use crate::progress::Step;
use crate::project::Project;
use crate::spin::Spin;
use crate::wasi::Wasi;

/// What to measure, and for how long.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Seconds of each load; logins take four times as long.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// How often everything is measured, in turn. The tables show medians.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=99))]
    rounds: u32,
    /// Measures only this scenario; may be repeated. Then docs/performance.md is not written.
    #[arg(long, value_name = "SCENARIO", value_parser = PossibleValuesParser::new(SCENARIOS.map(|scenario| scenario.name)))]
    only: Vec<String>,
    /// Measures only with 1 and 16 connections, and without the board of a million messages. Then docs/performance.md is not
    /// written.
    #[arg(long)]
    quick: bool,
}

const DOCUMENT: &str = "docs/performance.md";
/// The steps besides those of the components and the peers: two fixtures, the host, and what fills the stores and the stores.
const STEPS: usize = 5;

/// Measures everything in turn, prints the tables, and writes them to `docs/performance.md` when nothing was left out.
pub(crate) fn bench(project: &Project, arguments: &Arguments) -> Result<()> {
    let site = build::steps(project, &[]) - build::steps(project, &["login".to_owned()]);
    project.progress.expect(2 * build::steps(project, &["login".to_owned()]) + site + peers::STEPS + STEPS);
    load::require_wrk(project)?;
    let plan = plan(arguments);
    let field = Field::set_up(project, &plan)?;
    let mut results = Results::default();
    results.first_load = Some(first_load(project)?);
    let mut clock = Clock::default();
    for number in 1..=plan.rounds {
        eprintln!("\nRound {number} of {}", plan.rounds);
        field.round(project, &plan, arguments.only.is_empty(), &mut results, &mut clock)?;
    }
    let command = std::env::args().skip(1).fold("cargo xtask".to_owned(), |line, word| format!("{line} {word}"));
    let told = machine::told(project, &command, plan.seconds, plan.rounds)?;
    let bars = bars::bars(&results);
    let section = section(project, &told, &results, &bars)?;
    println!("{section}");
    if arguments.only.is_empty() && !arguments.quick {
        let path = project.path(DOCUMENT);
        let old = fs::read_to_string(&path)?;
        fs::write(&path, document::rewrite(&old, &section, &bars).context(DOCUMENT)?)?;
        eprintln!("{DOCUMENT} is written");
    }
    Ok(())
}

fn plan(arguments: &Arguments) -> Plan {
    let is_chosen =
        |scenario: &Scenario| arguments.only.is_empty() || arguments.only.iter().any(|name| name == scenario.name);
    Plan {
        scenarios: SCENARIOS.into_iter().filter(is_chosen).collect(),
        sizes: if arguments.quick { vec![FEW, MANY] } else { SIZES.to_vec() },
        connections: if arguments.quick { vec![1, COMPARED] } else { CONNECTIONS.to_vec() },
        seconds: arguments.seconds,
        rounds: arguments.rounds,
    }
}

/// What is measured side by side, each with the store that it begins with.
struct Field {
    /// The Spin that the variable SPIN names, if it is set.
    spin: Option<Spin>,
    peers: Peers,
    app_stores: Vec<(u64, PathBuf)>,
    peer_stores: Vec<(Subject, PathBuf)>,
}

impl Field {
    fn set_up(project: &Project, plan: &Plan) -> Result<Self> {
        let is_named = std::env::var_os("SPIN").is_some_and(|path| !path.is_empty());
        let spin = is_named.then(Spin::find).transpose()?;
        for wasi in [Wasi::V0_2, Wasi::V0_3] {
            build::components(project, wasi, &[])?;
            build::fixture(project, wasi)?;
        }
        build::host(project)?;
        let step = Step { name: "seed", what: "What fills the stores", estimate: Some("2 min") };
        project.progress.step(&step, || project.cargo(["build", "--release", "--package", "seed"]))?;
        let peers = Peers::install(project)?;
        let step = Step { name: "stores", what: "The stores", estimate: Some("1 min") };
        project.progress.step(&step, || {
            let of_app = |messages: &u64| Ok((*messages, stores::of_app(project, *messages)?));
            let app_stores = plan.sizes.iter().map(of_app).collect::<Result<_>>()?;
            let of_peer = |peer: Subject| Ok((peer, stores::of_peer(project, &peers, peer)?));
            let there = PEERS.into_iter().filter(|peer| peers.has(*peer));
            let peer_stores = there.map(of_peer).collect::<Result<_>>()?;
            Ok(Self { spin, peers, app_stores, peer_stores })
        })
    }

    /// Measures each thing once. All servers are new, and begin with the same messages as in other rounds.
    fn round(
        &self,
        project: &Project,
        plan: &Plan,
        is_whole: bool,
        results: &mut Results,
        clock: &mut Clock,
    ) -> Result<()> {
        if is_whole && let Some((_, store)) = self.app_stores.first() {
            BUILDS.into_iter().try_for_each(|build| start::measure(project, build, store, results))?;
        }
        if plan.scenarios.iter().any(|scenario| scenario.name == "login") {
            for (all, rate) in results.hashes.iter_mut().zip(self.peers.hashes(plan.seconds)?) {
                all.extend(rate);
            }
        }
        let servers = self.start(project)?;
        if clock.total_seconds == 0 {
            clock.total_seconds = plan.seconds_of_loads(&servers) * u64::from(plan.rounds);
        }
        run::round(plan, &servers, results, clock)
    }

    fn start(&self, project: &Project) -> Result<Vec<Server>> {
        let mut servers = Vec::new();
        for (messages, store) in &self.app_stores {
            for build in BUILDS {
                servers.push(Server::app(project, build, *messages, store)?);
            }
        }
        for (peer, store) in &self.peer_stores {
            servers.push(Server::peer(&self.peers, project, *peer, FEW, store)?);
        }
        if let (Some(spin), Some((_, store))) = (&self.spin, self.app_stores.first()) {
            let runs = |subject: &Subject| subject.wasi() == Some(Wasi::V0_2) || spin.has_wasi_0_3();
            for subject in ON_SPIN.into_iter().filter(runs) {
                servers.push(Server::spin(spin, project, subject, FEW, store)?);
            }
        }
        Ok(servers)
    }
}

/// The bytes of a first visit of the site: page, style, script and WebAssembly, by Brotli.
fn first_load(project: &Project) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(project.path("target/site/files"))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if [".html.br", ".css.br", ".js.br", ".wasm.br"].iter().any(|end| name.ends_with(end)) {
            bytes += entry.metadata()?.len();
        }
    }
    Ok(bytes)
}

/// What a run shows, in Markdown, but for the texts about bars.
fn section(project: &Project, told: &str, results: &Results, bars: &[bars::Bar]) -> Result<String> {
    let mut sizes = Vec::new();
    for name in build::names() {
        let bytes = |wasi: Wasi| Ok::<_, std::io::Error>(wasi.component(project, name).metadata()?.len());
        sizes.push((name, [bytes(Wasi::V0_2)?, bytes(Wasi::V0_3)?]));
    }
    let parts = [
        told.to_owned(),
        format!("With {COMPARED} connections, on boards of {FEW} messages (older pages: {MANY}):\n"),
        tables::compared(results),
        tables::hashes(results),
        "## Bars\n".to_owned(),
        tables::bars(bars),
        "## By connections\n".to_owned(),
        tables::by_connections(results),
        "## By the number of messages\n".to_owned(),
        tables::by_size(results),
        "## Start, memory, size\n".to_owned(),
        tables::resources(results),
        tables::sizes(&sizes),
    ];
    Ok(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n"))
}
