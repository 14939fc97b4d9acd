//! Where and when a run took place, and by which versions.

use std::fs;
use std::process::Command;

use anyhow::Result;

use crate::project::Project;

/// The paragraph of a run. `command` is how it was called.
pub(super) fn told(project: &Project, command: &str, seconds: u64, rounds: u32) -> Result<String> {
    let cores = std::thread::available_parallelism()?;
    let cpu = fs::read_to_string("/proc/cpuinfo")?;
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("of an unknown model", |(_, model)| model);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let date = said("date", &["-u", "+%Y-%m-%d"]).unwrap_or_default();
    let versions = [
        said("rustc", &["--version"]),
        said("node", &["--version"]).map(|version| format!("Node.js {version}")),
        said("python3", &["--version"]),
        said("wrk", &["-v"]).and_then(|text| Some(text.split(" [").next()?.to_owned())),
    ];
    let versions = versions.into_iter().flatten().collect::<Vec<_>>().join(", ");
    Ok(format!(
        "The last run: `{command}` on {date} at commit {}, with {cores} cores ({model}), Linux {}, {versions}. Each figure is the \
         median of {rounds} rounds of {seconds} seconds (logins: four times as long), in which all servers had their turn, one load at a \
         time. Ratios are medians of the ratios of each round. The load generator ran on the same machine. Its latencies are \
         corrected for coordinated omission by the mean interval of a connection's requests.\n",
        project.commit()?,
        kernel.trim()
    ))
}

/// The first line of what a program prints; `wrk -v` fails when it has printed its version.
fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    Some(String::from_utf8(output.stdout).ok()?.lines().next()?.trim().to_owned())
}
