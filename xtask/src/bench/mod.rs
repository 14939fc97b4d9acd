//! `cargo xtask bench`: the speed of the app on this machine. Results of different runs can't be compared, because the load
//! on a machine varies. So each run measures both builds of the components beside an empty component on the same host, and
//! beside the same API on other stacks.

mod bars;
mod client;
mod load;
mod number;
mod peers;
mod results;
mod run;
mod scenario;
mod server;
mod stores;
mod subject;
mod tables;

use anyhow::Result;
use clap::builder::PossibleValuesParser;
use peers::Peers;
use results::Results;
use run::{Clock, Plan};
use scenario::{COMPARED, CONNECTIONS, FEW, MANY, SCENARIOS, SIZES, Scenario};
use server::Server;
use subject::{BUILDS, PEERS};

use crate::build;
use crate::progress::Step;
use crate::project::Project;
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
    /// Measures this scenario; may be repeated.
    #[arg(long, value_name = "SCENARIO", value_parser = PossibleValuesParser::new(SCENARIOS.map(|scenario| scenario.name)))]
    only: Vec<String>,
    /// Measures with 16 connections and on small boards only.
    #[arg(long)]
    quick: bool,
}

const SEED: Step<'_> = Step { name: "stores", what: "The stores", estimate: Some("1 min") };

/// Measures everything in turn, and prints the tables.
pub(crate) fn bench(project: &Project, arguments: &Arguments) -> Result<()> {
    project.progress.expect(build::steps(project, &[]) + 2 + 2 + 1 + peers::STEPS + 2);
    for wasi in [Wasi::V0_2, Wasi::V0_3] {
        build::components(project, wasi, &[])?;
        build::fixture(project, wasi)?;
    }
    build::host(project)?;
    let step = Step { name: "seed", what: "What fills the stores", estimate: Some("2 min") };
    project.progress.step(&step, || project.cargo(["build", "--release", "--package", "seed"]))?;
    load::require_wrk(project)?;
    let peers = Peers::install(project)?;
    let plan = plan(arguments);
    let mut results = Results::default();
    let mut clock = Clock::new();
    let app_stores = plan.sizes.iter().map(|messages| Ok((*messages, stores::of_app(project, *messages)?)));
    let app_stores = project.progress.step(&SEED, || app_stores.collect::<Result<Vec<_>>>())?;
    let mut peer_stores = Vec::new();
    for peer in PEERS.into_iter().filter(|peer| peers.has(*peer)) {
        peer_stores.push((peer, stores::of_peer(project, &peers, peer)?));
    }
    for _ in 0..plan.rounds {
        let mut servers = Vec::new();
        for (messages, store) in &app_stores {
            for build in BUILDS {
                servers.push(Server::app(project, build, *messages, store)?);
            }
        }
        for (peer, store) in &peer_stores {
            servers.push(Server::peer(&peers, project, *peer, FEW, store)?);
        }
        if clock.total == 0 {
            let seconds = |(scenario, ..): &(Scenario, u32, usize)| plan.seconds * scenario.times;
            clock.total = plan.loads(&servers).iter().map(seconds).sum::<u64>() * u64::from(plan.rounds);
        }
        run::round(&plan, &servers, &mut results, &mut clock)?;
        for (all, rate) in results.hashes.iter_mut().zip(peers.hashes(plan.seconds)?) {
            all.extend(rate);
        }
    }
    println!("{}\n{}\n{}", tables::compared(&results), tables::by_connections(&results), tables::by_size(&results));
    println!("{}\n{}", tables::resources(&results), tables::bars(&bars::bars(&results)));
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
