//! The load generator: wrk, which Debian has and which costs little of the processor that the server runs on. It corrects
//! its latencies for coordinated omission by the mean interval of a connection's requests.

use std::fmt::Write;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::debian;
use crate::project::Project;

/// The most threads of wrk; each of them serves its share of the connections.
pub(super) const MAX_THREADS: u32 = 2;

/// A request that is sent again and again.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
}

impl Request {
    pub(super) fn get(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), headers: Vec::new(), body: String::new() }
    }

    pub(super) fn post(path: impl Into<String>, body: &Value) -> Self {
        Self { method: "POST", path: path.into(), headers: Vec::new(), body: body.to_string() }
            .with("content-type", "application/json")
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// What a load consists of.
#[derive(Clone, Debug)]
pub(super) enum Load {
    /// These requests in turn.
    Requests(Vec<Request>),
    /// Exchanges of refresh tokens. There is one for each connection and each thread to begin with.
    Refreshes(Vec<String>),
}

/// What wrk saw.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Seen {
    pub(super) requests: u64,
    pub(super) seconds: f64,
    /// The median latency.
    pub(super) p50_ms: f64,
    /// The 99th percentile of the latencies.
    pub(super) p99_ms: f64,
    /// Answers with a status of 400 or more, and failures of connections.
    pub(super) failed: u64,
}

/// Fails with an instruction when wrk is missing. On Debian, as root, it installs wrk.
pub(super) fn require_wrk(project: &Project) -> Result<()> {
    let is_there = || Command::new("wrk").arg("-v").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !is_there() {
        debian::install(project, "wrk, the load generator", &["wrk"]);
    }
    ensure!(is_there(), "the benchmark needs wrk on PATH; on Debian: apt-get install wrk");
    Ok(())
}

/// A load that runs. When it is dropped early, wrk ends.
pub(super) struct Running(Child);

/// Starts to put a load on a server. Its script becomes a file with this path.
pub(super) fn start(script: &Path, address: &str, load: &Load, connections: u32, seconds: u64) -> Result<Running> {
    let threads = connections.min(MAX_THREADS);
    fs::write(script, text(load, threads)?)?;
    let mut wrk = Command::new("wrk");
    wrk.args([&format!("-t{threads}"), &format!("-c{connections}"), &format!("-d{seconds}s"), "--timeout", "30s"]);
    wrk.arg("--script").arg(script).arg(address).stdout(Stdio::piped()).stderr(Stdio::piped());
    Ok(Running(wrk.spawn().context("wrk does not run")?))
}

impl Running {
    /// Whether wrk still sends requests.
    pub(super) fn is_running(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(None))
    }

    /// Waits for the end.
    pub(super) fn seen(mut self) -> Result<Seen> {
        let mut text = String::new();
        self.0.stdout.take().context("wrk has no output")?.read_to_string(&mut text)?;
        self.0.stderr.take().context("wrk has no output")?.read_to_string(&mut text)?;
        self.0.wait()?;
        parse(&text)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It fails when wrk has already ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn parse(text: &str) -> Result<Seen> {
    let Some(line) = text.lines().find(|line| line.starts_with("{\"requests\"")) else { bail!("wrk: {text}") };
    let json: Value = serde_json::from_str(line)?;
    let number =
        |name: &str| json.get(name).and_then(Value::as_f64).with_context(|| format!("wrk: no {name} in {line}"));
    Ok(Seen {
        requests: number("requests")? as u64,
        seconds: number("seconds")?,
        p50_ms: number("p50_ms")?,
        p99_ms: number("p99_ms")?,
        failed: number("failed")? as u64,
    })
}

/// The script of a load, in Lua.
fn text(load: &Load, threads: u32) -> Result<String> {
    let mut text = String::new();
    match load {
        Load::Requests(requests) => {
            writeln!(text, "local plan = {{")?;
            for Request { method, path, headers, body } in requests {
                let headers = headers.iter().map(|(name, value)| format!("[{}] = {}", quoted(name), quoted(value)));
                let headers = headers.collect::<Vec<_>>().join(", ");
                let body = if body.is_empty() { "nil".to_owned() } else { quoted(body) };
                writeln!(text, "  {{ {}, {}, {{ {headers} }}, {body} }},", quoted(method), quoted(path))?;
            }
            writeln!(text, "}}\n{}", include_str!("requests.lua"))?;
        }
        Load::Refreshes(tokens) => {
            let tokens = tokens.iter().map(|token| quoted(token)).collect::<Vec<_>>().join(",\n  ");
            writeln!(text, "local thread_count = {threads}\nlocal tokens = {{\n  {tokens}\n}}")?;
            writeln!(text, "{}", include_str!("refresh.lua"))?;
        }
    }
    text.push_str(include_str!("report.lua"));
    Ok(text)
}

/// A string of Lua. Requests are of printable ASCII.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_wrk_prints_is_read() {
        let text = "Running 1s test @ http://127.0.0.1:1\n  2 threads and 16 connections\n\
                    {\"requests\":10,\"seconds\":1.500000,\"p50_ms\":0.250,\"p99_ms\":4.000,\"failed\":3}\n";
        let seen = Seen { requests: 10, seconds: 1.5, p50_ms: 0.25, p99_ms: 4.0, failed: 3 };
        assert_eq!(parse(text).unwrap(), seen);
        let error = parse("unable to connect to 127.0.0.1:1 Connection refused").unwrap_err().to_string();
        assert!(error.contains("Connection refused"), "{error}");
    }

    #[test]
    fn a_script_says_what_to_send() {
        let post = Request::post("/api/messages", &json!({ "text": "a \"word\"" })).with("authorization", "Bearer x");
        let text = text(&Load::Requests(vec![post]), 1).unwrap();
        let expected = r#"{ "POST", "/api/messages", { ["content-type"] = "application/json", ["authorization"] = "Bearer x" }, "{\"text\":\"a \\\"word\\\"\"}" },"#;
        assert!(text.contains(expected), "{text}");
        assert!(text.contains("function done("), "{text}");
    }
}
