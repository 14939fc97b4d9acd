//! `cargo xtask scaling`: how many requests a number of cores answers with a store at a distance, by a simulation.

mod redis;
mod simulation;
mod store;
mod workload;

use std::fmt::Write;
use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};
use simulation::{Figures, simulate};
use store::Store;
use workload::MIX;

use crate::project::Project;

/// What the simulation assumes beyond what it measures.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The way to a Redis server and back, in microseconds. It can't be measured on one machine.
    #[arg(long, default_value = "500")]
    redis_round_trip: u64,
    /// The mean time of a call of DynamoDB, in microseconds.
    #[arg(long, default_value = "4000")]
    dynamodb_call: u64,
    /// The size of the newest page in the store, in bytes: 20 messages of 100 characters.
    #[arg(long, default_value = "4096")]
    newest_page: u32,
    /// Writes the tables into docs/scaling.md. Otherwise they are printed.
    #[arg(long)]
    write: bool,
}

const DOCUMENT: &str = "docs/scaling.md";
const BEGIN: &str = "<!-- From here on, `cargo xtask scaling --write` writes. -->\n";
const END: &str = "<!-- Here ends what `cargo xtask scaling --write` writes. -->\n";

/// Cores for the app, in all processes together.
const CORES: [usize; 5] = [2, 4, 16, 32, 64];
/// A load is carried while this percentage of the requests is answered within this time, and all of them are answered.
const PERCENT: usize = 99;
const LIMIT: Duration = Duration::from_secs(1);
/// The simulated time. DynamoDB lets an item have the capacity of a second in advance, so it has to be much longer.
const SECONDS: f64 = 20.0;

/// Measures the Redis server of this machine, simulates, and prints or writes what came of it.
pub(crate) fn scaling(project: &Project, arguments: &Arguments) -> Result<()> {
    let service = redis::measure(project)?;
    let round_trip = Duration::from_micros(arguments.redis_round_trip);
    let call = Duration::from_micros(arguments.dynamodb_call);
    let mut text = needs();
    write!(
        text,
        "\nA call takes {:.1} µs of the Redis server of this machine, by `redis-benchmark` (16 connections, 300 bytes, the load generator on the \
         same 2 cores), and {} µs of way. A call of DynamoDB takes {} µs in the mean.\n\n| cores | on Redis | p50, p99 | cores busy | on DynamoDB | \
         p50, p99 | cores busy | on DynamoDB, four copies |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n",
        service.as_secs_f64() * 1e6,
        arguments.redis_round_trip,
        arguments.dynamodb_call
    )?;
    for cores in CORES {
        let redis = carried(cores, || Store::one_server(service, round_trip));
        let table = carried(cores, || Store::table(call, arguments.newest_page, 1));
        let copies = carried(cores, || Store::table(call, arguments.newest_page, 4));
        writeln!(text, "| {cores} | {} | {} | {:.0} |", cells(&redis), cells(&table), copies.0)?;
        eprintln!("{cores} cores: done");
    }
    text.push('\n');
    if !arguments.write {
        println!("{text}");
        return Ok(());
    }
    let old = fs::read_to_string(project.path(DOCUMENT))?;
    let (before, rest) = old.split_once(BEGIN).context("the mark is missing where the tables begin")?;
    let (_, after) = rest.split_once(END).context("the mark is missing where the tables end")?;
    fs::write(project.path(DOCUMENT), format!("{before}{BEGIN}{text}{END}{after}"))?;
    Ok(())
}

/// What 10,000 requests a second of the mix need, without any waiting.
fn needs() -> String {
    let mut text =
        "\n| of 10,000 requests/s | requests/s | calls of the store | cores |\n| --- | --- | --- | --- |\n".to_owned();
    let mut row = |name: &str, rate: f64, calls: f64, cores: f64| {
        text.push_str(&format!("| {name} | {rate:.0} | {calls:.0} | {cores:.1} |\n"));
    };
    let mut sum = (0.0, 0.0);
    for operation in MIX {
        let rate = f64::from(100 * operation.percent);
        let (calls, cores) = (rate * operation.calls.len() as f64, rate * operation.cpu.as_secs_f64());
        row(operation.name, rate, calls, cores);
        sum = (sum.0 + calls, sum.1 + cores);
    }
    row("sum", 10_000.0, sum.0, sum.1);
    text
}

/// The greatest load that is carried, in requests a second, to some two percent; and what is measured under it.
fn carried(cores: usize, store: impl Fn() -> Store) -> (f64, Figures) {
    let run = |rate: f64| simulate(&MIX, rate, (rate * SECONDS) as usize, cores, &mut store());
    let is_carried = |figures: &Figures| figures.failed == 0 && figures.percentile(PERCENT) <= LIMIT;
    // No core answers more than this.
    let (mut carried, mut too_much) = (10.0, 1000.0 * cores as f64);
    let mut figures = run(carried);
    while too_much / carried > 1.02 {
        let rate = (carried * too_much).sqrt();
        let tried = run(rate);
        if is_carried(&tried) {
            (carried, figures) = (rate, tried);
        } else {
            too_much = rate;
        }
    }
    (carried, figures)
}

fn cells((rate, figures): &(f64, Figures)) -> String {
    let millis = |percent: usize| figures.percentile(percent).as_secs_f64() * 1e3;
    format!("{rate:.0} | {:.1} ms, {:.0} ms | {:.0} %", millis(50), millis(PERCENT), figures.busy * 100.0)
}
