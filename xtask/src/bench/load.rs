use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::app::App;

/// The results of a load generator.
pub(super) struct Load {
    pub(super) per_second: f64,
    /// The median latency, with its unit.
    pub(super) p50: String,
    /// The 99th percentile, with its unit.
    pub(super) p99: String,
}

/// Fails with an instruction when wrk is missing. On Debian, as root, it installs wrk.
pub(super) fn require_wrk() -> Result<()> {
    let there = || Command::new("wrk").arg("-v").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if there() {
        return Ok(());
    }
    if rustix::process::geteuid().is_root() {
        eprintln!("Installing wrk, the load generator");
        let _ = Command::new("apt-get").args(["install", "--yes", "--quiet", "wrk"]).stdout(Stdio::null()).status();
    }
    if there() { Ok(()) } else { bail!("the benchmark needs wrk on PATH; on Debian: apt-get install wrk") }
}

/// Sends GET requests for a path over this many connections.
pub(super) fn get(app: &App, path: &str, connections: u32, seconds: u64) -> Result<Load> {
    wrk(app, path, None, connections, seconds)
}

/// Sends POST requests with JSON to a path over this many connections, with a bearer token if there is one.
pub(super) fn post(
    app: &App,
    path: &str,
    token: Option<&str>,
    body: &Value,
    connections: u32,
    seconds: u64,
) -> Result<Load> {
    let script = app.file("post.lua");
    let bearer = token.map_or(String::new(), |token| format!("wrk.headers['authorization'] = 'Bearer {token}'\n"));
    let json = "wrk.headers['content-type'] = 'application/json'";
    std::fs::write(&script, format!("wrk.method = 'POST'\n{json}\n{bearer}wrk.body = [[{body}]]\n"))?;
    wrk(app, path, Some(&script), connections, seconds)
}

fn wrk(app: &App, path: &str, script: Option<&Path>, connections: u32, seconds: u64) -> Result<Load> {
    let output = Command::new("wrk")
        .args(["-t1", &format!("-c{connections}"), &format!("-d{seconds}s"), "--latency", "--timeout", "30s"])
        .args(script.into_iter().flat_map(|script| [OsStr::new("--script"), script.as_os_str()]))
        .arg(app.url(path))
        .output()
        .context("wrk does not run")?;
    let text = String::from_utf8_lossy(&output.stdout);
    if text.contains("Non-2xx") || text.contains("Socket errors") {
        bail!("wrk on {path}: {text}");
    }
    let after = |label: &str| {
        let line = text.lines().find_map(|line| line.trim().strip_prefix(label));
        line.map(|value| value.trim().to_owned()).with_context(|| format!("wrk on {path} printed no {label}: {text}"))
    };
    Ok(Load { per_second: after("Requests/sec:")?.parse()?, p50: after("50%")?, p99: after("99%")? })
}
