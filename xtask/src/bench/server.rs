//! The servers of a run. Each has a copy of a store that was filled before, so that every round begins with the same messages.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};

use super::client::Client;
use super::peers::Peers;
use super::subject::Subject;
use crate::app::{App, without_limits, write_manifest};
use crate::project::Project;
use crate::spin::Spin;
use crate::wasi::Wasi;

/// How long a program may take to start, which includes that Spin compiles the components, and to stop.
const PATIENCE: Duration = Duration::from_secs(180);

/// A server that runs. Dropping it ends it.
pub(super) struct Server {
    pub(super) subject: Subject,
    /// How many messages its board had at the start.
    pub(super) messages: u64,
    pub(super) address: String,
    pub(super) client: Client,
    process: Process,
    pub(super) folder: PathBuf,
}

enum Process {
    App(App),
    Child(Child),
}

impl Server {
    /// Starts the app on its own host, in a folder of its own, on a copy of a store.
    pub(super) fn app(project: &Project, subject: Subject, messages: u64, store: &Path) -> Result<Self> {
        let wasi = subject.wasi().context("this is no build of the app")?;
        let name = format!("target/bench/run/{}-{messages}", subject.folder());
        let state = project.path(&format!("{name}-state"));
        copy(store, &state)?;
        let app = start_app(project, wasi, &name, &state, &project.path("target/bench/code-cache"))?;
        let (address, folder) = (app.url(""), app.folder().to_owned());
        let client = Client::new(&address);
        Ok(Self { subject, messages, address, client, process: Process::App(app), folder })
    }

    /// Starts a peer in the same way.
    pub(super) fn peer(
        peers: &Peers,
        project: &Project,
        subject: Subject,
        messages: u64,
        store: &Path,
    ) -> Result<Self> {
        let folder = project.path(&format!("target/bench/run/{}", subject.folder()));
        copy(store, &folder)?;
        Self::peer_in(peers, subject, messages, folder)
    }

    /// Starts a peer with the store in a folder, which it makes if there is none.
    pub(super) fn peer_in(peers: &Peers, subject: Subject, messages: u64, folder: PathBuf) -> Result<Self> {
        Self::start(subject, messages, &folder, |address| {
            peers.command(subject, address.port(), &folder.join("peer.db"))
        })
    }

    /// Starts the app on Spin, on a copy of a store.
    pub(super) fn spin(spin: &Spin, project: &Project, subject: Subject, messages: u64, store: &Path) -> Result<Self> {
        let wasi = subject.wasi().context("this is no build of the app")?;
        let folder = project.path(&format!("target/bench/run/{}", subject.folder()));
        let state = folder.join("state");
        copy(store, &state)?;
        let manifest = write_manifest(project, wasi, &folder)?;
        Self::start(subject, messages, &folder, |address| {
            let mut command = Command::new(&spin.program);
            command.arg("up").arg("--from").arg(&manifest).args(["--quiet", "--listen", &address.to_string()]);
            command.arg("--state-dir").arg(&state).arg("--temp").arg(&folder).args(without_limits());
            Ok(command)
        })
    }

    /// Starts a program that is told a free address. Its output goes to a file in the folder.
    fn start(
        subject: Subject,
        messages: u64,
        folder: &Path,
        command: impl FnOnce(SocketAddr) -> Result<Command>,
    ) -> Result<Self> {
        // The port is free again when the listener is dropped.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut command = command(address)?;
        let log = File::create(folder.join("log"))?;
        let child = command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn();
        let child = child.with_context(|| format!("{} does not run", subject.name()))?;
        let address = format!("http://{address}");
        let (client, folder) = (Client::new(&address), folder.to_owned());
        let mut server = Self { subject, messages, address, client, process: Process::Child(child), folder };
        server.wait_until_ready()?;
        Ok(server)
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let start = Instant::now();
        while !self.client.get(self.subject.empty_path(), &[]).is_ok_and(|answer| answer.status == 200) {
            let ended = match &mut self.process {
                Process::App(_) => false,
                Process::Child(child) => child.try_wait()?.is_some(),
            };
            let log = self.folder.join("log");
            ensure!(
                !ended && start.elapsed() < PATIENCE,
                "{} does not start: see {}",
                self.subject.name(),
                log.display()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// The memory of the process that is in RAM, in MiB.
    pub(super) fn resident_mib(&self) -> Result<f64> {
        resident_mib(self.id())
    }

    /// Waits until the server has nothing more to do. Logins whose clients have gone may still be under way.
    pub(super) fn settle(&self) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            let before = ticks(self.id())?;
            std::thread::sleep(Duration::from_millis(100));
            if ticks(self.id())? <= before + 1 {
                return Ok(());
            }
        }
        bail!("{} has not come to rest", self.subject.name())
    }

    fn id(&self) -> u32 {
        match &self.process {
            Process::App(app) => app.id(),
            Process::Child(child) => child.id(),
        }
    }
}

/// The memory of a process that is in RAM, in MiB.
pub(super) fn resident_mib(pid: u32) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib / 1024.0)
}

/// The processor time of a process and the processes that it has started, in ticks, which are hundredths of a second.
fn ticks(pid: u32) -> Result<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name, in brackets, may hold spaces.
    let (_, fields) = stat.rsplit_once(") ").context("no name in a line of processes")?;
    let mut sum: u64 = fields.split(' ').skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    for child in children.split_whitespace() {
        // It may have ended meanwhile.
        sum += ticks(child.parse()?).unwrap_or_default();
    }
    Ok(sum)
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Process::Child(child) = &mut self.process
            && let Err(error) = end(child)
        {
            eprintln!("{} does not end: {error:#}", self.subject.name());
        }
    }
}

/// Starts the app, with the limits of attempts and posts turned off.
pub(super) fn start_app(project: &Project, wasi: Wasi, folder: &str, state: &Path, code_cache: &Path) -> Result<App> {
    let [state, code_cache] = [state, code_cache].map(|path| path.display().to_string());
    App::start_with(project, wasi, folder, &["--state-dir", &state, "--cache-dir", &code_cache])
}

/// Lets a program end its own processes, of which FastAPI and Spin have several.
fn end(child: &mut Child) -> Result<()> {
    if child.try_wait()?.is_some() {
        return Ok(());
    }
    kill_process(Pid::from_child(child), Signal::TERM)?;
    let start = Instant::now();
    while child.try_wait()?.is_none() {
        if start.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            bail!("it was killed");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// Replaces a folder by a copy of another one, which has only files.
pub(super) fn copy(from: &Path, to: &Path) -> Result<()> {
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}
