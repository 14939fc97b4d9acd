//! What a call takes of a Redis server.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::project::Project;
use crate::stores;
use crate::tools::has;

/// The mean time of the server's one thread for a read or an increment, under the load of 16 connections.
///
/// # Errors
/// The machine has no Redis, and may not install it.
pub(super) fn measure(project: &Project) -> Result<Duration> {
    let program = stores::redis_server(project)?.context("there is no redis-server on this machine")?;
    ensure!(has("redis-benchmark"), "there is no redis-benchmark on this machine");
    // Nothing else takes the port in the moment until the server listens.
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port().to_string();
    let mut command = Command::new(program);
    command.args(["--port", &port, "--save", "", "--appendonly", "no"]).stdout(Stdio::null());
    let _server = Server(command.spawn()?);
    let arguments = ["-p", &port, "-c", "16", "-n", "200000", "-d", "300", "-t", "get,incr", "--csv"];
    for _ in 0..50 {
        thread::sleep(Duration::from_millis(100));
        let output = Command::new("redis-benchmark").args(arguments).output()?;
        if output.status.success() {
            return mean(&String::from_utf8_lossy(&output.stdout));
        }
    }
    bail!("the Redis server did not answer within five seconds")
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The mean over the kinds of calls, of the lines `"GET","82781.46",...` in which the second cell is calls a second.
fn mean(csv: &str) -> Result<Duration> {
    let rate = |line: &str| line.split(',').nth(1)?.trim_matches('"').parse::<f64>().ok();
    let times: Vec<f64> = csv.lines().filter_map(rate).map(|rate| 1.0 / rate).collect();
    ensure!(!times.is_empty(), "redis-benchmark printed no figures: {csv}");
    Ok(Duration::from_secs_f64(times.iter().sum::<f64>() / times.len() as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_is_of_all_kinds_of_calls() {
        let csv = "\"test\",\"rps\",\"avg_latency_ms\"\n\"GET\",\"100000.00\",\"0.1\"\n\"INCR\",\"50000.00\",\"0.1\"\n";
        assert_eq!(mean(csv).unwrap(), Duration::from_micros(15));
        assert!(mean("Could not connect").is_err());
    }
}
