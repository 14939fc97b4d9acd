use std::fs::{self, File};
use std::num::NonZero;
use std::path::Path;
use std::process::Command;
use std::thread;

use anyhow::{Context, Result, bail, ensure};

use crate::project::{Project, cargo};
use crate::tools::{self, has};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// One of fuzz/fuzz_targets. When none is named, all of them run, as many at a time as there are cores.
    target: Option<String>,
    /// Seconds that each target runs.
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// Also looks for memory errors, at half the speed. Our code has no unsafe parts, so such errors would be in a library.
    /// Needs a nightly toolchain.
    #[arg(long)]
    address_sanitizer: bool,
}

/// Seconds for each target when everything is tested: enough for the seeds, the inputs of earlier runs, and a few new ones.
const SHORT_SECONDS: u32 = 5;
/// Seconds that one input may take. A normal one takes less than a millisecond.
const MAX_SECONDS: u32 = 10;

pub(crate) fn fuzz(project: &Project, arguments: &Arguments) -> Result<()> {
    let all = targets(project)?;
    let chosen = match &arguments.target {
        Some(target) if all.contains(target) => vec![target.clone()],
        Some(target) => bail!("no fuzz target {target}; there are {}", all.join(", ")),
        None => all,
    };
    ensure!(
        has("c++"),
        "libFuzzer, which the fuzz targets run on, is built by a C++ compiler, and there is no c++ on PATH"
    );
    let nightly = arguments.address_sanitizer;
    ensure!(!nightly || nightly_is_there(), "--address-sanitizer needs: rustup toolchain install nightly");
    let folder = project.path(if nightly { "target/fuzz-address" } else { "target/fuzz" });
    let triple = build(project, arguments, &folder)?;
    let built = folder.join(triple).join("release");
    let at_once = thread::available_parallelism().map_or(1, NonZero::get);
    for targets in chosen.chunks(at_once) {
        thread::scope(|scope| {
            let built = &built;
            let run = |target: &str| go(project, built, target, arguments.seconds);
            let running: Vec<_> = targets.iter().map(|target| scope.spawn(move || run(target))).collect();
            // All targets end before the first failure is reported.
            let ended: Vec<_> = running.into_iter().map(thread::ScopedJoinHandle::join).collect();
            ended.into_iter().try_for_each(|ended| ended.unwrap_or_else(|_| bail!("a thread panicked")))
        })?;
    }
    Ok(())
}

/// Runs all targets for a short time. Returns the names of what did not run, in words.
pub(crate) fn briefly(project: &Project) -> Result<Vec<String>> {
    if !has("c++") {
        return Ok(vec!["fuzzing: there is no C++ compiler (c++) to build libFuzzer by".to_owned()]);
    }
    fuzz(project, &Arguments { target: None, seconds: SHORT_SECONDS, address_sanitizer: false })?;
    Ok(Vec::new())
}

fn nightly_is_there() -> bool {
    let output = Command::new("rustup").args(["run", "nightly", "rustc", "--version"]).output();
    output.is_ok_and(|output| output.status.success())
}

fn targets(project: &Project) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(project.path("fuzz/fuzz_targets"))? {
        let path = entry?.path();
        names.extend(path.file_stem().and_then(|name| name.to_str()).map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

/// Builds the targets, and returns the triple of the folder into which cargo put them. Without a sanitizer they need only
/// the coverage counters of the compiler, which a stable compiler has.
fn build(project: &Project, arguments: &Arguments, folder: &Path) -> Result<String> {
    let output = Command::new("rustc").args(["--print", "host-tuple"]).output().context("rustc does not run")?;
    let triple = String::from_utf8(output.stdout)?.trim().to_owned();
    let (mut command, sanitizer) = match arguments.address_sanitizer {
        true => (Command::new("rustup"), "address"),
        false => (Command::new(cargo()), "none"),
    };
    if arguments.address_sanitizer {
        command.args(["run", "nightly", "cargo"]);
    }
    command.args(["fuzz", "build", "--fuzz-dir", "fuzz", "--target", &triple, "--sanitizer", sanitizer]);
    command.args(&arguments.target).arg("--target-dir").arg(folder);
    project.run(command.env("PATH", tools::install_cargo_fuzz(project)?).current_dir(project.path("")))?;
    Ok(triple)
}

/// Runs one target over its seeds and what earlier runs have found. All its output goes to a file.
fn go(project: &Project, built: &Path, target: &str, seconds: u32) -> Result<()> {
    let binary = built.join(target);
    let folder = project.path("target/fuzz").join(target);
    let corpus = folder.join("corpus");
    fs::create_dir_all(&corpus)?;
    let log = folder.join("log");
    let status = Command::new(&binary)
        .arg(&corpus)
        .arg(project.path("fuzz/seeds").join(target))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-timeout={MAX_SECONDS}"))
        .arg(format!("-artifact_prefix={}/", folder.display()))
        .arg("-print_final_stats=1")
        .stdout(File::create(&log)?)
        .stderr(File::options().append(true).open(&log)?)
        .status()
        .with_context(|| format!("{} does not run", binary.display()))?;
    let said = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    if !status.success() {
        let at = said.find("panicked at").or_else(|| said.find("ERROR:")).unwrap_or_default();
        let what: Vec<&str> = said.get(at..).unwrap_or_default().lines().take(4).collect();
        let input =
            said.rsplit_once("written to ").map_or("INPUT", |(_, path)| path.lines().next().unwrap_or_default());
        let (what, log) = (what.join("\n"), log.display());
        bail!("{target}: {what}\nThe rest is in {log}; to see it again: {} {input}", binary.display());
    }
    let number = |name: &str| {
        let line = said.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or(" unknown").trim().to_owned()
    };
    let (inputs, rate) = (number("stat::number_of_executed_units:"), number("stat::average_exec_per_sec:"));
    let covered = said.rsplit_once("cov: ").and_then(|(_, after)| after.split(' ').next()).unwrap_or("unknown");
    eprintln!("{target}: {inputs} inputs in {seconds} s, {rate} a second, {covered} edges");
    Ok(())
}
