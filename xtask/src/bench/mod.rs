//! `cargo xtask bench`: what the app does on this machine. Figures of different runs do not compare: machines are noisy.
//! So each run measures an empty component on the same host too.

mod load;

use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::app::{self, App};
use crate::build;
use crate::project::Project;
use crate::wasi::Wasi;
use load::{Load, wrk};

/// Flags of the benchmark.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Seconds of each measurement.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Connections of each measurement that is not said to have another number.
    #[arg(long, default_value_t = 16)]
    connections: u32,
}

const FAILED_LOGINS: usize = 30;
const LOGINS_AT_ONCE: usize = 4;
const MESSAGES: &str = "/api/messages";
const EMPTY: &str = "/bench/empty";

pub(crate) fn bench(project: &Project, arguments: &Arguments) -> Result<()> {
    build::components(project, Wasi::V0_2, &[])?;
    build::wasm(project, Wasi::V0_2, &["fixture"])?;
    build::host(project)?;
    load::require_wrk()?;
    let app = App::start(project, "target/bench")?;
    println!("| size of | KiB |\n| --- | --- |");
    for name in build::names() {
        println!("| {name}.wasm | {} |", Wasi::V0_2.component(project, name).metadata()?.len() / 1024);
    }
    println!("\n| memory of the host | MiB resident |\n| --- | --- |\n| idle | {} |", app.resident_mib()?);
    app.fill(20)?;
    let (empty, list) = throughput(&app, arguments)?;
    println!("| after that load | {} |", app.resident_mib()?);
    println!("\n`GET {MESSAGES}` with 20 messages does {:.2} of the requests/s of an empty component.", list / empty);
    failed_logins(&app)?;
    logins(&app, arguments)
}

fn throughput(app: &App, arguments: &Arguments) -> Result<(f64, f64)> {
    // Two rounds, so that a slow moment of the machine shows.
    let mut rows = Vec::new();
    for _ in 0..2 {
        for path in [EMPTY, MESSAGES] {
            rows.push((path, wrk(app, path, arguments.connections, arguments.seconds)?));
        }
    }
    let best = |path: &str| rows.iter().filter(|row| row.0 == path).map(|row| row.1.per_second).fold(0.0, f64::max);
    let result = (best(EMPTY), best(MESSAGES));
    println!("\n| {} connections | requests/s | p50 | p99 |\n| --- | --- | --- | --- |", arguments.connections);
    for (path, Load { per_second, p50, p99 }) in rows {
        println!("| GET {path} | {per_second:.0} | {p50} | {p99} |");
    }
    Ok(result)
}

fn failed_logins(app: &App) -> Result<()> {
    let mut millis = [Vec::new(), Vec::new()];
    for _ in 0..FAILED_LOGINS {
        for (username, times) in ["nobody", app::USERNAME].into_iter().zip(&mut millis) {
            times.push(app.login(username, "not the password", 401)?);
        }
    }
    println!("\n| {FAILED_LOGINS} failed logins, one by one | median |\n| --- | --- |");
    for (who, times) in ["unknown user", "known user"].into_iter().zip(millis) {
        println!("| {who} | {:.1} ms |", median(times)?.as_secs_f64() * 1000.0);
    }
    Ok(())
}

/// Logins for a while, and what they do to others.
fn logins(app: &App, arguments: &Arguments) -> Result<()> {
    let alone = wrk(app, MESSAGES, 1, arguments.seconds)?;
    let (beside, logins) = app.while_logging_in(LOGINS_AT_ONCE, || wrk(app, MESSAGES, 1, arguments.seconds))?;
    println!("\n| GET {MESSAGES}, 1 connection | p50 | p99 |\n| --- | --- | --- |");
    println!("| alone | {} | {} |", alone.p50, alone.p99);
    println!("| while {LOGINS_AT_ONCE} logins run | {} | {} |", beside.p50, beside.p99);
    println!("\nLogins/s meanwhile, {LOGINS_AT_ONCE} at once: {logins:.1}");
    let wait = || {
        std::thread::sleep(Duration::from_secs(arguments.seconds));
        Ok(())
    };
    let ((), logins) = app.while_logging_in(LOGINS_AT_ONCE, wait)?;
    println!("Logins/s with nothing beside, {LOGINS_AT_ONCE} at once: {logins:.1}");
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Result<Duration> {
    ensure!(!times.is_empty(), "nothing was measured");
    times.sort_unstable();
    times.get(times.len() / 2).copied().context("no median")
}
