//! Which host the suite starts: ours, or Spin.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::workspace;

/// A host that can be started on a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Launcher {
    /// `LATCHKEY_HOST`, else `target/release/latchkey`.
    Latchkey,
    /// `SPIN`, else `spin` on PATH.
    Spin,
}

/// The flags of Spin that tests use.
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

    /// The start of a command line that flags of both hosts follow, for a host with this state folder.
    pub(super) fn command(self, state: &Path) -> Command {
        let given = |name: &str| std::env::var_os(name).map(PathBuf::from);
        match self {
            Self::Latchkey => {
                let binary = given("LATCHKEY_HOST").unwrap_or_else(|| workspace().join("target/release/latchkey"));
                let mut command = Command::new(binary);
                // All hosts of the suite share what is compiled, so each of them starts in a moment.
                command.args(["--log", "debug", "--cache-dir"]).arg(workspace().join("target/code-cache"));
                command.arg("--state-dir").arg(state);
                command
            }
            Self::Spin => {
                let mut command = Command::new(given("SPIN").unwrap_or_else(|| "spin".into()));
                command.arg("up").arg("--state-dir").arg(state);
                // Spin's own files, which it leaves behind when it is killed.
                command.arg("--temp").arg(state.join("spin-up"));
                command
            }
        }
    }

    /// What only our host can be told, a test can't ask of Spin.
    #[track_caller]
    pub(super) fn assert_knows(self, flag: &str) {
        let knows = self == Self::Latchkey || OF_SPIN.contains(&flag);
        assert!(knows, "Spin has no {flag}: our_host_only.rs has to name this test, with the reason");
    }
}
