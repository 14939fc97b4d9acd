//! A host process for one test. It listens on port 0, has a private state folder, and is killed on
//! drop.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::Arc;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::client::Client;
use super::launcher::{Launch, Launcher, Program};
use super::log::Output;
use super::redis::Redis;
use super::store::{self, Store};
use super::{Wasi, wait_for, workspace};

/// The variables for which 0 turns the limit off.
const LIMITS: [&str; 7] = [
    "login_free_failures",
    "login_address_free_failures",
    "logins_per_ten_minutes",
    "address_logins_per_ten_minutes",
    "signups_per_hour",
    "posts_per_minute",
    "reports_per_hour",
];

/// What the environment variables begin with that set variables of the app.
const SPIN_VARIABLE: &str = "SPIN_VARIABLE_";

/// How a host is to be started.
pub(crate) struct Setup {
    program: Program,
    variables: BTreeMap<String, String>,
    environment: Vec<(String, String)>,
    flags: BTreeMap<String, String>,
    state: Option<PathBuf>,
    is_log_read: bool,
}

/// A running host with its client.
pub(crate) struct Host {
    child: Child,
    output: Arc<Output>,
    client: Client,
    state: PathBuf,
    /// Kept here so that the folder is removed after the host has ended.
    _folder: Option<tempfile::TempDir>,
}

impl Setup {
    /// The app with cheap password hashes and without limits: a test does in one second, and from one address, what takes
    /// real users a day.
    pub(crate) fn app() -> Self {
        LIMITS.iter().fold(Self::app_with_limits(), |setup, limit| setup.variable(limit, "0"))
    }

    /// The same app with the limits that `spin.toml` sets.
    pub(crate) fn app_with_limits() -> Self {
        Self::new(Program::App).variable("stage", "test").variable("pbkdf2_iterations", "1000")
    }

    /// The component that misbehaves on demand, to test how the host reacts.
    pub(crate) fn fixture() -> Self {
        let setup = Self::manifest(&workspace().join("tests/fixture/spin.toml"));
        match Wasi::tested() {
            Wasi::Wasi02 => setup,
            Wasi::Wasi03 => setup.flag("--profile", "wasi-0-3"),
        }
    }

    /// Other components than those of the app, or the app by a changed manifest.
    pub(crate) fn manifest(path: &Path) -> Self {
        Self::new(Program::Manifest(path.to_path_buf()))
    }

    fn new(program: Program) -> Self {
        let setup = Self {
            program,
            variables: BTreeMap::new(),
            environment: Vec::new(),
            flags: BTreeMap::new(),
            state: None,
            is_log_read: true,
        };
        Launcher::chosen().flags().iter().fold(setup, |setup, (flag, value)| setup.flag(flag, value))
    }

    /// Leaves a flag to its default.
    pub(crate) fn default_flag(mut self, flag: &str) -> Self {
        self.flags.remove(flag);
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn environment(mut self, name: &str, value: &str) -> Self {
        self.variables.remove(name.trim_start_matches(SPIN_VARIABLE).to_lowercase().as_str());
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets a command line flag; a later value replaces an earlier one.
    pub(crate) fn flag(mut self, flag: &str, value: &str) -> Self {
        self.flags.insert(flag.to_owned(), value.to_owned());
        self
    }

    /// Uses a state folder that exists longer than the host.
    pub(crate) fn state(mut self, folder: &Path) -> Self {
        self.state = Some(folder.to_path_buf());
        self
    }

    /// Leaves the log in its pipe until [`Host::read_log`] is called.
    pub(crate) fn log_unread(mut self) -> Self {
        self.is_log_read = false;
        self
    }

    /// Starts the host and waits until it serves.
    #[track_caller]
    pub(crate) fn start(self) -> Host {
        let (mut child, output, state, folder) = self.spawn();
        let line = output.wait("line of the address", |output| {
            Launcher::chosen().announced(output).or_else(|| output.ended().then(String::new))
        });
        if line.is_empty() {
            let status = child.wait().unwrap();
            panic!("the host ended at its start with {status}:\n{}", output.stderr());
        }
        Host { child, output, client: Client::own(line.trim()), state, _folder: folder }
    }

    /// Expects the host to refuse to start, and returns its error message. Our host has to write exactly one line.
    #[track_caller]
    pub(crate) fn refused(self) -> String {
        let (mut child, output, _, _folder) = self.spawn();
        output.wait("end or start of the host", |output| (output.ended() || !output.stdout.is_empty()).then_some(()));
        if !output.stdout().is_empty() {
            kill_process_group(Pid::from_child(&child), Signal::KILL).unwrap();
            child.wait().unwrap();
            panic!("the host started:\n{}", output.stdout());
        }
        let status = child.wait().unwrap();
        let stderr = output.stderr();
        assert_eq!(status.code(), Some(1), "{stderr}");
        if Launcher::chosen() == Launcher::Latchkey {
            assert_eq!(stderr.lines().count(), 1, "one line on stderr:\n{stderr}");
        }
        stderr.trim().to_owned()
    }

    fn spawn(self) -> (Child, Arc<Output>, PathBuf, Option<tempfile::TempDir>) {
        let folder = self.state.is_none().then(|| tempfile::tempdir().unwrap());
        let state = self.state.unwrap_or_else(|| folder.as_ref().unwrap().path().to_path_buf());
        let mut variables = self.variables;
        if let Program::App = self.program {
            let of_store = Store::chosen().variables(&state).into_iter();
            variables.extend(of_store.map(|(name, value)| (name.to_owned(), value)));
        }
        let mut environment = self.environment;
        if !Launcher::chosen().reads_manifest() {
            // There variables of the app are environment variables anyway.
            let (of_app, others): (Vec<_>, Vec<_>) =
                environment.into_iter().partition(|(name, _)| name.starts_with(SPIN_VARIABLE));
            variables
                .extend(of_app.into_iter().map(|(name, value)| (name[SPIN_VARIABLE.len()..].to_lowercase(), value)));
            environment = others;
        }
        let launch = Launch { program: &self.program, state: &state, flags: &self.flags, variables: &variables };
        let mut command = Launcher::chosen().command(&launch);
        command.envs(environment).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // `spin up` runs as two processes. A process group lets one signal reach both.
        command.process_group(0);
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{:?}: {error}", command.get_program()));
        let output = Output::follow(child.stdout.take().unwrap());
        if self.is_log_read {
            output.clone().follow_log(child.stderr.take().unwrap());
        }
        (child, output, state, folder)
    }
}

impl Host {
    /// The Redis server behind the app.
    pub(crate) fn redis(&self) -> Arc<Redis> {
        store::redis(&self.state)
    }

    /// The output of the process so far.
    pub(crate) fn output(&self) -> &Output {
        &self.output
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Begins to read a log that was left unread.
    pub(crate) fn read_log(&mut self) {
        self.output.clone().follow_log(self.child.stderr.take().unwrap());
    }

    #[track_caller]
    pub(crate) fn assert_alive(&mut self) {
        assert_eq!(self.child.try_wait().unwrap(), None, "the host has ended");
    }

    /// Sends SIGKILL (`kill -9`) and does not wait.
    pub(crate) fn kill(&self) {
        kill_process_group(Pid::from_child(&self.child), Signal::KILL).unwrap();
    }

    /// Sends SIGTERM and does not wait.
    pub(crate) fn ask_to_end(&self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
    }

    /// Waits for the end of the process, and not for that of its output, and returns its exit status.
    #[track_caller]
    pub(crate) fn wait_for_exit(&mut self) -> ExitStatus {
        wait_for("end of the host", || self.child.try_wait().unwrap())
    }

    /// Sends SIGHUP.
    pub(crate) fn hang_up(&self) {
        kill_process(Pid::from_child(&self.child), Signal::HUP).unwrap();
    }

    /// Waits for the end of the process and returns its exit status.
    #[track_caller]
    pub(crate) fn wait_for_end(&mut self) -> ExitStatus {
        let status = self.wait_for_exit();
        self.output.wait("end of its output", |output| output.ended().then_some(()));
        status
    }

    /// Sends SIGTERM and expects a clean end of a host that knows one.
    #[track_caller]
    pub(crate) fn stop(&mut self) {
        self.ask_to_end();
        let status = self.wait_for_end();
        assert!(status.success() || !Launcher::chosen().ends_in_order(), "{status}: {}", self.output.stderr());
    }
}

impl Deref for Host {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- the host, pid {}, said on stderr:\n{}---", self.child.id(), self.output.stderr());
        }
        // The signal fails when all processes of the group have already ended.
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.wait();
        if !std::thread::panicking() {
            self.output.wait("end of its output", |output| output.ended().then_some(()));
            let confidential = self.client.confidential();
            confidential.stored(&self.state);
            let told = confidential.found_in(&self.output.text());
            assert!(told.is_empty(), "secrets are in the log: {told:?}");
        }
    }
}
