//! Selects the host that the suite starts: ours, or Spin.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::workspace;

/// A host that can be started on a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Launcher {
    /// The binary that `LATCHKEY_HOST` names, else `target/release/latchkey`.
    Latchkey,
    /// The binary that `SPIN` names, else `spin` on PATH.
    Spin,
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

impl Launcher {
    #[track_caller]
    pub(crate) fn chosen() -> Self {
        match std::env::var("LATCHKEY_LAUNCHER").as_deref() {
            Err(_) | Ok("" | "latchkey") => Self::Latchkey,
            Ok("spin") => Self::Spin,
            Ok(other) => panic!("LATCHKEY_LAUNCHER is latchkey or spin, and not {other}"),
        }
    }

    /// The start of a command line for a host with this state folder. Flags that both hosts know can follow it.
    pub(super) fn command(self, state: &Path) -> Command {
        let given = |name: &str| std::env::var_os(name).map(PathBuf::from);
        match self {
            Self::Latchkey => {
                let binary = given("LATCHKEY_HOST").unwrap_or_else(|| workspace().join("target/release/latchkey"));
                let mut command = Command::new(binary);
                // All hosts of the suite share the cache of compiled code, so each of them starts quickly.
                command.args(["--log", "debug", "--cache-dir"]).arg(workspace().join("target/code-cache"));
                command.arg("--state-dir").arg(state);
                command
            }
            Self::Spin => {
                let mut command = Command::new(given("SPIN").unwrap_or_else(|| "spin".into()));
                command.arg("up").arg("--state-dir").arg(state);
                // Spin leaves its temporary files behind when it is killed. Here they are removed together with the state
                // folder.
                command.arg("--temp").arg(state.join("spin-up"));
                command
            }
        }
    }

    /// The flags of every host. All clients of the suite have one address, and our host would hold that to its share. Up to 64 of
    /// them log in at the same moment.
    pub(super) fn flags(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Latchkey => {
                &[("--listen", "127.0.0.1:0"), ("--max-share-per-address", "100"), ("--max-long-requests", "16")]
            }
            Self::Spin => &[("--listen", "127.0.0.1:0")],
        }
    }

    /// Fails if Spin lacks this flag: a test that uses it can only run on our host.
    #[track_caller]
    pub(super) fn assert_knows(self, flag: &str) {
        let knows = self == Self::Latchkey || OF_SPIN.contains(&flag);
        assert!(knows, "Spin has no {flag}: our_host_only.rs has to name this test, with the reason");
    }
}
