use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};

use crate::build;
use crate::project::Project;

/// Builds what has changed and runs the host on `spin.toml` until it ends or a signal ends it.
pub(crate) fn up(project: &Project, arguments: &[OsString]) -> Result<ExitCode> {
    build::components(project, &[])?;
    build::host(project)?;
    let mut host = Command::new(project.host())
        .arg("--from")
        .arg(project.path("spin.toml"))
        .args(arguments)
        .stdout(Stdio::piped())
        // Not of the terminal's group: Ctrl-C reaches it once, through us.
        .process_group(0)
        .spawn()
        .with_context(|| format!("{} does not start", project.host().display()))?;
    let pid = i32::try_from(host.id()).ok().and_then(Pid::from_raw).context("the host has no process id")?;
    ctrlc::set_handler(move || {
        // It fails when the host has ended already.
        let _ = kill_process(pid, Signal::TERM);
    })?;
    if let Some(output) = host.stdout.take() {
        for line in BufReader::new(output).lines() {
            let line = line?;
            println!("{line}");
            if let Some(address) = line.strip_prefix("Serving ") {
                greet(address);
            }
        }
    }
    let status = host.wait()?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

fn greet(address: &str) {
    println!(
        r#"
Try it:
  curl {address}/api/signup -H 'content-type: application/json' \
    -d '{{"username":"ada","password":"a long enough secret","name":"Ada"}}'

Ctrl-C ends it. What you enter stays in .spin/ for the next time."#
    );
}
