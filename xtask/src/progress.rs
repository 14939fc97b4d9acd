//! What a command prints while it works: one line on standard error for each step, with its number, the time that a first
//! run takes, and the time it took. The output of compilers and installers goes to one file per step, and an error names
//! that file.

use std::fmt::Display;
use std::fs::{self, File};
use std::io::{IsTerminal, Write, stderr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// The number of lines that are shown of a failed command's output.
const SHOWN_LINES: usize = 30;

/// A step whose output goes to a file.
pub(crate) struct Step<'a> {
    /// The name of its output file: `target/xtask/NAME.log`.
    pub(crate) name: &'a str,
    /// A description of the step.
    pub(crate) what: &'a str,
    /// The duration on 2 cores when everything has to be done.
    pub(crate) estimate: Option<&'a str>,
}

/// The steps so far.
pub(crate) struct Progress {
    /// The folder of the output files.
    folder: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    number: usize,
    total: usize,
    /// The output file of the current step.
    log: Option<PathBuf>,
    /// Notes that are printed after the line of the step.
    notes: Vec<String>,
    /// When the current step began, if its output is shown.
    shown_since: Option<Instant>,
}

impl Progress {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder, state: Mutex::default() }
    }

    /// Sets the number of steps that the command has.
    pub(crate) fn expect(&self, total: usize) {
        self.state().total = total;
    }

    /// Begins the next step, whose output is shown. The time that it took is printed when another begins or at [`Self::end`].
    pub(crate) fn heading(&self, what: &str) {
        let number = self.next();
        eprintln!("\n{number} {what}");
        self.state().shown_since = Some(Instant::now());
    }

    /// Ends the last step.
    pub(crate) fn end(&self) {
        if let Some(since) = self.state().shown_since.take() {
            eprintln!("      took {}", time(since.elapsed()));
        }
    }

    /// Runs the next step, whose output is kept in its file.
    pub(crate) fn step<T>(&self, step: &Step<'_>, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let estimate = step.estimate.map(|time| format!(", about {time} on 2 cores")).unwrap_or_default();
        let line = format!("{} {}{estimate}", self.next(), step.what);
        fs::create_dir_all(&self.folder).with_context(|| self.folder.display().to_string())?;
        let log = self.folder.join(format!("{}.log", step.name));
        File::create(&log).with_context(|| log.display().to_string())?;
        self.state().log = Some(log);
        let started = Instant::now();
        eprint!("{line}");
        let (done, wait) = channel::<()>();
        let result = thread::scope(|scope| {
            let line = &line;
            scope.spawn(move || tick(line, started, &wait));
            let result = work();
            drop(done);
            result
        });
        let end = if stderr().is_terminal() { format!("\r{line}") } else { String::new() };
        eprintln!("{end}: {}{}", if result.is_ok() { "" } else { "failed after " }, time(started.elapsed()));
        let notes = {
            let mut state = self.state();
            state.log = None;
            std::mem::take(&mut state.notes)
        };
        notes.iter().for_each(|note| eprintln!("      {note}"));
        result
    }

    /// Prints a note, after the line of the current step.
    pub(crate) fn note(&self, text: impl Display) {
        let mut state = self.state();
        if state.log.is_some() {
            state.notes.push(text.to_string());
        } else {
            eprintln!("{text}");
        }
    }

    /// Writes text to the file of the current step, or shows it when there is none.
    pub(crate) fn detail(&self, text: impl Display) {
        let file = self.state().log.as_deref().and_then(|log| File::options().append(true).open(log).ok());
        match file {
            // There is nothing else to do with text that can't be written.
            Some(mut file) => _ = writeln!(file, "{text}"),
            None => eprintln!("{text}"),
        }
    }

    /// Runs a command with its output in the file of the current step, or shows the output when there is none.
    ///
    /// # Errors
    /// The command does not run, or it fails. The error contains the part of the output that says why, and the name of the
    /// file.
    pub(crate) fn run(&self, command: &mut Command) -> Result<()> {
        let log = self.state().log.clone();
        let said = said(command);
        let mut start = 0;
        if let Some(log) = &log {
            self.detail(format_args!("$ {said}"));
            let file = File::options().append(true).open(log)?;
            start = file.metadata()?.len();
            command.stdout(file.try_clone()?).stderr(file);
        }
        let status = command.status().with_context(|| format!("{said} does not run"))?;
        match log {
            _ if status.success() => Ok(()),
            None => bail!("{said} failed"),
            Some(log) => bail!("{said} failed:\n{}\nAll of its output is in {}", excerpt(&log, start), log.display()),
        }
    }

    fn next(&self) -> String {
        self.end();
        let mut state = self.state();
        state.number += 1;
        format!("[{}/{}]", state.number, state.total.max(state.number))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// On a terminal, shows each second how long the step has taken so far.
fn tick(line: &str, started: Instant, done: &Receiver<()>) {
    while done.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout) {
        if stderr().is_terminal() {
            eprint!("\r{line}: {}", time(started.elapsed()));
        }
    }
}

fn time(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 100 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {} s", seconds / 60, seconds % 60)
    }
}

/// The output of a command, which begins at byte `start`: from its first error on, or its last lines.
fn excerpt(log: &Path, start: u64) -> String {
    let bytes = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(bytes.get(usize::try_from(start).unwrap_or_default()..).unwrap_or_default());
    let lines: Vec<&str> = text.lines().collect();
    let error = lines.iter().position(|line| line.trim_start().to_lowercase().starts_with("error"));
    let first = error.unwrap_or(lines.len().saturating_sub(SHOWN_LINES));
    lines.into_iter().skip(first).take(SHOWN_LINES).collect::<Vec<_>>().join("\n")
}

fn said(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress() -> (tempfile::TempDir, Progress) {
        let folder = tempfile::tempdir().unwrap();
        let progress = Progress::new(folder.path().join("logs"));
        (folder, progress)
    }

    const STEP: Step<'_> = Step { name: "sh", what: "A shell", estimate: None };

    #[test]
    fn what_a_command_prints_is_kept_and_told_when_it_fails() {
        let (folder, progress) = progress();
        let run = |script: &str| progress.step(&STEP, || progress.run(Command::new("sh").args(["-c", script])));
        run("echo out; echo err >&2").unwrap();
        let log = folder.path().join("logs/sh.log");
        assert_eq!(fs::read_to_string(&log).unwrap(), "$ sh -c echo out; echo err >&2\nout\nerr\n");
        let error = run("echo before; echo 'error: why' >&2; echo after; exit 3").unwrap_err().to_string();
        assert!(error.contains("failed:\nerror: why\nafter\n") && !error.contains("\nbefore"), "{error}");
        assert!(error.ends_with(&format!("is in {}", log.display())), "{error}");
    }

    #[test]
    fn an_attempt_that_is_then_done_otherwise_is_no_error() {
        let (_folder, progress) = progress();
        let try_it = |script: &str| progress.run(Command::new("sh").args(["-c", script]));
        progress.step(&STEP, || try_it("echo 'error: no'; exit 1").or_else(|_| try_it("true"))).unwrap();
    }

    #[test]
    fn steps_are_numbered() {
        let (_folder, progress) = progress();
        progress.expect(2);
        assert_eq!([progress.next(), progress.next(), progress.next()], ["[1/2]", "[2/2]", "[3/3]"]);
    }

    #[test]
    fn times() {
        assert_eq!(time(Duration::from_millis(1234)), "1.2 s");
        assert_eq!(time(Duration::from_secs(761)), "12 min 41 s");
    }
}
