use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};

use crate::project::Project;
use crate::wasi::Wasi;
use crate::{build, frontend};

/// The time between two looks at the sources.
const PERIOD: Duration = Duration::from_millis(500);

/// Builds what has changed and runs the host on `spin.toml` until the host ends or a signal ends it.
pub(crate) fn up(project: &Project, wasi: Wasi, watch: bool, arguments: &[OsString]) -> Result<ExitCode> {
    let arguments = &host_arguments(project, wasi, arguments);
    let sources = frontend::newest(project);
    project.progress.expect(build::steps(project, &[]) + 1);
    build::components(project, wasi, &[])?;
    build::host(project)?;
    let signals = Signals::handle()?;
    let mut host = start(project, arguments, &signals, true)?;
    if watch {
        host = follow(project, wasi, arguments, &signals, host, sources)?;
    }
    let status = host.wait()?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

/// The arguments of the host: the manifest, and the folder for its state, which both builds share.
fn host_arguments(project: &Project, wasi: Wasi, arguments: &[OsString]) -> Vec<OsString> {
    let mut all = vec!["--from".into(), wasi.manifest(project).into_os_string()];
    let names_state = |argument: &OsString| argument.to_string_lossy().starts_with("--state-dir");
    if !arguments.iter().any(names_state) {
        all.extend(["--state-dir".into(), project.path(".spin").into_os_string()]);
    }
    all.extend_from_slice(arguments);
    all
}

/// When the sources of the site change, builds it and starts the host again. Returns the host when it has ended or was asked
/// to end.
fn follow(
    project: &Project,
    wasi: Wasi,
    arguments: &[OsString],
    signals: &Signals,
    mut host: Child,
    mut seen: Option<SystemTime>,
) -> Result<Child> {
    loop {
        thread::sleep(PERIOD);
        if signals.asked_to_end() || host.try_wait()?.is_some() {
            return Ok(host);
        }
        let newest = frontend::newest(project);
        if newest == seen {
            continue;
        }
        seen = newest;
        if let Err(error) = build::components(project, wasi, &[build::SITE.to_owned()]) {
            eprintln!("error: {error:#}\nThe site is as it was before.");
            continue;
        }
        signals.end_host();
        host.wait()?;
        if signals.asked_to_end() {
            return Ok(host);
        }
        host = start(project, arguments, signals, false)?;
        eprintln!("Serving the new site: reload the page");
    }
}

/// Ctrl-C and SIGTERM, which this program passes on to the host.
#[derive(Clone)]
struct Signals {
    /// The process id of the host; 0 until there is one.
    host: Arc<AtomicI32>,
    ended: Arc<AtomicBool>,
}

impl Signals {
    fn handle() -> Result<Self> {
        let signals = Self { host: Arc::default(), ended: Arc::default() };
        let handler = signals.clone();
        ctrlc::set_handler(move || {
            handler.ended.store(true, Ordering::SeqCst);
            handler.end_host();
        })?;
        Ok(signals)
    }

    fn asked_to_end(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    fn end_host(&self) {
        if let Some(pid) = Pid::from_raw(self.host.load(Ordering::SeqCst)) {
            // It fails when the host has already ended.
            let _ = kill_process(pid, Signal::TERM);
        }
    }
}

fn start(project: &Project, arguments: &[OsString], signals: &Signals, greets: bool) -> Result<Child> {
    let mut host = Command::new(project.host())
        .args(arguments)
        .stdout(Stdio::piped())
        // The host leaves the terminal's process group, so that it gets Ctrl-C only once, from this program.
        .process_group(0)
        .spawn()
        .with_context(|| format!("{} does not start", project.host().display()))?;
    signals.host.store(i32::try_from(host.id())?, Ordering::SeqCst);
    if signals.asked_to_end() {
        signals.end_host();
    }
    let output = host.stdout.take().context("the host has no output")?;
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            println!("{line}");
            if let Some(address) = line.strip_prefix("Serving ").filter(|_| greets) {
                greet(address);
            }
        }
    });
    Ok(host)
}

fn greet(address: &str) {
    println!(
        r#"
Open {address}/ in a browser. Or, without one:
  curl {address}/api/signup -H 'content-type: application/json' \
    -d '{{"username":"ada","password":"a long enough secret","name":"Ada"}}'

Ctrl-C ends it. What you enter stays for the next time."#
    );
}
