//! `cargo xtask bench`: the speed of the app on this machine. Results of different runs can't be compared, because the load
//! on a machine varies. So each run measures both builds of the components, and an empty component on the same host.

mod load;

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use load::{Load, get, post};
use serde_json::json;

use crate::app::{self, App};
use crate::build;
use crate::project::Project;
use crate::wasi::Wasi;

/// Flags of the benchmark.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Seconds for each measurement.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
}

const BUILDS: [Wasi; 2] = [Wasi::V0_2, Wasi::V0_3];
const CONNECTIONS: [u32; 3] = [1, 16, 64];
const FAILED_LOGINS: usize = 30;
const LOGINS_AT_ONCE: usize = 4;
const MESSAGES: &str = "/api/messages";
const EMPTY: &str = "/bench/empty";

/// Measures both builds in one run.
pub(crate) fn bench(project: &Project, arguments: &Arguments) -> Result<()> {
    project.progress.expect(build::steps(project, &[]) + 2 + 3);
    for wasi in BUILDS {
        build::components(project, wasi, &[])?;
        build::fixture(project, wasi)?;
    }
    build::host(project)?;
    load::require_wrk()?;
    sizes(project)?;
    let apps =
        [App::start(project, Wasi::V0_2, "target/bench/0.2")?, App::start(project, Wasi::V0_3, "target/bench/0.3")?];
    let idle = [resident(&apps, 0)?, resident(&apps, 1)?];
    throughput(&apps, arguments.seconds)?;
    println!("\n| memory of the host, MiB resident | WASI 0.2 | WASI 0.3 |\n| --- | --- | --- |");
    println!("| idle | {} | {} |", idle[0], idle[1]);
    println!("| after that load | {} | {} |", resident(&apps, 0)?, resident(&apps, 1)?);
    for (wasi, app) in BUILDS.into_iter().zip(&apps) {
        println!("\n## WASI {}", wasi.version());
        failed_logins(app)?;
        logins(app, arguments)?;
    }
    Ok(())
}

fn resident(apps: &[App; 2], at: usize) -> Result<u64> {
    apps.get(at).context("no app")?.resident_mib()
}

fn sizes(project: &Project) -> Result<()> {
    println!("| size in KiB | WASI 0.2 | WASI 0.3 |\n| --- | --- | --- |");
    for name in build::names() {
        let kib = |wasi: Wasi| Ok::<_, std::io::Error>(wasi.component(project, name).metadata()?.len() / 1024);
        println!("| {name}.wasm | {} | {} |", kib(Wasi::V0_2)?, kib(Wasi::V0_3)?);
    }
    Ok(())
}

/// Puts each load on the first build and right after that on the second, so that a slow moment of the machine affects both.
fn throughput(apps: &[App; 2], seconds: u64) -> Result<()> {
    let mut tokens = Vec::new();
    for app in apps {
        tokens.push(app.fill(20)?);
    }
    let message = json!({ "text": "As long as what people write, give or take a few words." });
    let credentials = json!({ "username": app::USERNAME, "password": app::PASSWORD });
    println!("\n| requests/s, p50, p99 | connections | WASI 0.2 | WASI 0.3 |\n| --- | --- | --- | --- |");
    let row = |what: &str, connections: u32, measure: &dyn Fn(&App, &str) -> Result<Load>| -> Result<()> {
        print!("| {what} | {connections} |");
        for (app, token) in apps.iter().zip(&tokens) {
            let Load { per_second, p50, p99 } = measure(app, token)?;
            print!(" {per_second:.0}, {p50}, {p99} |");
        }
        println!();
        Ok(())
    };
    for connections in CONNECTIONS {
        row("an empty component", connections, &|app, _| get(app, EMPTY, connections, seconds))?;
    }
    for connections in CONNECTIONS {
        row("the newest 20", connections, &|app, _| get(app, MESSAGES, connections, seconds))?;
    }
    for connections in CONNECTIONS {
        row("a post", connections, &|app, token| post(app, MESSAGES, Some(token), &message, connections, seconds))?;
    }
    for connections in CONNECTIONS {
        // With 64 at once, each login takes some seconds.
        let seconds = 4 * seconds;
        row("a login", connections, &|app, _| post(app, "/api/login", None, &credentials, connections, seconds))?;
    }
    Ok(())
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

/// Measures logins for a while, and how they slow other requests down.
fn logins(app: &App, arguments: &Arguments) -> Result<()> {
    let alone = get(app, MESSAGES, 1, arguments.seconds)?;
    let (beside, logins) = app.while_logging_in(LOGINS_AT_ONCE, || get(app, MESSAGES, 1, arguments.seconds))?;
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
