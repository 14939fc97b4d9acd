//! Selects the host that the suite starts: ours, Spin, `wasmtime serve` or wasmCloud.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use super::log::Lines;
use super::store::Store;
use super::workspace;

/// A host that the suite can start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Launcher {
    /// The binary that `LATCHKEY_HOST` names, else `target/release/latchkey`.
    Latchkey,
    /// The binary that `SPIN` names, else `spin` on PATH.
    Spin,
    /// The binary that `WASMTIME` names, else `wasmtime` on PATH. It runs the app in one file.
    Wasmtime,
    /// The binary that `WASH` names, else `wash` on PATH: the shell of wasmCloud, which contains its host. It runs the app in
    /// one file.
    Wash,
}

/// The flags of Spin that the tests use.
const OF_SPIN: [&str; 6] = [
    "--idle-instance-timeout",
    "--listen",
    "--max-instance-concurrent-reuse-count",
    "--max-instance-reuse-count",
    "--profile",
    "--runtime-config-file",
];
/// The name by which components on wasmCloud reach the loopback address of the machine: `127.0.0.1` is their own.
const MACHINE: &str = "host.wasmcloud.internal";

/// What a host is to run.
pub(super) enum Program {
    /// The app.
    App,
    /// Components by a manifest of their own.
    Manifest(PathBuf),
}

/// How a host is to run it.
pub(super) struct Launch<'a> {
    pub(super) program: &'a Program,
    pub(super) state: &'a Path,
    pub(super) flags: &'a BTreeMap<String, String>,
    pub(super) variables: &'a BTreeMap<String, String>,
}

impl Launcher {
    #[track_caller]
    pub(crate) fn chosen() -> Self {
        match std::env::var("LATCHKEY_LAUNCHER").as_deref() {
            Err(_) | Ok("" | "latchkey") => Self::Latchkey,
            Ok("spin") => Self::Spin,
            Ok("wasmtime") => Self::Wasmtime,
            Ok("wash") => Self::Wash,
            Ok(other) => panic!("LATCHKEY_LAUNCHER is latchkey, spin, wasmtime or wash, and not {other}"),
        }
    }

    /// Whether it reads `spin.toml`. The others run one component.
    pub(crate) fn reads_manifest(self) -> bool {
        matches!(self, Self::Latchkey | Self::Spin)
    }

    /// Whether a start takes so long that tests share a host where they can: wasmCloud compiles the app each time.
    pub(super) fn starts_slowly(self) -> bool {
        self == Self::Wash
    }

    /// The command line for a launch.
    #[track_caller]
    pub(super) fn command(self, launch: &Launch<'_>) -> Command {
        for flag in launch.flags.keys() {
            self.assert_knows(flag);
        }
        match self {
            Self::Latchkey => {
                let mut command =
                    Command::new(given("LATCHKEY_HOST", workspace().join("target/release/latchkey").as_os_str()));
                // All hosts of the suite share the cache of compiled code, so each of them starts quickly.
                command.args(["--log", "debug", "--cache-dir"]).arg(workspace().join("target/code-cache"));
                command.arg("--state-dir").arg(launch.state);
                with_manifest(command, launch)
            }
            Self::Spin => {
                let mut command = Command::new(given("SPIN", "spin".as_ref()));
                command.arg("up").arg("--state-dir").arg(launch.state);
                // Spin leaves its temporary files behind when it is killed. Here they are removed together with the state
                // folder.
                command.arg("--temp").arg(launch.state.join("spin-up"));
                with_manifest(command, launch)
            }
            Self::Wasmtime => wasmtime(launch),
            Self::Wash => wash(launch),
        }
    }

    /// The flags of every host. All clients of the suite have one address, and our host would hold that to its share. Up to 64 of
    /// them log in at the same moment.
    pub(super) fn flags(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Latchkey => {
                &[("--listen", "127.0.0.1:0"), ("--max-share-per-address", "100"), ("--max-long-requests", "16")]
            }
            Self::Spin | Self::Wasmtime | Self::Wash => &[("--listen", "127.0.0.1:0")],
        }
    }

    /// Fails if the host lacks this flag: a test that uses it can only run on our host.
    #[track_caller]
    fn assert_knows(self, flag: &str) {
        let knows = match self {
            Self::Latchkey => true,
            Self::Spin => OF_SPIN.contains(&flag),
            Self::Wasmtime | Self::Wash => flag == "--listen",
        };
        assert!(knows, "{self:?} has no {flag}: our_host_only.rs has to name this test, with the reason");
    }

    /// The URL that the host announces, once it is there.
    pub(super) fn announced(self, output: &Lines) -> Option<String> {
        let after = |lines: &[String], words: &str| {
            lines.iter().find_map(|line| line.split_once(words).map(|(_, rest)| rest.trim().to_owned()))
        };
        match self {
            Self::Latchkey | Self::Spin => after(&output.stdout, "Serving "),
            Self::Wasmtime => after(&output.stderr, "Serving HTTP on "),
            Self::Wash => {
                let listening = after(&output.stderr, "HTTP server listening addr=")?;
                let address = listening.split_whitespace().next()?;
                // It listens before it has a component.
                output
                    .stderr
                    .iter()
                    .any(|line| line.contains("listening for HTTP requests"))
                    .then(|| format!("http://{address}"))
            }
        }
    }

    /// Whether SIGTERM ends it in good order, with a status that says so.
    pub(super) fn ends_in_order(self) -> bool {
        self.reads_manifest()
    }
}

fn given(variable: &str, otherwise: &std::ffi::OsStr) -> OsString {
    std::env::var_os(variable).filter(|value| !value.is_empty()).unwrap_or_else(|| otherwise.to_owned())
}

fn with_manifest(mut command: Command, launch: &Launch<'_>) -> Command {
    command.arg("--from").arg(match launch.program {
        Program::App => Store::chosen().manifest(),
        Program::Manifest(path) => path.clone(),
    });
    for (flag, value) in launch.flags {
        command.arg(flag).arg(value);
    }
    for (name, value) in launch.variables {
        command.arg("--variable").arg(format!("{name}={value}"));
    }
    command
}

/// The app in one file, with the variables as it reads them there.
#[track_caller]
fn single_file(launch: &Launch<'_>) -> (PathBuf, BTreeMap<String, String>) {
    let Program::App = launch.program else {
        panic!("this host runs the app alone: our_host_only.rs has to name this test, with the reason");
    };
    let variables =
        launch.variables.iter().map(|(name, value)| (format!("LATCHKEY_{}", name.to_uppercase()), value.clone()));
    (Store::chosen().single_file(), variables.collect())
}

fn wasmtime(launch: &Launch<'_>) -> Command {
    let (file, variables) = single_file(launch);
    // The cache is in the project, so that each host but the first starts quickly, and nothing is left behind elsewhere.
    let cache = workspace().join("target/code-cache/wasmtime");
    let config = launch.state.join("wasmtime-cache.toml");
    std::fs::create_dir_all(&cache).unwrap();
    std::fs::write(
        &config,
        format!("[cache]\ndirectory = {:?}\n", cache.canonicalize().unwrap().display().to_string()),
    )
    .unwrap();
    let mut command = Command::new(given("WASMTIME", "wasmtime".as_ref()));
    command.arg("serve").arg("--config").arg(workspace().join("deploy/wasmtime/wasmtime.toml"));
    command.arg("-C").arg(format!("cache-config={}", config.display()));
    command.args(["--no-logging-prefix", "--max-instance-reuse-count", "128"]);
    for (flag, value) in launch.flags {
        command.arg(flag.replace("--listen", "--addr")).arg(value);
    }
    for (name, value) in variables {
        command.arg("--env").arg(format!("{name}={value}"));
    }
    command.arg(file);
    command
}

fn wash(launch: &Launch<'_>) -> Command {
    let (file, variables) = single_file(launch);
    let port = |value: &str| value.rsplit_once("127.0.0.1:").and_then(|(_, port)| port.parse::<u16>().ok());
    let ports: BTreeSet<u16> = variables.values().filter_map(|value| port(value)).collect();
    let variables: BTreeMap<_, _> =
        variables.into_iter().map(|(name, value)| (name, value.replace("127.0.0.1", MACHINE))).collect();
    // JSON is YAML.
    let configuration = json!({
        "build": {"command": "true", "component_path": file},
        "dev": {"address": launch.flags.get("--listen")},
        "workload": {
            "allowedHosts": ["*"],
            "allowedIpNameLookups": [MACHINE],
            "allowedHostLoopbackPorts": ports,
            "maxInvocations": 128,
            "poolSize": 16,
            "environment": {"config": variables},
        },
    });
    let folder = launch.state.join("wash");
    std::fs::create_dir_all(folder.join(".wash")).unwrap();
    std::fs::write(folder.join(".wash/config.yaml"), configuration.to_string()).unwrap();
    let mut command = Command::new(given("WASH", "wash".as_ref()));
    command.args(["--non-interactive", "dev"]).current_dir(folder);
    command
}
