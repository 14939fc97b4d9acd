//! The stacks that a user would choose instead, in `bench/peers`, and the limits that no server exceeds.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use super::subject::Subject;
use crate::progress::Step;
use crate::project::Project;
use crate::python;
use crate::tools::has;

const NODE: &str = "bench/peers/node";
const PYTHON: &str = "bench/peers/python";
const AXUM: &str = "bench/peers/axum/Cargo.toml";
const AXUM_TARGET: &str = "target/bench/axum";

/// The peers that are installed.
pub(super) struct Peers {
    root: PathBuf,
    /// The folder with the programs of Python's environment.
    python: Option<PathBuf>,
    has_node: bool,
}

/// The number of steps to install them.
pub(super) const STEPS: usize = 3;

impl Peers {
    /// Installs the peers from their lock files, those whose language is on the machine.
    pub(super) fn install(project: &Project) -> Result<Self> {
        let progress = &project.progress;
        let step = Step { name: "peer-axum", what: "The peer in Rust", estimate: Some("1 min") };
        progress.step(&step, || {
            let target = project.path(AXUM_TARGET).display().to_string();
            project.cargo(["build", "--release", "--locked", "--manifest-path", AXUM, "--target-dir", &target])
        })?;
        let step = Step { name: "peer-node", what: "The peer on Node.js", estimate: Some("2 min") };
        let node = progress.step(&step, || Ok(install_node(project)));
        let has_node = node?.inspect_err(|error| progress.note(format_args!("No peer on Node.js: {error:#}"))).is_ok();
        let step = Step { name: "peer-python", what: "The peer in Python", estimate: Some("1 min") };
        let python = progress.step(&step, || python::environment(project, &format!("{PYTHON}/requirements.txt")))?;
        Ok(Self { root: project.path(""), python, has_node })
    }

    /// Whether a peer can be started.
    pub(super) fn has(&self, subject: Subject) -> bool {
        match subject {
            Subject::Node => self.has_node,
            Subject::FastApi => self.python.is_some(),
            Subject::Axum => true,
            Subject::V0_2 | Subject::V0_3 | Subject::SpinV0_2 | Subject::SpinV0_3 => false,
        }
    }

    /// The command that starts a peer. Its database is made when it is missing.
    pub(super) fn command(&self, subject: Subject, port: u16, database: &Path) -> Result<Command> {
        let port = port.to_string();
        let mut command = match subject {
            Subject::Node => {
                let mut node = Command::new("node");
                node.arg(self.root.join(NODE).join("server.js")).arg(port);
                node
            }
            Subject::Axum => {
                let mut axum = Command::new(self.axum("peer-axum"));
                axum.arg(port);
                axum
            }
            Subject::FastApi => return self.fast_api(&port, database),
            Subject::V0_2 | Subject::V0_3 | Subject::SpinV0_2 | Subject::SpinV0_3 => bail!("this is no peer"),
        };
        command.arg(database);
        Ok(command)
    }

    fn fast_api(&self, port: &str, database: &Path) -> Result<Command> {
        let python = |program: &str| -> Result<Command> {
            let mut command = Command::new(self.python.as_ref().context("there is no Python")?.join(program));
            command.env("DB_PATH", database).env("PYTHONDONTWRITEBYTECODE", "1").current_dir(self.root.join(PYTHON));
            Ok(command)
        };
        // The tables and the key are there before any worker looks for them.
        let prepare = "import store, security; store.prepare(); security.Tokens()";
        ensure!(python("python")?.args(["-c", prepare]).status()?.success(), "the database of FastAPI is not made");
        let mut command = python("uvicorn")?;
        command.args(["app:app", "--host", "127.0.0.1", "--port", port, "--workers", &workers().to_string()]);
        command.args(["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]);
        Ok(command)
    }

    /// Password hashes a second on all cores: by the crate `pbkdf2`, and by OpenSSL through Python.
    pub(super) fn hashes(&self, seconds: u64) -> Result<[Option<f64>; 2]> {
        let native = number(Command::new(self.axum("hashes")).arg(seconds.to_string()))?;
        let script = self.root.join(PYTHON).join("hashes.py");
        let openssl = self
            .python
            .as_ref()
            .map(|programs| number(Command::new(programs.join("python")).arg(script).arg(seconds.to_string())));
        Ok([Some(native), openssl.transpose()?])
    }

    fn axum(&self, program: &str) -> PathBuf {
        self.root.join(AXUM_TARGET).join("release").join(program)
    }
}

/// One worker for each core, since a worker uses one core.
fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn number(command: &mut Command) -> Result<f64> {
    let output = command.output().with_context(|| format!("{} does not run", command.get_program().display()))?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

fn install_node(project: &Project) -> Result<()> {
    ensure!(has("node") && has("npm"), "there is no Node.js with npm on PATH");
    let folder = project.path(NODE);
    let lock = fs::read_to_string(folder.join("package-lock.json"))?;
    // This file is written last, so with it the packages are complete.
    let stamp = folder.join("node_modules/installed.json");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    // Its scripts build the module of SQLite, where there is none for this machine.
    let mut npm = Command::new("npm");
    project.run(npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&folder))?;
    Ok(fs::write(stamp, lock)?)
}
